package dev.decant.run;

import dev.decant.recipe.InterventionSpec;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TermSpec;
import java.util.List;
import java.util.Optional;

/**
 * What a training is to minimise, as the recipe says it.
 *
 * @param balance how the terms' weights are meant
 * @param intervention what the student takes from the teacher at the start
 */
record Goal(List<TermSpec> terms, StageSpec.Balance balance, Optional<InterventionSpec> intervention) {

    Goal {
        terms = List.copyOf(terms);
    }

    /** Terms that are weighted as given. */
    static Goal of(List<TermSpec> terms) {
        return new Goal(terms, StageSpec.Balance.OFF, Optional.empty());
    }

    static Goal of(StageSpec.Distill stage) {
        return new Goal(stage.terms(), stage.balance(), stage.intervention());
    }
}
