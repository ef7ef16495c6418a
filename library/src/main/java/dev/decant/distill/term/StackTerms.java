package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.nn.Module;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Terms side by side, summed: one for each part of a network (vision, text, cross, ...), or for queries, keys and values. */
public final class StackTerms implements Term {

    private final Map<String, LayerTerm> parts;

    /** @param parts by the name of the part, in the order they are reported */
    public StackTerms(Map<String, LayerTerm> parts) {
        this.parts = new LinkedHashMap<>(parts);
    }

    @Override
    public Taps taps() {
        return Taps.union(parts.values().stream().map(LayerTerm::taps).toList());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        List<Part> losses = new ArrayList<>();
        parts.forEach((name, term) ->
                term.losses(view).forEach(part -> losses.add(new Part(name, part.loss(), part.weight()))));
        return losses;
    }

    @Override
    public List<String> parts() {
        return List.copyOf(parts.keySet());
    }

    @Override
    public Module learned() {
        return new Learned(parts);
    }

    private static final class Learned extends Module {
        Learned(Map<String, LayerTerm> parts) {
            parts.forEach((name, term) -> child(name, term.learned()));
        }
    }
}
