package dev.decant.quantize;

import dev.decant.model.Network;
import dev.decant.nn.Slot;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.WeightsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A quantized network as it ships: codes of a few bits instead of weights, and what rounds the activations.
 *
 * <p>Read back, the network has the very values in its weights that it computed with before, and the same quantizers on its
 * activations; the full-precision weights that it learned with are gone, so it is not trained further. The layout is in {@code
 * docs/packed-format.md}.
 *
 * @param state tensors of the file, by name
 * @param config the {@code quantization} of the folder's {@code config.json}
 */
public record Packed(Map<String, Tensor> state, Map<String, Object> config) {

    /** The key of {@code config.json}. */
    public static final String KEY = "quantization";

    private static final String FORMAT = "decant-packed-1";
    private static final String LAYER_QUANTIZER = "_quantizer.";

    /** Whether any slot of the network is filled. */
    public static boolean concerns(Network network) {
        return network.slots().values().stream().anyMatch(Slot::isFilled);
    }

    public static Packed of(Network network) {
        Map<String, Tensor> state = new LinkedHashMap<>(network.state());
        Map<String, Object> weights = new LinkedHashMap<>();
        Map<String, Object> activations = new LinkedHashMap<>();
        network.slots().forEach((path, slot) -> {
            if (slot.quantizer().orElse(null) instanceof CodeQuantizer quantizer) {
                if (slot.kind() == Slot.Kind.ACTIVATION) {
                    activations.put(path, ActivationForm.of(quantizer));
                } else {
                    Tensor weight = state.remove(path);
                    state.keySet().removeIf(k -> k.startsWith(path + LAYER_QUANTIZER));
                    PackedWeight.Written written = PackedWeight.of(path, weight.detach(), quantizer);
                    state.putAll(written.tensors());
                    weights.put(path, written.form());
                }
            }
        });
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("format", FORMAT);
        config.put("weights", weights);
        config.put("activations", activations);
        return new Packed(state, config);
    }

    /**
     * Puts the quantizers of a packed network's activations in their slots.
     *
     * @param config what {@link #config} was, as JSON gives it
     * @throws WeightsException where it does not fit the network
     */
    public static void attach(Network network, Map<String, Object> config, Path file) {
        if (!FORMAT.equals(config.get("format"))) {
            throw WeightsException.in(
                    file, "packed as '" + config.get("format") + "'; this version reads '" + FORMAT + "'");
        }
        Map<String, Slot> slots = network.slots();
        entries(config, "activations", file).forEach((path, form) -> {
            Slot slot = slots.get(path);
            if (slot == null) {
                throw WeightsException.in(file, KEY + ".activations: the network has no slot '" + path + "'");
            }
            slot.fill(ActivationForm.quantizer(form, path, file));
        });
    }

    /**
     * The weights as plain numbers, under their own names; what is not packed stays as it is.
     *
     * @throws WeightsException if codes, scales and config disagree
     */
    public static StoredWeights unpack(StoredWeights stored, Map<String, Object> config, Path file) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>(stored.tensors());
        entries(config, "weights", file).forEach((name, form) -> {
            PackedWeight weight = form(form, name, file);
            tensors.keySet().removeIf(key -> PackedWeight.isPart(key, name));
            tensors.put(name, weight.unpack(name, stored));
        });
        return new StoredWeights(stored.source(), tensors, stored.metadata());
    }

    /**
     * The codes of the packed weights, by the weight's name.
     *
     * @param state tensors of the file, those of {@link #unpack}'s {@code stored}, or {@link #state}
     * @throws WeightsException if the config is not one
     */
    public static Map<String, PackedCodes> codes(Map<String, Tensor> state, Map<String, Object> config, Path file) {
        Map<String, PackedCodes> codes = new LinkedHashMap<>();
        entries(config, "weights", file)
                .forEach((name, form) -> codes.put(name, PackedCodes.of(form(form, name, file), name, state)));
        return codes;
    }

    /**
     * Tells the slots of a network that was read what its weights are in whole numbers, so that they can be multiplied as such.
     *
     * @param codes of {@link #codes}
     */
    public static void hold(Network network, Map<String, PackedCodes> codes) {
        Map<String, Tensor> state = network.state();
        Map<String, Slot> slots = network.slots();
        try (Scope scope = Scope.open()) {
            codes.forEach((name, packed) -> {
                Slot slot = slots.get(name);
                Tensor weight = state.get(name);
                if (slot != null && weight != null && slot.kind() == Slot.Kind.WEIGHT) {
                    packed.whole().ifPresent(whole -> slot.hold(weight, whole));
                }
            });
        }
    }

    private static PackedWeight form(Map<String, Object> form, String name, Path file) {
        int bits = whole(form, "bits", name, file);
        int levels = whole(form, "levels", name, file);
        int group = whole(form, "group", name, file);
        if (!(form.get("shape") instanceof List<?> sides)
                || sides.stream().anyMatch(side -> !(side instanceof Number n) || n.longValue() < 1)) {
            throw WeightsException.in(file, KEY + ".weights." + name + ".shape: expected a list of whole numbers");
        }
        List<Long> shape =
                sides.stream().map(side -> ((Number) side).longValue()).toList();
        PackedWeight weight = new PackedWeight(shape, bits, whole(form, "lowest", name, file), levels, group);
        boolean fits = List.of(1, 2, 4, 8).contains(bits)
                && levels >= 2
                && levels <= 1 << bits
                && group >= 1
                && weight.elements() % group == 0
                && weight.elements() <= Integer.MAX_VALUE - 8;
        if (!fits) {
            throw WeightsException.in(
                    file, KEY + ".weights." + name + ": bits, levels, group and shape do not fit together: " + weight);
        }
        return weight;
    }

    private static int whole(Map<String, Object> form, String key, String name, Path file) {
        if (form.get(key) instanceof Number n) {
            return n.intValue();
        }
        throw WeightsException.in(file, KEY + ".weights." + name + "." + key + ": expected a whole number");
    }

    private static Map<String, Map<String, Object>> entries(Map<String, Object> config, String key, Path file) {
        if (!(config.get(key) instanceof Map<?, ?> map)) {
            throw WeightsException.in(file, KEY + "." + key + ": expected a map");
        }
        Map<String, Map<String, Object>> entries = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (!(value instanceof Map<?, ?> fields)) {
                throw WeightsException.in(file, KEY + "." + key + "." + name + ": expected a map");
            }
            Map<String, Object> form = new LinkedHashMap<>();
            fields.forEach((k, v) -> form.put(String.valueOf(k), v));
            entries.put(String.valueOf(name), form);
        });
        return entries;
    }
}
