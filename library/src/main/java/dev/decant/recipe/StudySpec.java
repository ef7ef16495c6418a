package dev.decant.recipe;

import dev.decant.recipe.internal.KebabCase;
import java.util.List;
import java.util.Optional;

/** A study of the student, beside another network or alone. */
@ChosenBy(key = "kind", otherwise = "cka")
@About("What is studied.")
public sealed interface StudySpec {

    /** What studies of two networks say of the other one. */
    String WITH = "the other network: a teacher's name, or `student` for itself; the first teacher unless set";

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
    @About("Similarity of every pair of layers of two networks.")
    record Cka(
            @About(WITH) Optional<String> with,
            @About("taps of the student; the output of every block if empty") @Default("[]") List<String> studentTaps,
            @About("taps of the other network; the output of every block if empty") @Default("[]")
                    List<String> otherTaps,
            @About("examples in a batch; at least 4 for the unbiased estimate") @Default("64") int batchSize,
            @About("batches that are averaged") @Default("20") int batches)
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
    @About("How far the student's attention is from a teacher's.")
    record Attention(
            @About(WITH) Optional<String> with,
            @About("examples of the test split that are studied") @Default("64") int examples,
            @About("the teacher's strongest keys that the cover length looks for") @Default("5") int topK)
            implements StudySpec {
        public Attention {
            Checks check = new Checks();
            check.atLeast("examples", examples, 1);
            check.atLeast("top-k", topK, 1);
            check.done();
        }
    }

    /** Curvature of the loss. */
    @About("Curvature of the loss.")
    record Hessian(
            @About("a teacher that is studied too; the student alone unless set") Optional<String> with,
            @About("examples in a batch") @Default("64") int batchSize,
            @About("examples of the test split that are studied") @Default("64") int examples,
            @About("what is taken") @Default("{}") HessianSpec hessian)
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
    @About("What each modality is worth to the task, by pruning it.")
    record Importance(
            @About("examples in a batch") @Default("64") int batchSize,
            @About("what is pruned how far") @Default("{}") ImportanceSpec importance)
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
