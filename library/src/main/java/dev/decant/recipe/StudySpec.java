package dev.decant.recipe;

import dev.decant.recipe.internal.KebabCase;
import java.util.List;
import java.util.Optional;

/** A study of the student, beside another network or alone. */
@ChosenBy(key = "kind", otherwise = "cka")
@About("An analysis of the student, alone or beside another model.")
public sealed interface StudySpec {

    /** What studies of two networks say of the other one. */
    String WITH =
            "the other model: the name of a teacher, or `student` to compare the student with itself; by default the first teacher";

    /** The name of the network beside the student. */
    default Optional<String> with() {
        return Optional.empty();
    }

    /** Whether there has to be another network beside the student. */
    default boolean needsAnother() {
        return true;
    }

    /** The name in recipes and files: {@code cka}. */
    default String kind() {
        return KebabCase.of(getClass());
    }

    /** Similarity of layers. */
    @About("Similarity (CKA) of every pair of layers of two models.")
    record Cka(
            @About(WITH) Optional<String> with,
            @About("taps of the student; if empty, the output of every block") @Default("[]") List<String> studentTaps,
            @About("taps of the other model; if empty, the output of every block") @Default("[]")
                    List<String> otherTaps,
            @About("batch size; at least 4, for the unbiased estimate") @Default("64") int batchSize,
            @About("number of batches to average over") @Default("20") int batches)
            implements StudySpec {
        public Cka {
            studentTaps = List.copyOf(studentTaps);
            otherTaps = List.copyOf(otherTaps);
            Checks check = new Checks();
            check.atLeast("batch-size", batchSize, 4);
            check.atLeast("batches", batches, 1);
            check.done();
        }
    }

    /** Distance of attention. */
    @About("Difference between the student's and a teacher's attention, layer by layer.")
    record Attention(
            @About(WITH) Optional<String> with,
            @About("number of examples of the test split") @Default("64") int examples,
            @About("number of the teacher's strongest keys that the cover length must contain") @Default("5") int topK)
            implements StudySpec {
        public Attention {
            Checks check = new Checks();
            check.atLeast("examples", examples, 1);
            check.atLeast("top-k", topK, 1);
            check.done();
        }
    }

    /** Curvature of the loss. */
    @About("Curvature of the loss: eigenvalues and trace of its Hessian.")
    record Hessian(
            @About("a teacher to study as well; by default the student alone") Optional<String> with,
            @About("batch size") @Default("64") int batchSize,
            @About("number of examples of the test split") @Default("64") int examples,
            @About("what to compute") @Default("{}") HessianSpec hessian)
            implements StudySpec {
        public Hessian {
            Checks check = new Checks();
            check.atLeast("batch-size", batchSize, 1);
            check.atLeast("examples", examples, 1);
            check.done();
        }

        @Override
        public boolean needsAnother() {
            return false;
        }
    }

    /** Worth of modalities. */
    @About("Score after pruning one modality at a time, which shows how much the task depends on it.")
    record Importance(
            @About("batch size") @Default("64") int batchSize,
            @About("what to prune, and how much") @Default("{}") ImportanceSpec importance)
            implements StudySpec {
        public Importance {
            Checks check = new Checks();
            check.atLeast("batch-size", batchSize, 1);
            check.done();
        }

        @Override
        public boolean needsAnother() {
            return false;
        }
    }
}
