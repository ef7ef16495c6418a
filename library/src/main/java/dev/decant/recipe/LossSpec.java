package dev.decant.recipe;

import dev.decant.recipe.internal.KebabCase;

/** What a term computes from the student, the data and perhaps a teacher; the families are by what they compare. */
@About("What a term computes. `type` says which; its keys stand in the term itself.")
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface LossSpec permits LabelLoss, LogitLoss, FeatureLoss, LayerLoss, ImageTextLoss, ProvidedLoss {

    /** Whether it compares the student with a teacher; otherwise it learns from the data alone. */
    default boolean needsTeacher() {
        return true;
    }

    /** Whether logits are all that it takes from the teacher, so that several teachers can be joined. */
    default boolean takesLogitsOnly() {
        return false;
    }

    /** The name in recipes, metrics and reports: {@code cross-entropy}. */
    default String kind() {
        return KebabCase.of(getClass());
    }
}
