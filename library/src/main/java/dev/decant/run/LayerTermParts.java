package dev.decant.run;

import dev.decant.distill.LayerTerm;
import dev.decant.distill.LogitsMseTerm;
import dev.decant.distill.MapAndOutputTerm;
import dev.decant.distill.Term;
import dev.decant.loss.AttentionMaps;
import dev.decant.loss.States;
import dev.decant.model.LayerTaps;
import dev.decant.model.Layered;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.recipe.Layers;
import dev.decant.recipe.TermSpec;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
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
        boolean training = network.isTraining();
        network.train(false);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Trace trace = Trace.of(tap);
            network.forward(network.sample(1), trace);
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
