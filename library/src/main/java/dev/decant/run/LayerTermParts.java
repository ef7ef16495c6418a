package dev.decant.run;

import dev.decant.distill.LayerTerm;
import dev.decant.distill.LogitsMseTerm;
import dev.decant.distill.MapAndOutputTerm;
import dev.decant.distill.PartsTerm;
import dev.decant.distill.Term;
import dev.decant.loss.AttentionMaps;
import dev.decant.loss.States;
import dev.decant.model.LayerTaps;
import dev.decant.model.Layered;
import dev.decant.model.Network;
import dev.decant.model.Stack;
import dev.decant.nn.Trace;
import dev.decant.recipe.Layers;
import dev.decant.recipe.TermSpec;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Joins the terms of a recipe that compare transformer layers, and that of values, to their code. */
final class LayerTermParts {

    private final Network student;
    private final Supplier<String> name;
    private final Supplier<Network> teacher;

    private LayerTermParts(Network student, Supplier<String> name, Supplier<Network> teacher) {
        this.student = student;
        this.name = name;
        this.teacher = teacher;
    }

    /**
     * The term that a spec describes.
     *
     * @param name of the teacher that the term means
     * @param teacher that network
     */
    static Term term(TermSpec spec, Network student, Supplier<String> name, Supplier<Network> teacher) {
        return new LayerTermParts(student, name, teacher).term(spec);
    }

    private Term term(TermSpec spec) {
        if (spec instanceof TermSpec.LogitsMse) {
            return new LogitsMseTerm(name.get());
        }
        if (spec instanceof TermSpec.Hidden s) {
            return each(s.part(), part -> states(part, numbers(part, s), LayerTaps::output, !s.padding()));
        }
        if (spec instanceof TermSpec.AttentionScore s) {
            return each(s.part(), part -> {
                Function<LayerTaps, String> tap = s.cross() ? LayerTaps::crossScores : LayerTaps::scores;
                LayerTerm.Comparison comparison = s.cross() ? AttentionMaps::crossScores : AttentionMaps::scores;
                return new LayerTerm(name.get(), pairs(part, s.layers(), tap), comparison, !s.padding());
            });
        }
        if (spec instanceof TermSpec.AttentionMap s) {
            return each(s.part(), part -> map(part, s));
        }
        if (spec instanceof TermSpec.AttentionOutput s) {
            return each(s.part(), part -> states(part, s.layers(), LayerTaps::attentionOutput, !s.padding()));
        }
        if (spec instanceof TermSpec.SelfOutput s) {
            return each(s.part(), part -> states(part, s.layers(), LayerTaps::selfOutput, !s.padding()));
        }
        if (spec instanceof TermSpec.Context s) {
            return each(s.part(), part -> states(part, s.layers(), LayerTaps::context, !s.padding()));
        }
        if (spec instanceof TermSpec.MapAndOutput s) {
            String part = only(s.part());
            LayerTerm map =
                    new LayerTerm(name.get(), pairs(part, s.layers(), LayerTaps::map), AttentionMaps::kl, !s.padding());
            return new MapAndOutputTerm(
                    map, states(part, s.layers(), LayerTaps::attentionOutput, !s.padding()), s.gamma());
        }
        throw new AssertionError(spec);
    }

    /** A term for the part that a spec names, or for each part of the student. */
    private Term each(Optional<String> part, Function<String, LayerTerm> term) {
        Set<String> parts = layered(student).stacks().keySet();
        if (part.isPresent() || parts.size() == 1) {
            return term.apply(part.orElseGet(() -> parts.iterator().next()));
        }
        Map<String, LayerTerm> terms = new LinkedHashMap<>();
        parts.forEach(p -> terms.put(p, term.apply(p)));
        return new PartsTerm(terms);
    }

