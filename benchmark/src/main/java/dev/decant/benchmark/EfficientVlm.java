package dev.decant.benchmark;

import dev.decant.distill.Objective;
import dev.decant.distill.Term;
import dev.decant.distill.term.ItcTerm;
import dev.decant.distill.term.ItmKdTerm;
import dev.decant.distill.term.ItmTerm;
import dev.decant.distill.term.LayerTerm;
import dev.decant.loss.AttentionMaps;
import dev.decant.loss.States;
import dev.decant.model.Inputs;
import dev.decant.model.LayerTaps;
import dev.decant.model.Negatives;
import dev.decant.model.Stack;
import dev.decant.model.multimodal.Xvlm;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Fine-tuning for retrieval with distillation, as {@code benchmark/python/efficientvlm.py} describes it. */
final class EfficientVlm {

    /** Weights: half for the task losses, half for distillation, of which a third is for the layer losses. */
    private static final double HALF = 0.5;

    private static final double LAYERS = HALF * 0.33;
    private static final int TOKENS = 40;

    private EfficientVlm() {}

    /** Contrastive and matching losses, logits, and hidden states and attention maps of the mapped layers of each encoder. */
    static Objective objective(Xvlm student, Xvlm teacher) {
        Pairs pairs = new Pairs(student.stacks(), teacher.stacks());
        List<Objective.Weighted> terms = new ArrayList<>(List.of(
                new Objective.Weighted("itc", HALF, new ItcTerm()),
                new Objective.Weighted("itm", HALF, new ItmTerm()),
                new Objective.Weighted("itm-kd", HALF, new ItmKdTerm(Work.teacherName(), 1))));
        terms.add(pairs.hidden("vision", 0.2 * LAYERS, 1));
        terms.add(pairs.maps("vision", LAYERS));
        terms.add(pairs.hidden("text", LAYERS, 0));
        terms.add(pairs.maps("text", LAYERS));
        for (String part : List.of("cross", "negatives")) {
            terms.add(pairs.hidden(part, HALF * LAYERS, 0));
            terms.add(pairs.maps(part, HALF * LAYERS));
            terms.add(pairs.crossMaps(part, HALF * LAYERS));
        }
        return new Objective(terms);
    }

    /** The layers of one part of the student, with the teacher layers that they learn from. */
    private record Pairs(Map<String, Stack> own, Map<String, Stack> other) {

        /** @param dropped number of last hidden states to leave out */
        Objective.Weighted hidden(String part, double weight, int dropped) {
            List<Integer> layers = IntStream.rangeClosed(0, stack(own, part).depth() - dropped)
                    .boxed()
                    .toList();
            return new Objective.Weighted("hidden", weight, term(part, layers, LayerTaps::output, States::squared));
        }

        Objective.Weighted maps(String part, double weight) {
            return new Objective.Weighted(
                    "attention-map", weight, term(part, all(part), LayerTaps::map, AttentionMaps::squared));
        }

        Objective.Weighted crossMaps(String part, double weight) {
            return new Objective.Weighted(
                    "cross-map", weight, term(part, all(part), LayerTaps::crossMap, AttentionMaps::squared));
        }

        private List<Integer> all(String part) {
            return IntStream.rangeClosed(1, stack(own, part).depth()).boxed().toList();
        }

        private Term term(
                String part, List<Integer> layers, Function<LayerTaps, String> tap, LayerTerm.Comparison comparison) {
            var pairs = LayerTerm.pairs(stack(own, part), stack(other, part), layers, tap);
            return new LayerTerm(Work.teacherName(), pairs, comparison, true);
        }

        private static Stack stack(Map<String, Stack> stacks, String part) {
            return Optional.ofNullable(stacks.get(part)).orElseThrow();
        }
    }

    /** One text for each image, without padding. */
    static Inputs.ImageText batch(int n, int side) {
        Tensor ids = Tensor.rand(n, TOKENS).mul(29_000).add(1_000).to(DType.I64);
        return batch(Tensor.randn(n, 3, side, side), ids, new Negatives(0));
    }

    static Inputs.ImageText batch(Tensor pixels, Tensor ids, Negatives negatives) {
        return new Inputs.ImageText(
                new Inputs.Images(pixels),
                Inputs.Text.whole(ids),
                Tensor.arange(ids.size(0)),
                Tensor.arange(ids.size(0)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                negatives);
    }
}
