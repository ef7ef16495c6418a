package dev.decant.model.multimodal;

import dev.decant.model.Catalogue;
import dev.decant.model.ModelProvider;
import java.util.List;

/** The models of images with texts, one line for each architecture file. */
public final class MultimodalModels implements ModelProvider {

    @Override
    public List<Catalogue.Entry> entries() {
        return Xvlm.entries();
    }
}
