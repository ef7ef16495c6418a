package dev.decant.prune;

import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The gates of a network, all or those of one part, and what sits in them. */
public final class Gates {

    private Gates() {}

    /**
     * Where gates begin.
     *
     * @param headStart initial parameter of heads
     * @param unitStart of neurons and channels
     * @param multiple what the number of neurons or channels left is a multiple of; heads may be any number
     */
    public record Start(double headStart, double unitStart, int multiple) {

        /** Neurons and channels begin at ln((1 - d) / d): d is near the chance of being dropped. */
        public static Start dropping(double d, int multiple) {
            return new Start(10, Math.log((1 - d) / d), multiple);
        }
    }

    /** Puts a gate into every slot of the network. */
    public static void attach(Network network, Start start) {
        attach(network.gates(), start);
    }

    /** Puts a gate into each of these slots. */
    public static void attach(Map<String, GateSlot> slots, Start start) {
        slots.forEach((path, slot) -> {
            double initial = isHeads(path) ? start.headStart : start.unitStart;
            slot.fill(new HardConcrete(slot.units(), initial, rounding(path, start.multiple)));
        });
    }

    /** What numbers of units may be left at a gate. */
    public static Rounding rounding(String path, int multiple) {
        return isHeads(path) ? Rounding.NONE : new Rounding(multiple);
    }

    /** The gates below one of these paths. */
    public static Map<String, GateSlot> below(Network network, List<String> prefixes) {
        Map<String, GateSlot> slots = new LinkedHashMap<>();
        network.gates().forEach((path, slot) -> {
            if (prefixes.stream().anyMatch(p -> isBelow(path, p))) {
                slots.put(path, slot);
            }
        });
        return slots;
    }

    /** Parameters of all heads, neurons and channels at these gates. */
    public static long parameters(Map<String, GateSlot> slots) {
        return slots.values().stream()
                .mapToLong(s -> s.units() * s.parametersPerUnit())
                .sum();
    }

    /** The places of the n largest values, ascending; of equal ones the first goes first. */
    static long[] largest(double[] values, long n) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .skip(values.length - n)
                .mapToLong(Integer::longValue)
                .sorted()
                .toArray();
    }

    private static boolean isBelow(String path, String prefix) {
        return prefix.isEmpty() || path.startsWith(prefix.endsWith(".") ? prefix : prefix + ".");
    }

    private static boolean isHeads(String path) {
        return path.endsWith(".heads");
    }
}
