package dev.decant.data.imagetext;

/**
 * A rectangle in pixels, which may lie between them.
 *
 * @param x left edge
 * @param y top edge
 */
public record Rect(double x, double y, double width, double height) {

    double right() {
        return x + width;
    }

    double bottom() {
        return y + height;
    }

    double area() {
        return width * height;
    }

    /** What both cover; of no area where they do not meet. */
    Rect shared(Rect other) {
        double left = Math.max(x, other.x);
        double top = Math.max(y, other.y);
        double w = Math.max(0, Math.min(right(), other.right()) - left);
        double h = Math.max(0, Math.min(bottom(), other.bottom()) - top);
        return new Rect(left, top, w, h);
    }

    /** Where it is in a picture that is cut out of this one at a point. */
    Rect in(Rect cut) {
        return new Rect(x - cut.x, y - cut.y, width, height);
    }

    /** Where it is when a picture of that width is mirrored left and right. */
    Rect mirrored(double pictureWidth) {
        return new Rect(pictureWidth - x - width, y, width, height);
    }

    Rect scaled(double horizontally, double vertically) {
        return new Rect(x * horizontally, y * vertically, width * horizontally, height * vertically);
    }

    /** Centre x, centre y, width and height as parts of a square picture's side. */
    float[] parts(double side) {
        return new float[] {
            (float) ((x + width / 2) / side),
            (float) ((y + height / 2) / side),
            (float) (width / side),
            (float) (height / side)
        };
    }
}
