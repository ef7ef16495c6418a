package dev.decant.recipe;

import java.util.Optional;

/** Teacher intervention: tensors of the teacher replace the student's in the first epochs of a stage. */
@About("Teacher intervention: in the first epochs of the stage, tensors of the teacher replace those of the "
        + "student in the student's forward pass (Kim et al. 2023).")
public record InterventionSpec(
        @About("which tensor is replaced in every layer: the attention `map`, the `context` (map times value), "
                        + "`self-output` (the projected attention output before the residual), or `gradual`: self-output, context "
                        + "and map for a third of the epochs each")
                @Default("gradual")
                At at,
        @About("number of epochs of intervention; may be a fraction") double epochs,
        @About("name of the teacher; optional if there is only one") Optional<String> teacher) {

    /** What is replaced. */
    public enum At {
        MAP,
        CONTEXT,
        SELF_OUTPUT,
        GRADUAL
    }

    public InterventionSpec {
        Checks check = new Checks();
        check.that(epochs > 0, "epochs", "must be above 0, got " + epochs);
        check.done();
    }
}
