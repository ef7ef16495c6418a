package dev.decant.train;

import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A network that is learned from, in evaluation mode and without gradient, in the memory layout that is fastest for it.
 *
 * <p>Batches are normalised for the student; if the teacher was trained on other statistics, its copy is renormalised
 * channel by channel: {@code x std_s / std_t + (mean_s - mean_t) / std_t}.
 */
public final class Teacher {

    private final ImageClassifier model;
    private final boolean channelsLast;
    private final Optional<Affine> renormalise;

    private record Affine(Tensor scale, Tensor shift) {}

    public Teacher(ImageClassifier model, ModelConfig.Input student) {
        this.model = model;
        model.train(false);
        model.requiresGrad(false);
        channelsLast = model.isConvolutional();
        if (channelsLast) {
            model.channelsLast();
        }
        ModelConfig.Input own = model.config().input();
        renormalise = own.mean().equals(student.mean()) && own.std().equals(student.std())
                ? Optional.empty()
                : Optional.of(affine(student, own));
    }

    public ImageClassifier model() {
        return model;
    }

    /** The student's images as this teacher wants them, in statistics and in memory layout. */
    Tensor images(Tensor images) {
        Tensor own = renormalise
                .map(a -> images.mul(a.scale.to(images.device())).add(a.shift.to(images.device())))
                .orElse(images);
        return channelsLast ? own.channelsLast() : own;
    }

    private static Affine affine(ModelConfig.Input student, ModelConfig.Input own) {
        float[] scale = new float[3];
        float[] shift = new float[3];
        List<Double> std = own.std();
        for (int c = 0; c < 3; c++) {
            scale[c] = (float) (student.std().get(c) / std.get(c));
            shift[c] = (float) ((student.mean().get(c) - own.mean().get(c)) / std.get(c));
        }
        return new Affine(Tensor.of(scale, 1, 3, 1, 1), Tensor.of(shift, 1, 3, 1, 1));
    }
}
