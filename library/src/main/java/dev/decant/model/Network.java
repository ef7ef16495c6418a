package dev.decant.model;

import dev.decant.ModelException;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.KeyMap;
import dev.decant.weights.StoredWeights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/** A model that recipes can name: it is built from a config, run on a batch, and leaves tensors in a trace. */
public abstract class Network extends Module {

    /** Argument of every architecture: how many units are left at each gate, by its path. */
    public static final String PRUNED = "pruned";

    private static final double INITIAL = 0.02;

    private ModelConfig config;
    private Optional<TapSignature> signature = Optional.empty();

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

    /**
     * Whether a pass that is asked for these taps judges wrong pairs, and so draws them if its inputs have only a seed; it
     * then offers {@link Negatives#TAPS} too.
     */
    public boolean drawsNegatives(Set<String> taps) {
        return false;
    }

    /** n examples at random, as the network wants them, to learn shapes and times by. */
    public abstract Inputs sample(int n);

    /**
     * As {@link #sample(int)}, with texts of another length.
     *
     * @param length tokens of each text; of no concern to a network of images
     */
    public Inputs sample(int n, int length) {
        return sample(n);
    }

    /** Transformer layers by part, in the order of the pass. One stack is called {@link Stack#WHOLE}; none unless overridden. */
    public Map<String, Stack> stacks() {
        return Map.of();
    }

    /** Class tokens in front of the patches of a stage; none unless overridden. */
    public int prefixTokens() {
        return 0;
    }

    /** The network's taps with their shapes, found when first asked for and again after units were taken away. */
    public final TapSignature signature() {
        TapSignature known = signature.orElseGet(() -> new TapSignature(
                config.architecture(),
                config.input(),
                config.classes(),
                prefixTokens(),
                TapProbe.shapes(this),
                stacks()));
        signature = Optional.of(known);
        return known;
    }

    /** The tasks that the network can be scored on and trained for, its own first; empty where any data of its input will do. */
    public List<String> tasks() {
        return List.of();
    }

    /** From the name of a published tensor to the network's own. */
    public KeyMap publishedKeys() {
        return KeyMap.identity();
    }

    /** Stored weights, perhaps of another task or image size, in the form that this network takes. */
    public StoredWeights fit(StoredWeights stored) {
        return stored;
    }

    /** {@code config.json}: what rebuilds the network, in the words of the library that published it. */
    public Map<String, Object> publishedConfig() {
        Map<String, Object> args = new LinkedHashMap<>(config.args());
        args.remove("num_classes");
        Map<String, Object> published = new LinkedHashMap<>();
        published.put("architecture", config.architecture());
        published.put("num_classes", config.classes());
        published.put("model_args", args);
        return published;
    }

    /** Paths of the parts that stay in full precision when the rest is quantized: what meets the data, what gives the answer. */
    public abstract List<String> fullPrecisionModules();

    public final ModelConfig config() {
        return config;
    }

    /**
     * Parts whose share of the size may be set apart when pruning: the paths that each part's layers begin with. A network
     * of one kind of input is one part.
     */
    public Map<String, List<String>> modalities() {
        return Map.of("model", List.of(""));
    }

    /**
     * Lets layers and tables begin normal with the deviation {@code initializer_range} instead of 0.02, which they were made with; narrow
     * networks learn faster from a larger one.
     *
     * @param concerned which parameters, by name; vectors stay as they are
     */
    public final void rescaleInit(ModelArgs args, Predicate<String> concerned) {
        double deviation = args.factor("initializer_range", INITIAL);
        if (deviation == INITIAL) {
            return;
        }
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            parameters().forEach((name, x) -> {
                if (x.rank() > 1 && concerned.test(name)) {
                    x.copyFrom(x.mul(deviation / INITIAL));
                }
            });
        }
    }

    /**
     * Gives layers that share weights each its own, since they may lose different units.
     *
     * @return the config that says so
     */
    protected ModelConfig untieKeys() {
        return config;
    }

    /**
     * Takes heads, neurons and channels away for good; the config says so from then on, and rebuilds the smaller network.
     *
     * @param units to keep at each gate, ascending, by the gate's path
     * @throws ModelException for a path that is no gate's, or units that are not there
     */
    public final void keep(Map<String, long[]> units) {
        config = units.isEmpty() ? config : untieKeys();
        signature = Optional.empty();
        Map<String, GateSlot> gates = gates();
        Map<String, Object> sizes = new TreeMap<>();
        if (config.args().get(PRUNED) instanceof Map<?, ?> before) {
            before.forEach((path, size) -> sizes.put(String.valueOf(path), size));
        }
        units.forEach((path, kept) -> {
            GateSlot gate = gates.get(path);
            if (gate == null) {
                throw new ModelException(config.architecture() + " has no gate '" + path + "'; it has "
                        + String.join(", ", gates.keySet().stream().limit(8).toList())
                        + (gates.size() > 8 ? ", ... (see decant inspect)" : ""));
            }
            if (kept.length != gate.units()) {
                sizes.put(path, kept.length);
            }
            gate.keep(kept);
        });
        if (!sizes.isEmpty()) {
            config = config.with(PRUNED, Collections.unmodifiableMap(sizes));
        }
    }

    /** Shrinks every gate to its first units, as a config says, for weights that are yet to be loaded. */
    final void shrink(Map<String, Integer> sizes) {
        Map<String, GateSlot> gates = gates();
        Map<String, long[]> first = new LinkedHashMap<>();
        sizes.forEach((path, size) -> {
            long units =
                    Optional.ofNullable(gates.get(path)).map(GateSlot::units).orElse((long) size);
            if (size < 1 || size > units) {
                throw new ModelException(config.architecture() + "." + PRUNED + "." + path + ": expected 1 to " + units
                        + " units, got " + size);
            }
            first.put(path, LongStream.range(0, size).toArray());
        });
        keep(first);
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
