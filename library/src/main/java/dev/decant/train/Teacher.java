package dev.decant.train;

import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.model.Renormalization;
import java.util.function.UnaryOperator;

/**
 * A network that is learned from, in evaluation mode and without gradient, in the memory layout that is fastest for it.
 *
 * <p>Batches are prepared for the student; if the teacher was trained on images of other statistics, its copy is
 * renormalised channel by channel.
 */
public final class Teacher {

    private final Network model;
    private final boolean channelsLast;
    private final UnaryOperator<Inputs> renormalise;

    /** @param student what batches are prepared for */
    public Teacher(Network model, ModelConfig.Input student) {
        this.model = model;
        model.train(false);
        model.requiresGrad(false);
        channelsLast = model.isConvolutional();
        if (channelsLast) {
            model.channelsLast();
        }
        renormalise = Renormalization.between(student, model.config().input());
    }

    public Network model() {
        return model;
    }

    /** The student's inputs as this teacher wants them: images in its statistics and memory layout. */
    Inputs inputs(Inputs given) {
        Inputs own = renormalise.apply(given);
        return channelsLast && own instanceof Inputs.Images images
                ? new Inputs.Images(images.pixels().channelsLast())
                : own;
    }
}
