package dev.decant.recipe;

import java.util.Optional;

/** The teacher's tensors in place of the student's own, at the start of a stage. */
@About(
        "At the start of the stage the student computes on with tensors of the teacher in place of its own (teacher intervention;"
                + " Kim et al. 2023).")
public record InterventionSpec(
        @About(
                        "what is replaced in every layer: `map`, `context`, `self-output` (of the attention, before the residual), or"
                                + " `gradual`: self-output, context and map for a third of the time each")
                @Default("gradual")
                At at,
        @About("how long, in epochs; may be a fraction") double epochs,
        @About("name of the teacher; may be left out when there is one") Optional<String> teacher) {

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
