package dev.decant.analyze;

import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.data.Loader;
import dev.decant.metric.Cka;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.Renormalization;
import dev.decant.nn.Trace;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Similarity (minibatch unbiased linear CKA) of every tap of one network with every tap of another, on the same images. */
public final class CkaStudy {

    /** Outputs of blocks: a path that ends in a number, as {@code layer1.0} or {@code blocks.3}. */
    private static final Pattern BLOCK = Pattern.compile(".*\\.\\d+");

    private CkaStudy() {}

    /** The similarities, rows for the first network's taps. */
    public record Result(List<String> first, List<String> second, double[][] values) {}

    /** What to compare: a network and its taps; all block outputs if none are given. */
    public record Side(Network model, List<String> taps) {

        public Side {
            taps = taps.isEmpty() ? blocks(model) : List.copyOf(taps);
        }
    }

    /** Names of all block outputs, in the order of the forward pass. */
    public static List<String> blocks(Network model) {
        List<String> blocks = model.signature().taps().keySet().stream()
                .filter(t -> BLOCK.matcher(t).matches())
                .toList();
        return blocks.isEmpty() ? List.of("stage1", "stage2", "stage3", "stage4") : blocks;
    }

    /**
     * @param loader images normalised for the first network; the second sees them as it was trained to
     * @param batches how many batches of the loader are averaged; fewer if it has fewer. Models are on the CPU.
     */
    public static Result run(Side first, Side second, Loader loader, int batches) {
        Cka cka = new Cka(first.taps.size(), second.taps.size());
        UnaryOperator<Inputs> forSecond = Renormalization.between(
                first.model.config().input(), second.model.config().input());
        first.model.train(false);
        second.model.train(false);
        try (NoGrad quiet = NoGrad.open();
                Epoch epoch = loader.epoch(0, 0)) {
            for (int i = 0; i < batches && epoch.hasNext(); i++) {
                try (Scope step = Scope.open()) {
                    Batch batch = epoch.next();
                    Inputs inputs = batch.inputs().to(Device.CPU);
                    cka.add(activations(first, inputs), activations(second, forSecond.apply(inputs)));
                }
            }
        }
        return new Result(first.taps, second.taps, cka.matrix());
    }

    private static List<Tensor> activations(Side side, Inputs inputs) {
        Trace trace = Trace.of(side.taps);
        side.model.forward(inputs, trace);
        return side.taps.stream().map(trace::get).toList();
    }
}
