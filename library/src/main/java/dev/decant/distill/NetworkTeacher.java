package dev.decant.distill;

import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.TapSignature;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import java.util.Optional;
import java.util.Set;

/** A network that is learned from, in evaluation mode and without gradient, in the memory layout that is fastest for it. */
public final class NetworkTeacher implements Teacher {

    private final Network network;
    private final boolean channelsLast;

    /** The network is not trained any more; whoever runs it places it on the device of its inputs. */
    public NetworkTeacher(Network network) {
        this.network = network;
        network.train(false);
        network.requiresGrad(false);
        channelsLast = network.isConvolutional();
        if (channelsLast) {
            network.channelsLast();
        }
    }

    @Override
    public TapSignature signature() {
        return network.signature();
    }

    @Override
    public Trace answer(Inputs inputs, long[] indices, Set<String> taps) {
        Trace trace = taps.isEmpty() ? Trace.none() : Trace.of(taps);
        try (NoGrad quiet = NoGrad.open()) {
            Scope.only(() -> network.forward(arranged(inputs), trace));
        }
        return trace;
    }

    @Override
    public Optional<Network> network() {
        return Optional.of(network);
    }

    private Inputs arranged(Inputs inputs) {
        return channelsLast && inputs instanceof Inputs.Images images
                ? new Inputs.Images(images.pixels().channelsLast())
                : inputs;
    }
}
