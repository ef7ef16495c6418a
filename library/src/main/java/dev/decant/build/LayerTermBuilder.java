package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.Intervention;
import dev.decant.distill.TapPair;
import dev.decant.distill.Term;
import dev.decant.distill.term.LayerTerm;
import dev.decant.distill.term.MapAndOutputTerm;
import dev.decant.distill.term.StackTerms;
import dev.decant.loss.AttentionMaps;
import dev.decant.loss.Relations;
import dev.decant.model.LayerTaps;
import dev.decant.model.Stack;
import dev.decant.recipe.InterventionSpec;
import dev.decant.recipe.LayerLoss;
import dev.decant.recipe.Layers;
import dev.decant.recipe.TermSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Builds the terms that compare transformer layers, and the intervention of a teacher's layers. */
record LayerTermBuilder(Sides sides) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec.loss() instanceof LayerLoss.Relations s) {
            return Optional.of(relations(spec, s));
        }
        if (spec.loss() instanceof LayerLoss.Hidden s) {
            return each(spec, s.part(), pair -> pair.states(numbers(pair, s), LayerTaps::output, !s.padding()));
        }
        if (spec.loss() instanceof LayerLoss.AttentionScore s) {
            return each(spec, s.part(), pair -> scores(pair, s));
        }
        if (spec.loss() instanceof LayerLoss.AttentionMap s) {
            return each(spec, s.part(), pair -> map(pair, s));
        }
        if (spec.loss() instanceof LayerLoss.AttentionOutput s) {
            return each(spec, s.part(), pair -> states(pair, s.layers(), LayerTaps::attentionOutput, !s.padding()));
        }
        if (spec.loss() instanceof LayerLoss.SelfOutput s) {
            return each(spec, s.part(), pair -> states(pair, s.layers(), LayerTaps::selfOutput, !s.padding()));
        }
        if (spec.loss() instanceof LayerLoss.Context s) {
            return each(spec, s.part(), pair -> states(pair, s.layers(), LayerTaps::context, !s.padding()));
        }
        return spec.loss() instanceof LayerLoss.MapAndOutput s ? Optional.of(mapAndOutput(spec, s)) : Optional.empty();
    }

    /** What the student takes from a teacher at the start. */
    Intervention intervention(InterventionSpec spec) {
        StackPair pair = pair("intervention", spec.teacher(), whole("intervention"));
        List<List<TapPair>> phases = new ArrayList<>();
        for (Function<LayerTaps, String> tap : phases(spec.at())) {
            phases.add(pair.attentionPairs(new Layers.Every(1), tap));
        }
        pair.requireSameWidth();
        return new Intervention(pair.teacherName(), phases, spec.epochs());
    }

    private static List<Function<LayerTaps, String>> phases(InterventionSpec.At at) {
        return switch (at) {
            case MAP -> List.of(LayerTaps::map);
            case CONTEXT -> List.of(LayerTaps::context);
            case SELF_OUTPUT -> List.of(LayerTaps::selfOutput);
            case GRADUAL -> List.of(LayerTaps::selfOutput, LayerTaps::context, LayerTaps::map);
        };
    }

    private StackPair pair(String term, Optional<String> teacher, String part) {
        String name = sides.name(teacher);
        return new StackPair(term, sides.student(), name, sides.teacher(name), part);
    }

    private StackPair pair(TermSpec spec, String part) {
        return pair(spec.loss().kind(), spec.teacher(), part);
    }

    /** A term for the part that a spec names, or for each part of the student. */
    private Optional<Term> each(TermSpec spec, Optional<String> part, Function<StackPair, LayerTerm> term) {
        Set<String> parts = sides.student().parts(spec.loss().kind());
        if (part.isPresent() || parts.size() == 1) {
            String only = part.orElseGet(() -> parts.iterator().next());
            return Optional.of(term.apply(pair(spec, only)));
        }
        Map<String, LayerTerm> terms = new LinkedHashMap<>();
        parts.forEach(p -> terms.put(p, term.apply(pair(spec, p))));
        return Optional.of(new StackTerms(terms));
    }

    /** The one part of a student that has one. */
    private String whole(String term) {
        Set<String> parts = sides.student().parts(term);
        if (parts.size() > 1) {
            throw new InputException("relations and intervention are for networks of one stack of layers; "
                    + sides.student() + " has " + String.join(", ", parts));
        }
        return parts.iterator().next();
    }

    private Term mapAndOutput(TermSpec spec, LayerLoss.MapAndOutput s) {
        Set<String> parts = sides.student().parts("map-and-output");
        if (s.part().isEmpty() && parts.size() > 1) {
            throw new InputException("map-and-output: give part:, one of " + String.join(", ", parts));
        }
        StackPair pair = pair(spec, s.part().orElseGet(() -> parts.iterator().next()));
        LayerTerm map = pair.attention(s.layers(), LayerTaps::map, AttentionMaps::kl, !s.padding());
        return new MapAndOutputTerm(map, states(pair, s.layers(), LayerTaps::attentionOutput, !s.padding()), s.gamma());
    }

    private Term relations(TermSpec spec, LayerLoss.Relations s) {
        StackPair pair = pair(spec, whole("relations"));
        long heads = s.heads().map(Integer::longValue).orElseGet(pair::heads);
        requireHeads(pair.student(), pair.own(), heads);
        requireHeads(pair.teacher(), pair.other(), heads);
        Map<String, LayerTerm> terms = new LinkedHashMap<>();
        for (LayerLoss.Relations.Of of : s.of()) {
            LayerTerm.Comparison kl = (own, other, mask) -> Relations.kl(own, other, mask, heads);
            terms.put(
                    of.name().toLowerCase(Locale.ROOT),
                    new LayerTerm(pair.teacherName(), relationPairs(pair, s, vectors(of)), kl, !s.padding()));
        }
        return new StackTerms(terms);
    }

    private static void requireHeads(Side side, Stack stack, long heads) {
        String query = stack.layers().get(0).query();
        long width = side.size("relations", query, 1) * side.size("relations", query, 3);
        if (width % heads != 0) {
            throw new InputException(
                    "relations: vectors " + width + " wide do not divide into " + heads + " heads; set 'heads:'");
        }
    }

    private static Function<LayerTaps, String> vectors(LayerLoss.Relations.Of of) {
        return switch (of) {
            case QUERY -> LayerTaps::query;
            case KEY -> LayerTaps::key;
            case VALUE -> LayerTaps::value;
        };
    }

    /** By place, or with the teacher's layer that is named. */
    private static List<TapPair> relationPairs(StackPair pair, LayerLoss.Relations s, Function<LayerTaps, String> tap) {
        if (s.teacherLayer().isEmpty()) {
            return LayerTerm.pairs(pair.own(), pair.other(), pair.numbers(s.layers()), tap);
        }
        int number = pair.numbers(s.layers()).get(0);
        return List.of(new TapPair(
                tap.apply(layer(pair.own(), "student", number)),
                tap.apply(layer(pair.other(), "teacher", s.teacherLayer().get()))));
    }

    private static LayerTaps layer(Stack stack, String who, int number) {
        List<LayerTaps> layers = stack.layers();
        if (number < 1 || number > layers.size()) {
            throw new InputException("no layer " + number + "; the " + who + " has 1 to " + layers.size());
        }
        return layers.get(number - 1);
    }

    private static LayerTerm scores(StackPair pair, LayerLoss.AttentionScore s) {
        return s.cross()
                ? pair.attention(s.layers(), LayerTaps::crossScores, AttentionMaps::crossScores, !s.padding())
                : pair.attention(s.layers(), LayerTaps::scores, AttentionMaps::scores, !s.padding());
    }

    private static LayerTerm map(StackPair pair, LayerLoss.AttentionMap s) {
        if (s.temperature() != 1) {
            LayerTerm.Comparison kl = (own, other, mask) -> AttentionMaps.kl(own, other, mask, s.temperature());
            return pair.attention(s.layers(), LayerTaps::scores, kl, !s.padding());
        }
        LayerTerm.Comparison kl = s.cross() ? AttentionMaps::crossKl : AttentionMaps::kl;
        LayerTerm.Comparison comparison = s.squared() ? AttentionMaps::squared : kl;
        Function<LayerTaps, String> tap = s.cross() ? LayerTaps::crossMap : LayerTaps::map;
        return pair.attention(s.layers(), tap, comparison, !s.padding());
    }

    private static LayerTerm states(StackPair pair, Layers layers, Function<LayerTaps, String> tap, boolean masked) {
        return pair.states(pair.numbers(layers), tap, masked);
    }

    private static List<Integer> numbers(StackPair pair, LayerLoss.Hidden s) {
        List<Integer> layers = new ArrayList<>(s.embeddings() ? List.of(0) : List.of());
        layers.addAll(pair.numbers(s.layers()));
        return layers;
    }
}
