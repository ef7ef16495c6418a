package dev.decant.loss;

import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Guards of this package: each throws {@link IllegalArgumentException} that names the argument and what was found. */
final class Shapes {

    private Shapes() {}

    static void same(String a, Tensor x, String b, Tensor y) {
        require(
                Arrays.equals(x.shape(), y.shape()),
                a + " " + of(x) + " and " + b + " " + of(y) + " must have the same shape");
    }

    /** The letters name the dimensions, e.g. "(N, K)". */
    static void rank(String name, Tensor t, int rank, String letters) {
        require(t.rank() == rank, name + " must be " + letters + ", found " + of(t));
    }

    static void logits(Tensor student, Tensor teacher) {
        rank("student logits", student, 2, "(N, K)");
        same("student logits", student, "teacher logits", teacher);
    }

    /** Feature rows of two networks: as many rows, any width. */
    static void rows(Tensor student, Tensor teacher, long fewest) {
        rank("student features", student, 2, "(N, D)");
        rank("teacher features", teacher, 2, "(N, D)");
        require(
                student.size(0) == teacher.size(0),
                "student features " + of(student) + " and teacher features " + of(teacher) + " must have as many rows");
        require(
                student.size(0) >= fewest,
                "a loss between examples needs a batch of at least " + fewest + ", found " + student.size(0));
    }

    /** A target is classes (N) or probabilities (N, K). */
    static void target(Tensor logits, Tensor target) {
        boolean fits = (target.rank() == 1 && target.size(0) == logits.size(0))
                || (target.rank() == 2 && Arrays.equals(target.shape(), logits.shape()));
        require(
                fits,
                "target " + of(target) + " must be classes (N) or probabilities (N, K) of the logits " + of(logits));
    }

    static void positive(String name, double value) {
        require(value > 0 && Double.isFinite(value), name + " must be greater than 0, found " + value);
    }

    static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** As in (2, 3). */
    static String of(Tensor t) {
        return Arrays.stream(t.shape()).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
