package dev.decant.recipe;

import java.util.List;
import java.util.Optional;

/** Losses that compare transformer layers. */
public sealed interface LayerLoss extends LossSpec {

    /** What most of them say of their keys. */
    String PART =
            "part of the network whose layers are compared, such as `vision`, `text` or `cross`; each part if left out";

    String CROSS =
            "compare the attention to the image, or whatever else is looked at, instead of that to the own tokens";

    @About("which layers of the student: `all`, `last`, `every-2`, or a list from 1")
    Layers layers();

    @About("whether padding counts like tokens, as in the published code")
    boolean padding();

    /** Hidden states of transformer layers. */
    @About("Squared error of hidden states, from what enters the first layer to the output of the last.")
    record Hidden(
            @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About("compare what enters the first layer too") @Default("true") boolean embeddings,
            @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention scores. */
    @About("Squared error of attention scores before softmax (TinyBERT, TernaryBERT).")
    record AttentionScore(
            @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(CROSS) @Default("false") boolean cross,
            @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention maps. */
    @About(
            "KL divergence of attention maps (Kim et al. 2022); `squared` compares them by squared error instead (EfficientVLM).")
    record AttentionMap(
            @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(
                            "temperature of both softmaxes; 1 compares the maps as they are, larger ones more and more the scores")
                    @Default("1")
                    double temperature,
            @About("squared error of rows instead of KL divergence") @Default("false") boolean squared,
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
    @About("Squared error of the attention sub-layer's output, residual included (Kim et al. 2022).")
    record AttentionOutput(
            @Default("all") Layers layers, @About(PART) Optional<String> part, @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention outputs before the residual. */
    @About("Squared error of attention after its projection, before the residual.")
    record SelfOutput(
            @Default("all") Layers layers, @About(PART) Optional<String> part, @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention contexts. */
    @About("Squared error of attention before its projection: map times value.")
    record Context(@Default("all") Layers layers, @About(PART) Optional<String> part, @Default("false") boolean padding)
            implements LayerLoss {}

    /** Attention maps and outputs together. */
    @About("The unified loss of Kim et al. 2022: gamma times the map's, 1 - gamma times the output's.")
    record MapAndOutput(
            @About("share of the map") @Default("0.5") double gamma,
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
    @About(
            "KL divergence of relations among queries, keys and values, softmax(x x' / sqrt(d)), for networks of any widths (MiniLM"
                    + " 2; Wang et al. 2021).")
    record Relations(
            @About("what is compared: `query`, `key`, `value`") @Default("[query, key, value]") List<Of> of,
            @Default("last") Layers layers,
            @About("the teacher's layer, where one layer is compared; the layer in the same place unless set")
                    Optional<Integer> teacherLayer,
            @About("heads that vectors are cut into; the student's own unless set") Optional<Integer> heads,
            @About("whether padding counts like tokens") @Default("false") boolean padding)
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
