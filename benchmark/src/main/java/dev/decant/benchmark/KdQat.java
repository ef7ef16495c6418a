package dev.decant.benchmark;

import dev.decant.distill.Objective;
import dev.decant.distill.Term;
import dev.decant.distill.term.KdTerm;
import dev.decant.distill.term.LayerTerm;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.loss.AttentionMaps;
import dev.decant.loss.States;
import dev.decant.model.LayerTaps;
import dev.decant.model.Network;
import dev.decant.model.text.Bert;
import dev.decant.quantize.FixedQuantizer;
import dev.decant.quantize.Grid;
import dev.decant.quantize.Grouping;
import dev.decant.quantize.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Distillation into a ternary BERT, as {@code benchmark/python/kdqat.py} describes it. */
final class KdQat {

    private static final double CLIP = 2.5;

    private KdQat() {}

    /** Ternary weights (one scale per tensor, for word embeddings one per row) and 8-bit activations with one scale per tensor. */
    static void quantize(Network network) {
        new Placement(
                        Optional.of(w -> new FixedQuantizer(new Grid.Twn(), Grouping.TENSOR, CLIP)),
                        Optional.of(w -> new FixedQuantizer(new Grid.Twn(), Grouping.ROW, CLIP)),
                        Optional.of(x -> new FixedQuantizer(new Grid.Symmetric(8), Grouping.TENSOR, CLIP)),
                        List.of(),
                        List.of())
                .attach(network);
    }

    /** Losses on logits, hidden states, attention maps and attention outputs of all layers. */
    static Objective objective(Bert student, Bert teacher) {
        int depth = student.signature().stack().depth();
        List<Integer> all = IntStream.rangeClosed(1, depth).boxed().toList();
        List<Integer> states = new ArrayList<>(all);
        states.add(0, 0);
        return new Objective(List.of(
                new Objective.Weighted("kd", 1, new KdTerm(new TeacherChoice.Named(Work.teacherName()), 1)),
                new Objective.Weighted("hidden", 1, term(student, teacher, states, LayerTaps::output, States::squared)),
                new Objective.Weighted(
                        "attention-map", 1, term(student, teacher, all, LayerTaps::map, AttentionMaps::kl)),
                new Objective.Weighted(
                        "attention-output",
                        1,
                        term(student, teacher, all, LayerTaps::attentionOutput, States::squared))));
    }

    private static Term term(
            Bert student,
            Bert teacher,
            List<Integer> layers,
            Function<LayerTaps, String> tap,
            LayerTerm.Comparison comparison) {
        return new LayerTerm(
                Work.teacherName(),
                LayerTerm.pairs(student.signature().stack(), teacher.signature().stack(), layers, tap),
                comparison,
                true);
    }
}
