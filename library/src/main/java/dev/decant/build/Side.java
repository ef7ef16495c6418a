package dev.decant.build;

import dev.decant.InputException;
import dev.decant.model.Stack;
import dev.decant.model.TapShape;
import dev.decant.model.TapSignature;
import dev.decant.recipe.internal.Nearest;
import java.util.List;
import java.util.Set;

/**
 * The student or a teacher, as terms see it.
 *
 * @param name for messages: {@code the teacher 'large'}
 */
record Side(String name, TapSignature signature) {

    private static final int SHOWN = 3;

    static Side student(TapSignature signature) {
        return new Side("the student", signature);
    }

    static Side teacher(String name, TapSignature signature) {
        return new Side("the teacher '" + name + "'", signature);
    }

    /**
     * The shape of a tap.
     *
     * @param term that needs it, for the message
     * @throws InputException if it is not there, with the names nearest to it
     */
    TapShape shape(String term, String tap) {
        return signature
                .shape(tap)
                .orElseThrow(() -> new InputException("terms: " + term + " needs the tap '" + tap + "' of " + this
                        + ", which does not have it; nearest: " + String.join(", ", nearest(tap))));
    }

    /**
     * The size of one dimension of a tap, the same for every batch.
     *
     * @param dim from 0; from the end if negative
     * @throws InputException if the tap is not there, or that size depends on the batch
     */
    long size(String term, String tap, int dim) {
        TapShape shape = shape(term, tap);
        return shape.fixed(dim)
                .orElseThrow(() -> new InputException("terms: " + term + " cannot use the tap '" + tap + "' of " + this
                        + ", whose shape is " + shape));
    }

    /**
     * The parts that transformer layers are in.
     *
     * @throws InputException if there are none
     */
    Set<String> parts(String term) {
        if (signature.stacks().isEmpty()) {
            throw new InputException("terms: " + term + " needs transformer layers, which " + this + " does not have");
        }
        return signature.stacks().keySet();
    }

    /** @throws InputException if there is no such part, with those there are */
    Stack stack(String term, String part) {
        Set<String> parts = parts(term);
        Stack stack = signature.stacks().get(part);
        if (stack == null) {
            throw new InputException("terms: " + term + " needs the part '" + part + "' of " + this + ", which has "
                    + String.join(", ", parts));
        }
        return stack;
    }

    /** Names of the same depth first: what an answer is called is no layer's. */
    private List<String> nearest(String tap) {
        Set<String> taps = signature.taps().keySet();
        List<String> alike = taps.stream().filter(t -> depth(t) == depth(tap)).toList();
        return Nearest.closest(tap, alike.isEmpty() ? taps : alike, SHOWN);
    }

    private static long depth(String tap) {
        return tap.chars().filter(c -> c == '.').count();
    }

    @Override
    public String toString() {
        return name + " (" + signature.architecture() + ")";
    }
}
