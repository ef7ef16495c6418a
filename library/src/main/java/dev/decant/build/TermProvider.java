package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.Term;
import dev.decant.recipe.LossProvider;
import dev.decant.recipe.ProvidedLoss;

/**
 * Adds a term of one's own to recipes: the record of its loss, and the code that computes it. Named in {@code
 * META-INF/services/dev.decant.recipe.LossProvider}.
 *
 * @param <L> the record of the loss
 */
public interface TermProvider<L extends ProvidedLoss> extends LossProvider {

    @Override
    Class<L> loss();

    /**
     * Joins the loss to its code.
     *
     * @param models that it compares, by what they offer
     * @throws InputException if the models lack what it compares
     */
    Term term(L loss, TermModels models);
}
