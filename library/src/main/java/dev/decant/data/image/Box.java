package dev.decant.data.image;

/**
 * A rectangle in pixels of an image, both corners inside it.
 *
 * @param x0 left, 0 at the image's left edge
 * @param y0 top, 0 at the image's top edge
 * @param x1 right, at least x0
 * @param y1 bottom, at least y0
 */
public record Box(int x0, int y0, int x1, int y1) {

    public Box {
        if (x1 < x0 || y1 < y0) {
            throw new IllegalArgumentException("box " + x0 + " " + y0 + " " + x1 + " " + y1 + " ends before it begins");
        }
    }
}
