package dev.decant.data.shapes;

import dev.decant.data.image.Box;
import dev.decant.data.shapes.SceneColor.Rgb;

/**
 * One object of a {@link Scene}: what can be said of it, and where and how it is drawn.
 *
 * @param place its center, size and turn
 * @param tone the exact color drawn, a shade of {@code color}
 */
record SceneObject(SceneShape shape, SceneColor color, SceneTexture texture, SceneSize size, Place place, Rgb tone) {

    /**
     * Where an object is, in shares of the image's side.
     *
     * @param x of the center, 0 at the left edge, 1 at the right
     * @param y of the center, 0 at the top edge, 1 at the bottom
     * @param radius of the disk that holds the shape
     * @param angle in radians, clockwise from upright
     * @param squash height as a share of the width, before turning
     */
    public record Place(double x, double y, double radius, double angle, double squash) {}

    /** Color, texture and shape in words: {@code red striped circle}. */
    public String phrase() {
        return color.word() + " " + texture.word() + " " + shape.word();
    }

    /** The smallest box around the object, in pixels of a square image of the given side, cut at its edges. */
    public Box box(int side) {
        int steps = 2 * (int) Math.ceil(place.radius() * side) + 1;
        double cos = StrictMath.cos(place.angle());
        double sin = StrictMath.sin(place.angle());
        double left = 1;
        double right = -1;
        double top = 1;
        double bottom = -1;
        for (int i = 0; i <= 2 * steps; i++) {
            for (int j = 0; j <= 2 * steps; j++) {
                double dx = (double) i / steps - 1;
                double dy = (double) j / steps - 1;
                if (shape.contains(cos * dx + sin * dy, (cos * dy - sin * dx) / place.squash())) {
                    left = Math.min(left, dx);
                    right = Math.max(right, dx);
                    top = Math.min(top, dy);
                    bottom = Math.max(bottom, dy);
                }
            }
        }
        return new Box(
                pixel(place.x() + left * place.radius(), side),
                pixel(place.y() + top * place.radius(), side),
                pixel(place.x() + right * place.radius(), side),
                pixel(place.y() + bottom * place.radius(), side));
    }

    private static int pixel(double at, int side) {
        return (int) Math.max(0, Math.min(side - 1, Math.floor(at * side)));
    }
}
