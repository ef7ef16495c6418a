package dev.decant.train;

import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.model.Renormalization;
import dev.decant.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A network that is learned from, in evaluation mode and without gradient, in the memory layout that is fastest for it.
 *
 * <p>Batches are normalised for the student; if the teacher was trained on other statistics, its copy is renormalised
 * channel by channel.
 */
public final class Teacher {

    private final ImageClassifier model;
    private final boolean channelsLast;
    private final UnaryOperator<Tensor> renormalise;

    public Teacher(ImageClassifier model, ModelConfig.Input student) {
        this.model = model;
        model.train(false);
        model.requiresGrad(false);
        channelsLast = model.isConvolutional();
        if (channelsLast) {
            model.channelsLast();
        }
        renormalise = Renormalization.between(student, model.config().input());
    }

    public ImageClassifier model() {
        return model;
    }

    /** The student's images as this teacher wants them, in statistics and in memory layout. */
    Tensor images(Tensor images) {
        Tensor own = renormalise.apply(images);
        return channelsLast ? own.channelsLast() : own;
    }
}