    private String only(Optional<String> part) {
        Set<String> parts = layered(student).stacks().keySet();
        if (part.isEmpty() && parts.size() > 1) {
            throw new InputException("map-and-output: give part:, one of " + String.join(", ", parts));
        }
        return part.orElseGet(() -> parts.iterator().next());
    }

    private LayerTerm map(String part, TermSpec.AttentionMap s) {
        if (s.temperature() != 1) {
            return new LayerTerm(
                    name.get(),
                    pairs(part, s.layers(), LayerTaps::scores),
                    (own, other, mask) -> AttentionMaps.kl(own, other, mask, s.temperature()),
                    !s.padding());
        }
        LayerTerm.Comparison kl = s.cross() ? AttentionMaps::crossKl : AttentionMaps::kl;
        LayerTerm.Comparison comparison = s.squared() ? AttentionMaps::squared : kl;
        Function<LayerTaps, String> tap = s.cross() ? LayerTaps::crossMap : LayerTaps::map;
        return new LayerTerm(name.get(), pairs(part, s.layers(), tap), comparison, !s.padding());
    }

    private LayerTerm states(String part, Layers layers, Function<LayerTaps, String> tap, boolean masked) {
        return states(part, numbers(part, layers), tap, masked);
    }

    /** Vectors of tokens; through a learned map where the networks' widths differ. */
    private LayerTerm states(String part, List<Integer> layers, Function<LayerTaps, String> tap, boolean masked) {
        Stack own = stack(student, part);
        Stack other = stack(teacher.get(), part);
        LayerTerm term = new LayerTerm(name.get(), LayerTerm.pairs(own, other, layers, tap), States::squared, masked);
        long from = width(student, own);
        long to = width(teacher.get(), other);
        return from == to ? term : term.projected(from, to);
    }

    private List<LayerTerm.Pair> pairs(String part, Layers layers, Function<LayerTaps, String> tap) {
        Stack own = stack(student, part);
        Stack other = stack(teacher.get(), part);
        List<LayerTerm.Pair> pairs = LayerTerm.pairs(own, other, numbers(part, layers), tap);
        long heads = heads(student, own);
        long theirs = heads(teacher.get(), other);
        if (heads != theirs) {
            throw new InputException("the student has " + heads + " heads in a layer, the teacher " + theirs
                    + "; attention is compared head by head: compare outputs or hidden states instead");
        }
        return pairs;
    }

    private List<Integer> numbers(String part, Layers layers) {
        return layers.of(stack(student, part).depth());
    }

    private List<Integer> numbers(String part, TermSpec.Hidden s) {
        List<Integer> layers = new ArrayList<>(s.embeddings() ? List.of(0) : List.of());
        layers.addAll(numbers(part, s.layers()));
        return layers;
    }

    private static Stack stack(Network network, String part) {
        Map<String, Stack> stacks = layered(network).stacks();
        Stack stack = stacks.get(part);
        if (stack == null) {
            throw new InputException("'" + network.config().architecture() + "' has no part '" + part + "'; it has "
                    + String.join(", ", stacks.keySet()));
        }
        return stack;
    }

    private static Layered layered(Network network) {
        if (network instanceof Layered layered) {
            return layered;
        }
        throw new InputException("'" + network.config().architecture()
                + "' is no stack of transformer layers, which terms on attention and hidden states need");
    }

    private static long width(Network network, Stack stack) {
        return probe(network, stack.embeddings()).get(2);
    }

    private static long heads(Network network, Stack stack) {
        return probe(network, stack.layers().get(0).query()).get(1);
    }

    /** The shape of a tap, found by running two examples through. */
    private static List<Long> probe(Network network, String tap) {
        boolean training = network.isTraining();
        network.train(false);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Trace trace = Trace.of(tap);
            network.forward(network.sample(2), trace);
            List<Long> shape = new ArrayList<>();
            for (long side : trace.get(tap).shape()) {
                shape.add(side);
            }
            return shape;
        } finally {
            network.train(training);
        }
    }
}
