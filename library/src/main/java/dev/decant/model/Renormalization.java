package dev.decant.model;

import dev.decant.tensor.Tensor;
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
        if (!(a instanceof ModelConfig.ImageInput from) || !(b instanceof ModelConfig.ImageInput to)) {
            return inputs -> inputs;
        }
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
        return inputs -> inputs instanceof Inputs.Images images ? apply(images.pixels(), scale, shift) : inputs;
    }

    private static Inputs apply(Tensor images, Tensor scale, Tensor shift) {
        return new Inputs.Images(images.mul(scale.to(images.device())).add(shift.to(images.device())));
    }
}
