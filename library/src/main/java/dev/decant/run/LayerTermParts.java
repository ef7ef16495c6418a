package dev.decant.run;

import dev.decant.distill.Intervention;
import dev.decant.distill.LayerTerm;
import dev.decant.distill.LogitsMseTerm;
import dev.decant.distill.MapAndOutputTerm;
import dev.decant.distill.RelationTerm;
import dev.decant.distill.Term;
import dev.decant.distill.TokenScaledTerm;
import dev.decant.loss.AttentionMaps;
import dev.decant.loss.Relations;
import dev.decant.loss.States;
import dev.decant.model.LayerTaps;
import dev.decant.model.Layered;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.recipe.InterventionSpec;
import dev.decant.recipe.Layers;
import dev.decant.recipe.TermSpec;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        if (spec instanceof TermSpec.TokenScaled s) {
            return tokenScaled(s);
        }
        if (spec instanceof TermSpec.Relations s) {
            return relations(s);
        }
        if (spec instanceof TermSpec.Hidden s) {
            List<Integer> layers = new ArrayList<>(s.embeddings() ? List.of(0) : List.of());
            layers.addAll(s.layers().of(layered(student).layers().size()));
            return states(layers, LayerTaps::output, !s.padding());
        }
        if (spec instanceof TermSpec.AttentionScore s) {
            return new LayerTerm(name.get(), pairs(s.layers(), LayerTaps::scores), AttentionMaps::scores, !s.padding());
        }
        if (spec instanceof TermSpec.AttentionMap s) {
            return map(s);
        }
        if (spec instanceof TermSpec.AttentionOutput s) {
            return states(numbers(s.layers()), LayerTaps::attentionOutput, !s.padding());
        }
        if (spec instanceof TermSpec.SelfOutput s) {
            return states(numbers(s.layers()), LayerTaps::selfOutput, !s.padding());
        }
        if (spec instanceof TermSpec.Context s) {
            return states(numbers(s.layers()), LayerTaps::context, !s.padding());
        }
        if (spec instanceof TermSpec.MapAndOutput s) {
            LayerTerm map =
                    new LayerTerm(name.get(), pairs(s.layers(), LayerTaps::map), AttentionMaps::kl, !s.padding());
            return new MapAndOutputTerm(
                    map, states(numbers(s.layers()), LayerTaps::attentionOutput, !s.padding()), s.gamma());
        }
        throw new AssertionError(spec);
    }

    /** What a student takes from a teacher at the start. */
    static Intervention intervention(InterventionSpec spec, Network student, String name, Network teacher) {
        LayerTermParts parts = new LayerTermParts(student, () -> name, () -> teacher);
        List<List<LayerTerm.Pair>> phases = new ArrayList<>();
        for (Function<LayerTaps, String> tap : phases(spec.at())) {
            phases.add(parts.pairs(new Layers.Every(1), tap));
        }
        if (width(student) != width(teacher)) {
            throw new InputException("intervention: the student is " + width(student) + " wide, the teacher "
                    + width(teacher) + "; the teacher's tensors do not fit into the student");
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

    private Term tokenScaled(TermSpec.TokenScaled s) {
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

    private Term relations(TermSpec.Relations s) {
        long heads = s.heads().map(Integer::longValue).orElseGet(() -> heads(student));
        for (Network network : List.of(student, teacher.get())) {
            long width = heads(network)
                    * probe(network, layered(network).layers().get(0).query()).get(3);
            if (width % heads != 0) {
                throw new InputException(
                        "relations: vectors " + width + " wide do not divide into " + heads + " heads; set 'heads:'");
            }
        }
        Map<String, LayerTerm> terms = new LinkedHashMap<>();
        for (TermSpec.Relations.Of of : s.of()) {
            List<LayerTerm.Pair> pairs = relationPairs(s, vectors(of));
            terms.put(
                    of.name().toLowerCase(Locale.ROOT),
                    new LayerTerm(
                            name.get(),
                            pairs,
                            (own, other, mask) -> Relations.kl(own, other, mask, heads),
                            !s.padding()));
        }
        return new RelationTerm(terms);
    }

    private static Function<LayerTaps, String> vectors(TermSpec.Relations.Of of) {
        return switch (of) {
            case QUERY -> LayerTaps::query;
            case KEY -> LayerTaps::key;
            case VALUE -> LayerTaps::value;
        };
    }

    /** By place, or with the teacher's layer that is named. */
    private List<LayerTerm.Pair> relationPairs(TermSpec.Relations s, Function<LayerTaps, String> tap) {
        if (s.teacherLayer().isEmpty()) {
            return LayerTerm.pairs(layered(student), layered(teacher.get()), numbers(s.layers()), tap);
        }
        int own = numbers(s.layers()).get(0);
        return List.of(new LayerTerm.Pair(
                tap.apply(layer(student, "student", own)),
                tap.apply(layer(teacher.get(), "teacher", s.teacherLayer().get()))));
    }

    private static LayerTaps layer(Network network, String who, int number) {
        List<LayerTaps> layers = layered(network).layers();
        if (number < 1 || number > layers.size()) {
            throw new InputException("no layer " + number + "; the " + who + " has 1 to " + layers.size());
        }
        return layers.get(number - 1);
    }

    private LayerTerm map(TermSpec.AttentionMap s) {
        if (s.temperature() != 1) {
            return new LayerTerm(
                    name.get(),
                    pairs(s.layers(), LayerTaps::scores),
                    (own, other, mask) -> AttentionMaps.kl(own, other, mask, s.temperature()),
                    !s.padding());
        }
        LayerTerm.Comparison comparison = s.squared() ? AttentionMaps::squared : AttentionMaps::kl;
        return new LayerTerm(name.get(), pairs(s.layers(), LayerTaps::map), comparison, !s.padding());
    }

    /** Vectors of tokens; through a learned map where the networks' widths differ. */
    private LayerTerm states(List<Integer> layers, Function<LayerTaps, String> tap, boolean masked) {
        LayerTerm term = new LayerTerm(
                name.get(),
                LayerTerm.pairs(layered(student), layered(teacher.get()), layers, tap),
                States::squared,
                masked);
        long own = width(student);
        long other = width(teacher.get());
        return own == other ? term : term.projected(own, other);
    }

    private List<LayerTerm.Pair> pairs(Layers layers, Function<LayerTaps, String> tap) {
        List<LayerTerm.Pair> pairs = LayerTerm.pairs(layered(student), layered(teacher.get()), numbers(layers), tap);
        long own = heads(student);
        long other = heads(teacher.get());
        if (own != other) {
            throw new InputException("the student has " + own + " heads in a layer, the teacher " + other
                    + "; attention is compared head by head: compare outputs or hidden states instead");
        }
        return pairs;
    }

    private List<Integer> numbers(Layers layers) {
        return layers.of(layered(student).layers().size());
    }

    private static Layered layered(Network network) {
        if (network instanceof Layered layered) {
            return layered;
        }
        throw new InputException("'" + network.config().architecture()
                + "' is no stack of transformer layers, which terms on attention and hidden states need");
    }

    private static long width(Network network) {
        return probe(network, layered(network).embeddings()).get(2);
    }

    private static long heads(Network network) {
        return probe(network, layered(network).layers().get(0).query()).get(1);
    }

    /** The shape of a tap, found by running one example through. */
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
        boolean training = network.isTraining();
        network.train(false);
        try (NoGrad quiet = NoGrad.open()) {
            Scope.only(() -> network.forward(network.sample(1), trace));
        } finally {
            network.train(training);
        }
    }
}
