package dev.decant.run;

import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TermSpec;
import java.util.List;

/**
 * What a training is to minimise, as the recipe says it.
 *
 * @param balance how the terms' weights are meant
 */
record Goal(List<TermSpec> terms, StageSpec.Balance balance) {

    Goal {
        terms = List.copyOf(terms);
    }

    /** Terms that are weighted as given. */
    static Goal of(List<TermSpec> terms) {
        return new Goal(terms, StageSpec.Balance.OFF);
    }

    static Goal of(StageSpec.Distill stage) {
        return new Goal(stage.terms(), stage.balance());
    }
}
