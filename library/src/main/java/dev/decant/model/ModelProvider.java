package dev.decant.model;

import java.util.List;

/**
 * Adds architectures to the {@link Catalogue}. A jar names its provider in {@code
 * META-INF/services/dev.decant.model.ModelProvider}; recipes then use the model by its name, like any other.
 */
public interface ModelProvider {

    /** Names that no other provider has. */
    List<Catalogue.Entry> entries();
}
