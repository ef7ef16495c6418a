package dev.decant.model.text;

import dev.decant.model.Catalogue;
import dev.decant.model.ModelProvider;
import java.util.List;

/** The text encoders, one line for each architecture file. */
public final class TextModels implements ModelProvider {

    @Override
    public List<Catalogue.Entry> entries() {
        return Bert.entries();
    }
}
