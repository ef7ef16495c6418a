package dev.decant.distill;

import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.model.TapSignature;
import dev.decant.nn.Trace;
import java.util.Optional;
import java.util.Set;

/** Anything that answers a batch with a trace, for a student to learn from. Not thread-safe. */
public interface Teacher {

    /** The indices of examples that are not of the training set. */
    long[] NO_INDICES = {};

    /** What it can be asked for. */
    TapSignature signature();

    /**
     * Answers a batch, without gradient.
     *
     * @param inputs prepared for this teacher, on the device that it is on
     * @param indices place of each example in the training set; {@link #NO_INDICES} where there is none
     * @param taps names of its signature
     */
    Trace answer(Inputs inputs, long[] indices, Set<String> taps);

    /**
     * Whether it draws hard negatives of its own when it is asked for these taps ({@link dev.decant.model.Negatives}); the
     * other models of the step are then run on the same ones.
     */
    default boolean drawsNegatives(Set<String> taps) {
        return network().map(n -> n.drawsNegatives(taps)).orElse(false);
    }

    /** The network that answers, if one does: what needs its weights, and not its answers alone, asks for it. */
    default Optional<Network> network() {
        return Optional.empty();
    }

    /**
     * The same teacher for batches that were prepared for a student: images are normalized anew where the statistics differ.
     *
     * @param student what the student takes
     */
    default Teacher preparedFor(ModelConfig.Input student) {
        return new RenormalizedTeacher(this, student);
    }
}
