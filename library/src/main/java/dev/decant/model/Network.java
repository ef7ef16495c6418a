package dev.decant.model;

import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;
import java.util.List;

/** A model that recipes can name: it is built from a config, run on a batch, and leaves tensors in a trace. */
public abstract class Network extends Module {

    private final ModelConfig config;

    protected Network(ModelConfig config) {
        this.config = config;
    }

    /**
     * Runs the network.
     *
     * @param inputs of the kind that the network takes
     * @return logits, also offered to the trace as {@code logits}
     */
    public abstract Tensor forward(Inputs inputs, Trace trace);

    /** n examples at random, as the network wants them, to learn shapes and times by. */
    public abstract Inputs sample(int n);

    /** Paths of the parts that stay in full precision when the rest is quantized: what meets the data, what gives the answer. */
    public abstract List<String> precise();

    public final ModelConfig config() {
        return config;
    }

    /** Size of the classifier. */
    public final int classes() {
        return config.classes();
    }

    /** A network of convolutions, not of tokens behind one: faster channels-last. */
    public final boolean isConvolutional() {
        return parameters().values().stream().filter(p -> p.rank() == 4).count() > 1;
    }
}
