package com.example;

// tag::provider[]
import dev.decant.model.Catalogue;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.model.ModelProvider;
import java.util.List;

/** Adds the model `plain_convnet` to the catalogue. */
public final class PlainConvNets implements ModelProvider {

    @Override
    public List<Catalogue.Entry> entries() {
        ImageInput input = new ImageInput(32, ImageInput.IMAGENET_MEAN, ImageInput.IMAGENET_STD, "bilinear", 1.0);
        return List.of(new Catalogue.Entry(
                "plain_convnet",
                10,
                input,
                (config, args) -> new PlainConvNet(config, args.integers("channels", List.of(16, 32, 64, 128)))));
    }
}
// end::provider[]
