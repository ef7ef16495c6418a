package dev.decant.distill;

import java.util.Optional;

/**
 * Taps of the same tensor in student and teacher.
 *
 * @param mask tap of the student's mask, where it is not the batch's own
 */
public record TapPair(String student, String teacher, Optional<String> mask) {

    /** Of what the batch's own mask holds for, if there is one. */
    public TapPair(String student, String teacher) {
        this(student, teacher, Optional.empty());
    }
}
