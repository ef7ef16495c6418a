package dev.decant.recipe;

/**
 * A loss from another jar, announced by a {@link LossProvider}: a public record whose components are its keys in a recipe,
 * with {@link About} and {@link Default}. Its name in recipes is that of the record in kebab case.
 */
public non-sealed interface ProvidedLoss extends LossSpec {}
