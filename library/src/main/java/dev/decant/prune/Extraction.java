package dev.decant.prune;

import dev.decant.ModelException;
import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Quantizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/** Makes a network as small as its gates' masks say: what a mask closes is taken out of the tensors. */
public final class Extraction {

    private Extraction() {}

    /** The units that the settled masks keep, by gate. */
    public static Map<String, long[]> kept(Network network) {
        Map<String, long[]> kept = new LinkedHashMap<>();
        network.gates().forEach((path, slot) -> {
            if (slot.gate().orElse(null) instanceof HardConcrete gate) {
                kept.put(path, gate.kept());
            }
        });
        return kept;
    }

    /** Removes what the settled masks close, and the gates; outputs outside training stay as they were. */
    public static void extract(Network network) {
        keep(network, kept(network));
    }

    /**
     * Removes every unit but these.
     *
     * @throws ModelException if a quantizer has learned something for each row of a weight
     */
    public static void keep(Network network, Map<String, long[]> units) {
        requireShrinkable(network);
        network.keep(units);
    }

    /** @throws ModelException if a quantizer has learned something for each row of a weight */
    public static void requireShrinkable(Network network) {
        network.slots().forEach((path, slot) -> {
            if (slot.quantizer().filter(Extraction::isSized).isPresent()) {
                throw new ModelException(
                        "prune: the quantizer at " + path
                                + " learns for each row, and rows are to go; prune in a stage before, or quantize by another type");
            }
        });
    }

    /** Cuts every gate of a network to as many units as another of the same kind has left, for its weights. */
    public static void match(Network network, Network like) {
        Map<String, long[]> first = new LinkedHashMap<>();
        Map<String, GateSlot> own = network.gates();
        like.gates().forEach((path, slot) -> {
            GateSlot gate = own.get(path);
            if (gate != null && gate.units() > slot.units()) {
                first.put(path, LongStream.range(0, slot.units()).toArray());
            }
        });
        network.keep(first);
    }

    /** Takes gates away without removing anything. */
    public static void detach(Network network) {
        network.gates().values().forEach(GateSlot::clear);
    }

    private static boolean isSized(Quantizer quantizer) {
        return quantizer.state().values().stream().anyMatch(t -> t.elements() > 1);
    }
}
