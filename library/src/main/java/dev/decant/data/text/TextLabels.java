package dev.decant.data.text;

import dev.decant.DataException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What the examples of a text data set are labelled with. */
public sealed interface TextLabels {

    /** One of these classes; the label is its place in the list. */
    record Classes(List<String> names) implements TextLabels {

        public Classes {
            names = List.copyOf(names);
            if (names.size() < 2) {
                throw new DataException("labels: at least two classes are needed, found " + names);
            }
        }

        /** Classes in numerical order if all are whole numbers, else in the order of their characters. */
        static Classes found(Set<String> names) {
            boolean numbers = names.stream().allMatch(n -> n.matches("-?[0-9]{1,9}"));
            Comparator<String> order = numbers ? Comparator.comparingInt(Integer::parseInt) : Comparator.naturalOrder();
            return new Classes(names.stream().sorted(order).toList());
        }
    }

    /** A number within bounds, both included. */
    record Scores(double least, double most) implements TextLabels {

        /** Any number. */
        public static final Scores ANY = new Scores(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

        private double number(String label, String where) {
            double value;
            try {
                value = Double.parseDouble(label.strip());
            } catch (NumberFormatException e) {
                throw new DataException(where + ": label '" + label + "' is not a number", e);
            }
            if (!Double.isFinite(value) || value < least || value > most) {
                throw new DataException(where + ": label " + label + " is not "
                        + (least > Double.NEGATIVE_INFINITY ? "from " + least + " to " + most : "a finite number"));
            }
            return value;
        }
    }

    /** Nothing, as for masked language modeling. */
    record None() implements TextLabels {}

    /**
     * The number that stands for a label in a file; 0 if there are none.
     *
     * @param where file and line, for the message
     * @throws DataException when the label is none of these
     */
    default double read(String label, String where) {
        if (this instanceof Classes classes) {
            int found = classes.names().indexOf(label.strip());
            if (found < 0) {
                throw new DataException(where + ": label '" + label + "' is none of "
                        + String.join(
                                ", ",
                                classes.names()
                                        .subList(0, Math.min(20, classes.names().size()))));
            }
            return found;
        }
        if (this instanceof Scores scores) {
            return scores.number(label, where);
        }
        return 0;
    }

    /** Class names; none where labels are numbers or missing. */
    default List<String> classes() {
        return this instanceof Classes classes ? classes.names() : List.of();
    }
}
