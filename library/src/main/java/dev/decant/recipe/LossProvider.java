package dev.decant.recipe;

/**
 * Adds a loss to recipes. A jar names its provider in {@code META-INF/services/dev.decant.recipe.LossProvider}; recipes
 * then list the loss among their terms, like any other.
 *
 * <p>The reader needs no more than this. To train with the loss, the provider must be a {@code TermProvider} of the
 * {@code build} package.
 */
public interface LossProvider {

    /** The record of the loss: it is public, and its name and keys differ from those of built-in losses and of a term. */
    Class<? extends ProvidedLoss> loss();
}
