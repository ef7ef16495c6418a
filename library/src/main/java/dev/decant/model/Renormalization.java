package dev.decant.model;

import dev.decant.tensor.Tensor;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Images normalised for one network, as another was trained to see them: channel by channel {@code x std_a / std_b +
 * (mean_a - mean_b) / std_b}.
 */
public final class Renormalization {

    private static final int CHANNELS = 3;

    private Renormalization() {}

    /** The map from inputs prepared for {@code a} to the same for {@code b}; does nothing if they agree. */
    public static UnaryOperator<Inputs> between(ModelConfig.Input a, ModelConfig.Input b) {
        Optional<ModelConfig.ImageInput> prepared = images(a);
        Optional<ModelConfig.ImageInput> wanted = images(b);
        return prepared.isPresent() && wanted.isPresent() ? between(prepared.get(), wanted.get()) : inputs -> inputs;
    }

    private static Optional<ModelConfig.ImageInput> images(ModelConfig.Input input) {
        if (input instanceof ModelConfig.ImageTextInput both) {
            return Optional.of(both.image());
        }
        return input instanceof ModelConfig.ImageInput images ? Optional.of(images) : Optional.empty();
    }

    private static UnaryOperator<Inputs> between(ModelConfig.ImageInput from, ModelConfig.ImageInput to) {
        if (from.mean().equals(to.mean()) && from.std().equals(to.std())) {
            return inputs -> inputs;
        }
        float[] scales = new float[CHANNELS];
        float[] shifts = new float[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            scales[c] = (float) (from.std().get(c) / to.std().get(c));
            shifts[c] =
                    (float) ((from.mean().get(c) - to.mean().get(c)) / to.std().get(c));
        }
        Tensor scale = Tensor.of(scales, 1, CHANNELS, 1, 1);
        Tensor shift = Tensor.of(shifts, 1, CHANNELS, 1, 1);
        return inputs -> apply(inputs, scale, shift);
    }

    private static Inputs apply(Inputs inputs, Tensor scale, Tensor shift) {
        if (inputs instanceof Inputs.ImageText both) {
            return both.with(apply(both.images(), scale, shift));
        }
        return inputs instanceof Inputs.Images images ? apply(images, scale, shift) : inputs;
    }

    private static Inputs.Images apply(Inputs.Images images, Tensor scale, Tensor shift) {
        Tensor pixels = images.pixels();
        return new Inputs.Images(pixels.mul(scale.to(pixels.device())).add(shift.to(pixels.device())));
    }
}
