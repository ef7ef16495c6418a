package dev.decant.recipe;

import java.util.List;
import java.util.Optional;

/** Losses that compare transformer layers. */
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface LayerLoss extends LossSpec
        permits LayerLoss.Hidden,
                LayerLoss.AttentionScore,
                LayerLoss.AttentionMap,
                LayerLoss.AttentionOutput,
                LayerLoss.SelfOutput,
                LayerLoss.Context,
                LayerLoss.MapAndOutput,
                LayerLoss.Relations {

    /** What most of them say of their keys. */
    String PART =
            "part of the model whose layers are compared, such as `vision`, `text` or `cross`; by default all parts";

    String CROSS = "compare cross-attention (for example to the image) instead of self-attention";

    @About("which layers of the student to compare: `all`, `last`, `every-2`, or a list of numbers from 1")
    Layers layers();

    @About("include padding tokens in the loss, as in the published code")
    boolean padding();

    /** Hidden states of transformer layers. */
    @About("Squared error of hidden states: the embedding output and the outputs of all layers.")
    record Hidden(
            @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About("also compare the embedding output (the input of the first layer)") @Default("true")
                    boolean embeddings,
            @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention scores. */
    @About("Squared error of attention scores, before the softmax (TinyBERT, TernaryBERT).")
    record AttentionScore(
            @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(CROSS) @Default("false") boolean cross,
            @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention maps. */
    @About("KL divergence of attention maps (Kim et al. 2022); with `squared`, their squared error (EfficientVLM).")
    record AttentionMap(
            @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(
                            "temperature of both softmaxes; 1 compares the maps themselves, a large temperature compares the scores")
                    @Default("1")
                    double temperature,
            @About("use the squared error of rows instead of the KL divergence") @Default("false") boolean squared,
            @About(CROSS) @Default("false") boolean cross,
            @Default("false") boolean padding)
            implements LayerLoss {
        public AttentionMap {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.that(!squared || temperature == 1, "squared", "has no temperature");
            check.that(!cross || temperature == 1, "cross", "has no temperature");
            check.done();
        }
    }

    /** Attention outputs with their residual. */
    @About("Squared error of the attention output after the residual connection (Kim et al. 2022).")
    record AttentionOutput(
            @Default("all") Layers layers, @About(PART) Optional<String> part, @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention outputs before the residual. */
    @About("Squared error of the attention output after the output projection, before the residual connection.")
    record SelfOutput(
            @Default("all") Layers layers, @About(PART) Optional<String> part, @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention contexts. */
    @About("Squared error of the attention context (attention map times values), before the output projection.")
    record Context(@Default("all") Layers layers, @About(PART) Optional<String> part, @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention maps and outputs together. */
    @About("Unified loss of attention maps and outputs (Kim et al. 2022): gamma times `attention-map` plus 1 - gamma "
            + "times `attention-output`.")
    record MapAndOutput(
            @About("weight of the map loss") @Default("0.5") double gamma,
            @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @Default("false") boolean padding)
            implements LayerLoss {
        public MapAndOutput {
            Checks check = new Checks();
            check.within("gamma", gamma, 0, 1);
            check.done();
        }
    }

    /** Relations among queries, keys and values. */
    @About("KL divergence of self-attention relations among queries, keys and values, softmax(x x' / sqrt(d)), for "
            + "models of any width (MiniLM 2; Wang et al. 2021).")
    record Relations(
            @About("which relations to compare: `query`, `key`, `value`") @Default("[query, key, value]") List<Of> of,
            @Default("last") Layers layers,
            @About("the teacher's layer, if one layer is compared; by default the corresponding layer")
                    Optional<Integer> teacherLayer,
            @About("number of relation heads that the vectors are split into; by default the student's number of heads")
                    Optional<Integer> heads,
            @About("include padding tokens in the loss") @Default("false") boolean padding)
            implements LayerLoss {

        /** Vectors of tokens in an attention. */
        public enum Of {
            QUERY,
            KEY,
            VALUE
        }

        public Relations {
            of = of.stream().distinct().toList();
            Checks check = new Checks();
            check.that(!of.isEmpty(), "of", "must list at least one of query, key and value");
            check.atLeast("teacher-layer", teacherLayer, 1);
            check.atLeast("heads", heads, 1);
            check.that(
                    teacherLayer.isEmpty() || isOne(layers),
                    "teacher-layer",
                    "is for one layer of the student; give 'layers: last' or a list of one");
            check.done();
        }

        private static boolean isOne(Layers layers) {
            return layers instanceof Layers.Last
                    || (layers instanceof Layers.Listed listed
                            && listed.numbers().size() == 1);
        }
    }
}
