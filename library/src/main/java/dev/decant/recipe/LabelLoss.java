package dev.decant.recipe;

/** Losses on the labels alone, without a teacher. */
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface LabelLoss extends LossSpec permits LabelLoss.CrossEntropy, LabelLoss.SquaredError {

    @Override
    default boolean needsTeacher() {
        return false;
    }

    /** Cross-entropy with the labels. */
    @About("Cross-entropy with the labels; accepts the mixed labels of mixup and cutmix.")
    record CrossEntropy(@About("label smoothing") @Default("0") double smoothing) implements LabelLoss {
        public CrossEntropy {
            Checks check = new Checks();
            check.that(
                    smoothing >= 0 && smoothing < 1, "smoothing", "must be at least 0 and below 1, got " + smoothing);
            check.done();
        }
    }

    /** Squared error of a value. */
    @About("Squared error of the prediction, for regression.")
    record SquaredError() implements LabelLoss {}
}
