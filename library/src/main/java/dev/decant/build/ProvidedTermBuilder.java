package dev.decant.build;

import dev.decant.distill.Term;
import dev.decant.recipe.LossProvider;
import dev.decant.recipe.ProvidedLoss;
import dev.decant.recipe.TermSpec;
import dev.decant.recipe.internal.ProvidedLosses;
import java.util.Optional;

/** Asks the providers of other jars for their terms. */
record ProvidedTermBuilder(Sides sides) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        return spec.loss() instanceof ProvidedLoss loss
                ? Optional.of(term(ProvidedLosses.provider(loss), loss, new TermModels(spec, sides)))
                : Optional.empty();
    }

    private static Term term(LossProvider provider, ProvidedLoss loss, TermModels models) {
        if (provider instanceof TermProvider<?> terms) {
            return term(terms, loss, models);
        }
        throw new IllegalStateException(provider.getClass().getName() + " must be a " + TermProvider.class.getName()
                + " for the loss '" + loss.kind() + "' to be trained with");
    }

    private static <L extends ProvidedLoss> Term term(TermProvider<L> provider, ProvidedLoss loss, TermModels models) {
        return provider.term(provider.loss().cast(loss), models);
    }
}
