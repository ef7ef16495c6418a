package dev.decant.data.shapes;

import dev.decant.data.shapes.SceneColor.Rgb;
import java.util.List;

/**
 * What a picture of the Shapes world shows, apart from how it is drawn: labels, boxes, captions, questions and
 * answers are all read off this record, never off pixels.
 *
 * @param backdrop what is behind everything
 * @param objects from back to front; the main one is last and the largest
 * @param clutter strokes in front of the objects that mean nothing
 * @param noise standard deviation of the noise on each value of each pixel, in steps of 255
 * @param noiseSeed which noise
 */
record Scene(Backdrop backdrop, List<SceneObject> objects, List<Stroke> clutter, double noise, long noiseSeed) {

    /** A color that runs into another from left to right. */
    public record Backdrop(Rgb left, Rgb right) {}

    /** A straight line, in shares of the image's side. */
    public record Stroke(double x0, double y0, double x1, double y1, double width, Rgb color) {}

    public Scene {
        objects = List.copyOf(objects);
        clutter = List.copyOf(clutter);
        if (objects.isEmpty()) {
            throw new IllegalArgumentException("a scene needs an object");
        }
    }

    /** The object that the picture is of. */
    public SceneObject main() {
        return objects.get(objects.size() - 1);
    }
}
