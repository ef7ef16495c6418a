package dev.decant.model;

import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the taps of a network and their shapes by running tiny batches of several sizes through it. The network and the random
 * generator are left as they were.
 */
final class TapProbe {

    /** Batch and length of the first pass; two examples at least, so that there are hard negatives. */
    private static final List<Long> BASES = List.of(2L, 3L);

    private static final List<Long> OTHERS = List.of(3L, 5L);

    private final Network network;
    private final Device device;

    private TapProbe(Network network) {
        this.network = network;
        device = network.state().values().stream()
                .findFirst()
                .map(Tensor::device)
                .orElse(Device.CPU);
    }

    static Map<String, TapShape> shapes(Network network) {
        byte[] before = Rng.state(Device.CPU);
        try (Module.Evaluating evaluating = network.evaluating();
                NoGrad quiet = NoGrad.open()) {
            return new TapProbe(network).shapes();
        } finally {
            Rng.restore(Device.CPU, before);
        }
    }

    private Map<String, TapShape> shapes() {
        Set<String> taps = taps();
        List<Map<String, long[]>> passes = new ArrayList<>();
        passes.add(pass(taps, BASES.get(0), BASES.get(1)));
        passes.add(pass(taps, OTHERS.get(0), BASES.get(1)));
        passes.add(
                network.config().input() instanceof ModelConfig.ImageInput
                        ? passes.get(0) // has no length
                        : pass(taps, BASES.get(0), OTHERS.get(1)));
        Map<String, TapShape> shapes = new LinkedHashMap<>();
        for (String tap : taps) {
            try {
                shapes.put(
                        tap, TapShape.fit(passes.stream().map(p -> p.get(tap)).toList(), BASES, OTHERS));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        network.config().architecture() + ": tap '" + tap + "': " + e.getMessage(), e);
            }
        }
        return shapes;
    }

    private Set<String> taps() {
        try (Scope scope = Scope.open()) {
            Trace trace = Trace.listing();
            run(trace, BASES.get(0), BASES.get(1));
            return trace.offered();
        }
    }

    private Map<String, long[]> pass(Set<String> taps, long batch, long length) {
        try (Scope scope = Scope.open()) {
            Trace trace = Trace.of(taps);
            run(trace, batch, length);
            Map<String, long[]> shapes = new LinkedHashMap<>();
            taps.forEach(tap -> shapes.put(tap, trace.get(tap).shape()));
            return shapes;
        }
    }

    private void run(Trace trace, long batch, long length) {
        try (Autocast off = Autocast.off(device)) {
            Scope.only(() ->
                    network.forward(network.sample((int) batch, (int) length).to(device), trace));
        }
    }
}
