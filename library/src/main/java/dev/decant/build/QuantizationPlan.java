package dev.decant.build;

import dev.decant.model.Network;
import dev.decant.nn.Slot;
import dev.decant.quantize.Placement;
import dev.decant.recipe.QuantizeSpec;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What {@code quantize} would round in a network, and what it would leave.
 *
 * @param rounded slots that get a quantizer, in the order of the network
 * @param left slots that get none
 * @param roundedParameters numbers that would be stored in a few bits
 * @param leftParameters numbers that stay in full precision: of the slots that are left, norms and biases
 */
public record QuantizationPlan(List<Rounded> rounded, List<Left> left, long roundedParameters, long leftParameters) {

    /** @param quantizer in words: {@code twn, per tensor} */
    public record Rounded(String slot, String kind, String quantizer) {}

    /** A slot that stays as it is. */
    public record Left(String slot, String kind) {}

    /** Fills the network's slots: it is of no use for anything else after it. */
    public static QuantizationPlan of(QuantizeSpec spec, Network network) {
        Map<String, Tensor> parameters = network.parameters();
        long all = network.parameterCount();
        Placement.detach(network);
        List<Rounded> rounded = QuantizeBuilder.attach(spec, network).stream()
                .map(p -> new Rounded(p.path(), word(p.kind()), p.quantizer()))
                .toList();
        List<Left> left = new ArrayList<>();
        long few = 0;
        for (Map.Entry<String, Slot> e : network.slots().entrySet()) {
            Slot slot = e.getValue();
            if (!slot.isFilled()) {
                left.add(new Left(e.getKey(), word(slot.kind())));
            } else if (slot.kind() != Slot.Kind.ACTIVATION) {
                few += Optional.ofNullable(parameters.get(e.getKey()))
                        .map(Tensor::elements)
                        .orElse(0L);
            }
        }
        return new QuantizationPlan(rounded, List.copyOf(left), few, all - few);
    }

    /** Lines for people: slots of the same kind in all layers are one line, with {@code *} for the layer's number. */
    public List<String> lines() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        rounded.forEach(r -> counts.merge(r.kind + " " + alike(r.slot) + ": " + r.quantizer, 1, Integer::sum));
        List<String> lines = new ArrayList<>();
        counts.forEach((line, n) -> lines.add(n + " x " + line));
        lines.add("in a few bits: " + roundedParameters + " parameters; in full precision: " + leftParameters
                + ", that is norms, biases"
                + left.stream()
                        .filter(l -> !l.kind.equals("activation"))
                        .map(l -> ", " + alike(l.slot))
                        .distinct()
                        .collect(Collectors.joining()));
        return lines;
    }

    private static String alike(String slot) {
        return slot.replaceAll("(?<=\\.)[0-9]+(?=\\.)", "*");
    }

    private static String word(Slot.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
