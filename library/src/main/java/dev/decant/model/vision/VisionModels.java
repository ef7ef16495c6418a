package dev.decant.model.vision;

import dev.decant.model.Catalogue;
import dev.decant.model.ModelProvider;
import java.util.List;
import java.util.stream.Stream;

/** The image classifiers, one line for each architecture file. */
public final class VisionModels implements ModelProvider {

    @Override
    public List<Catalogue.Entry> entries() {
        return Stream.of(
                        ResNet.entries(),
                        CifarResNet.entries(),
                        MobileNetV1.entries(),
                        MobileNetV2.entries(),
                        ConvNeXt.entries(),
                        Vit.entries(),
                        Swin.entries(),
                        MlpMixer.entries(),
                        ResMlp.entries())
                .flatMap(List::stream)
                .toList();
    }
}
