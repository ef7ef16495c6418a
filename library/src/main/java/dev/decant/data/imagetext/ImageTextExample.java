package dev.decant.data.imagetext;

import java.util.List;
import java.util.OptionalInt;

/**
 * A text about an image, or about two, and what is wanted of it.
 *
 * @param image its place among the pictures
 * @param second place of the other image of a statement about two
 * @param text caption, question, statement or phrase as the data has it
 * @param id which image it counts as: two texts of one id are never taken for negatives of each other
 * @param group examples of one group are held out together
 * @param where it comes from, for messages: {@code train.json:17}
 */
public record ImageTextExample(
        int image, OptionalInt second, String text, long id, String group, Truth truth, String where) {

    /** What is wanted. */
    public sealed interface Truth {}

    /** That the text is about the image. */
    public record Together() implements Truth {}

    /** Whether a statement is true. */
    public record Holds(boolean value) implements Truth {}

    /**
     * What people answered or wrote, equal ones repeated.
     *
     * @param weight of all of them together in training
     */
    public record Written(List<String> texts, double weight) implements Truth {
        public Written {
            texts = List.copyOf(texts);
        }
    }

    /** Where it is, in pixels of the image. */
    public record At(Rect box) implements Truth {}

    public static ImageTextExample caption(int image, String text, String where) {
        return new ImageTextExample(image, OptionalInt.empty(), text, image, "" + image, new Together(), where);
    }

    public ImageTextExample with(Truth other) {
        return new ImageTextExample(image, second, text, id, group, other, where);
    }
}
