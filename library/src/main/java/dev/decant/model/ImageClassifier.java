package dev.decant.model;

import dev.decant.ModelException;
import dev.decant.nn.Slot;
import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network from images to class logits, seen by distillation as four stages and a feature vector.
 *
 * <p>Every classifier offers {@code stage1} to {@code stage4}, {@code features} and {@code logits} to the trace, and the
 * output of every block under its checkpoint path. A stage is (N, C, H, W) for a CNN and (N, T, C) for a token network,
 * class token included; {@code features} is the pooled vector (N, {@link #featureWidth}) after the final norm.
 */
public abstract class ImageClassifier extends Network {

    protected ImageClassifier(ModelConfig config) {
        super(config);
    }

    /** images (N, 3, H, W), normalised; returns logits (N, K). */
    public abstract Tensor forward(Tensor images, Trace trace);

    @Override
    public final Inputs sample(int n) {
        Tensor weight = parameters().values().iterator().next();
        Tensor pixels = imageInput().sample(n).pixels();
        return new Inputs.Images(pixels.to(weight.dtype()).to(weight.device()));
    }

    /** The first and the last map: stem and classifier. */
    @Override
    public final List<String> fullPrecisionModules() {
        List<String> weights = slots().entrySet().stream()
                .filter(e -> e.getValue().kind() == Slot.Kind.WEIGHT)
                .map(e -> e.getKey().substring(0, e.getKey().lastIndexOf('.')))
                .toList();
        return List.of(weights.get(0), weights.get(weights.size() - 1));
    }

    /** As timm writes it. */
    @Override
    public final Map<String, Object> publishedConfig() {
        Map<String, Object> published = super.publishedConfig();
        published.put("num_features", featureWidth());
        published.put("pretrained_cfg", pretrained());
        return published;
    }

    private Map<String, Object> pretrained() {
        ModelConfig.ImageInput input = imageInput();
        Map<String, Object> pretrained = new LinkedHashMap<>();
        pretrained.put("input_size", new int[] {3, input.size(), input.size()});
        pretrained.put("num_classes", classes());
        pretrained.put("mean", input.mean());
        pretrained.put("std", input.std());
        pretrained.put("interpolation", input.interpolation());
        pretrained.put("crop_pct", input.cropPct());
        return pretrained;
    }

    /** How it wants images. */
    public final ModelConfig.ImageInput imageInput() {
        if (config().input() instanceof ModelConfig.ImageInput input) {
            return input;
        }
        throw new IllegalStateException(config().architecture() + " is configured for another input than images");
    }

    /** Width of the pooled feature vector before the classifier. */
    public abstract int featureWidth();

    @Override
    public abstract int prefixTokens();

    @Override
    public final Tensor forward(Inputs inputs, Trace trace) {
        if (inputs instanceof Inputs.Images images) {
            return forward(images.pixels(), trace);
        }
        throw new ModelException(config().architecture() + " takes images, not " + inputs.kind());
    }
}
