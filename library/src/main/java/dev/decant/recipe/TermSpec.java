package dev.decant.recipe;

import java.util.Optional;

/** One part of a stage's objective, which is the weighted sum of its terms. */
@About("One loss of a stage. The stage minimizes the weighted sum of its terms.")
public record TermSpec(
        @Flatten LossSpec loss,
        @About("weight of the term in the sum; a term of weight 0 is not computed") @Default("1") double weight,
        @About(
                        "name of the teacher; with several teachers also `average` (mean of their probabilities) or `confidence` (for each"
                                + " image the one surest of its label); may be left out when there is one teacher, and must be for a loss on the data alone")
                Optional<String> teacher) {

    public TermSpec {
        Checks check = new Checks();
        check.atLeast("weight", weight, 0);
        check.that(
                loss.needsTeacher() || teacher.isEmpty(),
                "teacher",
                loss.kind() + " learns from the data alone; leave out 'teacher'");
        check.done();
    }

    /** A loss as it is, with the only teacher if it needs one. */
    public static TermSpec of(LossSpec loss) {
        return new TermSpec(loss, 1, Optional.empty());
    }

    /** Whether the term compares with a teacher at all. */
    public boolean needsTeacher() {
        return loss.needsTeacher();
    }
}
