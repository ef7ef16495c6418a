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

    /** The map from images (N, 3, H, W) normalised for {@code a} to the same for {@code b}; does nothing if they agree. */
    public static UnaryOperator<Tensor> between(ModelConfig.Input a, ModelConfig.Input b) {
        if (a.mean().equals(b.mean()) && a.std().equals(b.std())) {
            return images -> images;
        }
        float[] scales = new float[CHANNELS];
        float[] shifts = new float[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            scales[c] = (float) (a.std().get(c) / b.std().get(c));
            shifts[c] = (float) ((a.mean().get(c) - b.mean().get(c)) / b.std().get(c));
        }
        Tensor scale = Tensor.of(scales, 1, CHANNELS, 1, 1);
        Tensor shift = Tensor.of(shifts, 1, CHANNELS, 1, 1);
        return images -> images.mul(scale.to(images.device())).add(shift.to(images.device()));
    }
}
