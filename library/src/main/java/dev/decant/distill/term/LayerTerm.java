package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.TapPair;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.model.LayerTaps;
import dev.decant.model.Stack;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Compares one tensor of each student layer with that of its teacher layer, layer by layer: the sum over pairs of a loss of
 * two tensors.
 *
 * <p>What one pair needs is freed, but for what its gradient needs, before the next is looked at.
 */
public final class LayerTerm implements Term {

    private final String teacher;
    private final List<TapPair> pairs;
    private final Comparison comparison;
    private final boolean masked;
    private final Projections projections;

    /** The loss of one pair. */
    @FunctionalInterface
    public interface Comparison {

        /**
         * @param mask (N, S), 1 for a token and 0 for padding; absent where nothing is padded or padding is to count
         * @return scalar
         */
        Tensor loss(Tensor student, Tensor teacher, Optional<Tensor> mask);
    }

    /** @param masked whether padding is left out; if not it counts like tokens */
    public LayerTerm(String teacher, List<TapPair> pairs, Comparison comparison, boolean masked) {
        this(teacher, pairs, comparison, masked, new Projections());
    }

    /** @param projections from the student's width to the teacher's, for each pair, or empty */
    private LayerTerm(
            String teacher, List<TapPair> pairs, Comparison comparison, boolean masked, Projections projections) {
        if (pairs.isEmpty()) {
            throw new ModelException("no layers to compare");
        }
        this.teacher = teacher;
        this.pairs = List.copyOf(pairs);
        this.comparison = comparison;
        this.masked = masked;
        this.projections = projections;
    }

    /** With a linear map without bias before each comparison: networks of different widths. */
    public LayerTerm projected(long studentWidth, long teacherWidth) {
        return new LayerTerm(
                teacher, pairs, comparison, masked, new Projections(pairs.size(), studentWidth, teacherWidth));
    }

    /**
     * Pairs the layers of two stacks as {@link Stack#matching} says. Layer 0, if listed, is what enters the first.
     *
     * @param layers of the student, from 1 to its depth
     * @throws ModelException if the teacher's depth is no multiple of the student's
     */
    public static List<TapPair> pairs(
            Stack student, Stack teacher, List<Integer> layers, Function<LayerTaps, String> tap) {
        List<TapPair> pairs = new ArrayList<>();
        for (int layer : layers) {
            if (layer == 0) {
                pairs.add(new TapPair(student.embeddings(), teacher.embeddings(), student.mask()));
            } else {
                LayerTaps other = teacher.layers().get(student.matching(teacher, layer) - 1);
                LayerTaps own = student.layers().get(layer - 1);
                pairs.add(new TapPair(tap.apply(own), tap.apply(other), student.mask()));
            }
        }
        return pairs;
    }

    @Override
    public Taps taps() {
        Set<String> own = new LinkedHashSet<>();
        Set<String> other = new LinkedHashSet<>();
        pairs.forEach(p -> {
            own.add(p.student());
            p.mask().filter(m -> masked).ifPresent(own::add);
            other.add(p.teacher());
        });
        return new Taps(own, Map.of(teacher, other));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        List<Tensor> losses = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            TapPair pair = pairs.get(i);
            int at = i;
            losses.add(Scope.only(() -> comparison.loss(
                    projections.apply(at, view.studentTap(pair.student())),
                    view.teacherTap(teacher, pair.teacher()),
                    masked ? mask(pair, view) : Optional.empty())));
        }
        return Part.only(losses.stream().reduce(Tensor::add).orElseThrow());
    }

    private static Optional<Tensor> mask(TapPair pair, LossInputs view) {
        return pair.mask().isPresent() ? pair.mask().map(view.student()::get) : view.mask();
    }

    @Override
    public Module learned() {
        return projections;
    }

    private static final class Projections extends Module {

        private final List<Linear> maps = new ArrayList<>();

        Projections() {}

        Projections(int count, long from, long to) {
            for (int i = 0; i < count; i++) {
                maps.add(child("projections." + i, new Linear(from, to, false)));
            }
        }

        Tensor apply(int pair, Tensor x) {
            return maps.isEmpty() ? x : maps.get(pair).forward(x);
        }
    }
}
