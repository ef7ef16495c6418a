package dev.decant.distill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The relations among queries, keys and values ({@link dev.decant.loss.Relations}): one part for each of them. */
public final class RelationTerm implements Term {

    private final Map<String, LayerTerm> relations;

    /** @param relations what is compared, by the name of the part */
    public RelationTerm(Map<String, LayerTerm> relations) {
        if (relations.isEmpty()) {
            throw new IllegalArgumentException("no relations to compare");
        }
        this.relations = new LinkedHashMap<>(relations);
    }

    @Override
    public Taps taps() {
        return Taps.union(relations.values().stream().map(LayerTerm::taps).toList());
    }

    @Override
    public List<Part> losses(StepView view) {
        List<Part> parts = new ArrayList<>();
        relations.forEach((name, term) ->
                parts.add(new Part(name, term.losses(view).get(0).loss(), 1)));
        return parts;
    }

    @Override
    public List<String> parts() {
        return List.copyOf(relations.keySet());
    }
}
