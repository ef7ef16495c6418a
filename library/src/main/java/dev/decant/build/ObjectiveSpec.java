package dev.decant.build;

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
public record ObjectiveSpec(List<TermSpec> terms, StageSpec.Balance balance, Optional<InterventionSpec> intervention) {

    public ObjectiveSpec {
        terms = List.copyOf(terms);
    }

    /** Terms that are weighted as given. */
    public static ObjectiveSpec of(List<TermSpec> terms) {
        return new ObjectiveSpec(terms, StageSpec.Balance.OFF, Optional.empty());
    }

    public static ObjectiveSpec of(StageSpec.Distill stage) {
        return new ObjectiveSpec(stage.terms(), stage.balance(), stage.intervention());
    }
}
