package dev.decant.run;

import dev.decant.distill.Intervention;
import dev.decant.distill.LayerTerm;
import dev.decant.distill.LogitsMseTerm;
import dev.decant.distill.MapAndOutputTerm;
import dev.decant.distill.PartsTerm;
import dev.decant.distill.Term;
import dev.decant.distill.TokenScaledTerm;
import dev.decant.loss.AttentionMaps;
import dev.decant.loss.Relations;
import dev.decant.loss.States;
import dev.decant.model.LayerTaps;
import dev.decant.model.Layered;
import dev.decant.model.Network;
import dev.decant.model.Stack;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.recipe.InterventionSpec;
import dev.decant.recipe.LayerLoss;
import dev.decant.recipe.Layers;
import dev.decant.recipe.LogitLoss;
import dev.decant.recipe.TermSpec;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
        if (spec.loss() instanceof LogitLoss.LogitsMse) {
            return new LogitsMseTerm(name.get());
        }
        if (spec.loss() instanceof LogitLoss.TokenScaled s) {
            return tokenScaled(s);
        }
        if (spec.loss() instanceof LayerLoss.Relations s) {
            return relations(s);
        }
        if (spec.loss() instanceof LayerLoss.Hidden s) {
            return each(s.part(), part -> states(part, numbers(part, s), LayerTaps::output, !s.padding()));
        }
        if (spec.loss() instanceof LayerLoss.AttentionScore s) {
            return each(s.part(), part -> {
                Function<LayerTaps, String> tap = s.cross() ? LayerTaps::crossScores : LayerTaps::scores;
                LayerTerm.Comparison comparison = s.cross() ? AttentionMaps::crossScores : AttentionMaps::scores;
                return new LayerTerm(name.get(), pairs(part, s.layers(), tap), comparison, !s.padding());
            });
        }
        if (spec.loss() instanceof LayerLoss.AttentionMap s) {
            return each(s.part(), part -> map(part, s));
        }
        if (spec.loss() instanceof LayerLoss.AttentionOutput s) {
            return each(s.part(), part -> states(part, s.layers(), LayerTaps::attentionOutput, !s.padding()));
        }
        if (spec.loss() instanceof LayerLoss.SelfOutput s) {
            return each(s.part(), part -> states(part, s.layers(), LayerTaps::selfOutput, !s.padding()));
        }
        if (spec.loss() instanceof LayerLoss.Context s) {
            return each(s.part(), part -> states(part, s.layers(), LayerTaps::context, !s.padding()));
        }
        if (spec.loss() instanceof LayerLoss.MapAndOutput s) {
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

    /** The one part of a network that has one. */
    private String whole() {
        Set<String> parts = layered(student).stacks().keySet();
        if (parts.size() > 1) {
            throw new InputException("relations and intervention are for networks of one stack of layers; '"
                    + student.config().architecture() + "' has " + String.join(", ", parts));
        }
        return parts.iterator().next();
    }

    private String only(Optional<String> part) {
        Set<String> parts = layered(student).stacks().keySet();
        if (part.isEmpty() && parts.size() > 1) {
            throw new InputException("map-and-output: give part:, one of " + String.join(", ", parts));
        }
        return part.orElseGet(() -> parts.iterator().next());
    }

    /** What a student takes from a teacher at the start. */
    static Intervention intervention(InterventionSpec spec, Network student, String name, Network teacher) {
        LayerTermParts parts = new LayerTermParts(student, () -> name, () -> teacher);
        List<List<LayerTerm.Pair>> phases = new ArrayList<>();
        for (Function<LayerTaps, String> tap : phases(spec.at())) {
            phases.add(parts.pairs(parts.whole(), new Layers.Every(1), tap));
        }
        long own = width(student, stack(student, parts.whole()));
        long other = width(teacher, stack(teacher, parts.whole()));
        if (own != other) {
            throw new InputException("intervention: the student is " + own + " wide, the teacher " + other
                    + "; the teacher's tensors do not fit into the student");
        }
        return new Intervention(name, phases, spec.epochs());
    }

    private static List<Function<LayerTaps, String>> phases(InterventionSpec.At at) {
        return switch (at) {
            case MAP -> List.of(LayerTaps::map);
            case CONTEXT -> List.of(LayerTaps::context);
            case SELF_OUTPUT -> List.of(LayerTaps::selfOutput);
            case GRADUAL -> List.of(LayerTaps::selfOutput, LayerTaps::context, LayerTaps::map);
        };
    }

    private Term tokenScaled(LogitLoss.TokenScaled s) {
        if (!isLanguageModel(student)) {
            throw new InputException("token-scaled: '" + student.config().architecture()
                    + "' is no language model here; it needs data of type masked-text");
        }
        return new TokenScaledTerm(name.get(), s.scale());
    }

    /** Whether a network gives logits of words, and says which text each is of. */
    static boolean isLanguageModel(Network network) {
        Trace trace = Trace.listing();
        look(network, trace);
        return trace.offered().contains(TokenScaledTerm.TEXT);
    }

    private Term relations(LayerLoss.Relations s) {
        String part = whole();
        long heads = s.heads().map(Integer::longValue).orElseGet(() -> heads(student, stack(student, part)));
        for (Network network : List.of(student, teacher.get())) {
            List<Long> query =
                    probe(network, stack(network, part).layers().get(0).query());
            long width = query.get(1) * query.get(3);
            if (width % heads != 0) {
                throw new InputException(
                        "relations: vectors " + width + " wide do not divide into " + heads + " heads; set 'heads:'");
            }
        }
        Map<String, LayerTerm> terms = new LinkedHashMap<>();
        for (LayerLoss.Relations.Of of : s.of()) {
            List<LayerTerm.Pair> pairs = relationPairs(part, s, vectors(of));
            terms.put(
                    of.name().toLowerCase(Locale.ROOT),
                    new LayerTerm(
                            name.get(),
                            pairs,
                            (own, other, mask) -> Relations.kl(own, other, mask, heads),
                            !s.padding()));
        }
        return new PartsTerm(terms);
    }

    private static Function<LayerTaps, String> vectors(LayerLoss.Relations.Of of) {
        return switch (of) {
            case QUERY -> LayerTaps::query;
            case KEY -> LayerTaps::key;
            case VALUE -> LayerTaps::value;
        };
    }

    /** By place, or with the teacher's layer that is named. */
    private List<LayerTerm.Pair> relationPairs(String part, LayerLoss.Relations s, Function<LayerTaps, String> tap) {
        Stack own = stack(student, part);
        Stack other = stack(teacher.get(), part);
        if (s.teacherLayer().isEmpty()) {
            return LayerTerm.pairs(own, other, numbers(part, s.layers()), tap);
        }
        int number = numbers(part, s.layers()).get(0);
        return List.of(new LayerTerm.Pair(
                tap.apply(layer(own, "student", number)),
                tap.apply(layer(other, "teacher", s.teacherLayer().get()))));
    }

    private static LayerTaps layer(Stack stack, String who, int number) {
        List<LayerTaps> layers = stack.layers();
        if (number < 1 || number > layers.size()) {
            throw new InputException("no layer " + number + "; the " + who + " has 1 to " + layers.size());
        }
        return layers.get(number - 1);
    }

    private LayerTerm map(String part, LayerLoss.AttentionMap s) {
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

    private List<Integer> numbers(String part, LayerLoss.Hidden s) {
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
        try (Scope scope = Scope.open()) {
            Trace trace = Trace.of(tap);
            look(network, trace);
            List<Long> shape = new ArrayList<>();
            for (long side : trace.get(tap).shape()) {
                shape.add(side);
            }
            return shape;
        }
    }

    private static void look(Network network, Trace trace) {
        try (Module.Evaluating evaluating = network.evaluating();
                NoGrad quiet = NoGrad.open()) {
            Scope.only(() -> network.forward(network.sample(2), trace));
        }
    }
}
