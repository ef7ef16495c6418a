package dev.decant.modelio;

import dev.decant.weights.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;

/** What a value of a graph is to an encoder of BERT's shape. Shapes: N texts, S tokens, C features, H heads of D features. */
sealed interface Meaning {

    /** In words, for messages. */
    String words();

    /**
     * Numbers that the file holds.
     *
     * @param isTransposed whether rows and columns are to be exchanged
     */
    record Known(StoredTensor tensor, boolean isTransposed) implements Meaning {
        @Override
        public String words() {
            return "the constant '" + tensor.name() + "'";
        }
    }

    /**
     * Numbers beside what flows: the inputs, masks, positions, sizes.
     *
     * @param isCounted whether tokens before it were counted: positions that leave padding out
     * @param isLearned whether a table of numbers is in it
     * @param entries the last entries of a list of sizes, as far as they are known; the number of those before them is not
     */
    record Side(Role role, boolean isCounted, boolean isLearned, List<OptionalLong> entries) implements Meaning {
        static Side of(Role role) {
            return new Side(role, false, false, List.of());
        }

        @Override
        public String words() {
            return switch (role) {
                case IDS -> "the token ids";
                case TYPES -> "the token types";
                case MASK -> "the mask";
                case OTHER -> isLearned ? "a table" : "sizes, masks or positions";
            };
        }
    }

    /** Which of the graph's inputs a value still is. */
    enum Role {
        IDS,
        MASK,
        TYPES,
        OTHER
    }

    /** Rows of a table, one for each token, (N, S, C). */
    record Rows(Table table, StoredTensor weight) implements Meaning {
        @Override
        public String words() {
            return "rows of '" + weight.name() + "'";
        }
    }

    /** Tables of an encoder. */
    enum Table {
        WORD("word_embeddings"),
        POSITION("position_embeddings"),
        TYPE("token_type_embeddings");

        final String key;

        Table(String key) {
            this.key = key;
        }
    }

    /** The sum of rows of several tables. */
    record Embedded(List<Rows> rows) implements Meaning {
        @Override
        public String words() {
            return "a sum of embeddings";
        }
    }

    /**
     * What flows from layer to layer, behind a norm, (N, S, C).
     *
     * @param stage 0 for the embeddings, 2 i + 1 behind the attention of layer i, 2 i + 2 behind its FFN
     */
    record Hidden(int stage) implements Meaning {
        boolean isBetweenLayers() {
            return stage % 2 == 0;
        }

        @Override
        public String words() {
            return stage == 0
                    ? "the normalized embeddings"
                    : (isBetweenLayers() ? "the output of layer " : "the attention's output in layer ")
                            + (stage - 1) / 2;
        }
    }

    /**
     * A linear map.
     *
     * @param isOutputFirst whether the weight is (outputs, inputs), else (inputs, outputs); before {@code isTransposed}
     */
    record Mapped(Meaning input, Known weight, boolean isOutputFirst, Optional<Known> bias) implements Meaning {
        long width() {
            long[] shape = weight.tensor().shape();
            return shape[isRowsOutputs() ? 0 : 1];
        }

        /** Whether the tensor in the file is (outputs, inputs). */
        boolean isRowsOutputs() {
            return isOutputFirst != weight.isTransposed();
        }

        @Override
        public String words() {
            return "a linear map of " + input.words();
        }
    }

    /** A branch added to what went past it. */
    record Residual(Mapped branch, Hidden skip) implements Meaning {
        @Override
        public String words() {
            return branch.words() + " plus " + skip.words();
        }
    }

    /** A layer norm that is not finished, of a sum. */
    record Normalizing(Meaning base, Step step, double eps, Optional<Known> gamma) implements Meaning {
        @Override
        public String words() {
            return "part of a norm";
        }
    }

    /** How far a norm has come: mean, x - mean, its square, the mean of that, + eps, its root, 1 / root, the quotient, times gamma. */
    enum Step {
        MEAN,
        CENTERED,
        SQUARED,
        VARIANCE,
        VARIANCE_EPS,
        ROOT,
        INVERSE_ROOT,
        UNIT,
        SCALED
    }

    /** A function of each number of a linear map's result. */
    record Pointwise(Mapped base, DoubleUnaryOperator function) implements Meaning {
        @Override
        public String words() {
            return "a function of " + base.words();
        }
    }

    /**
     * A linear map's result, split into heads.
     *
     * @param axes their order: {@code nshd}, {@code nhsd} or {@code nhds}
     * @param scale what it was multiplied with; NaN if that is not known
     */
    record Heads(Mapped base, int heads, String axes, double scale) implements Meaning {
        @Override
        public String words() {
            return "heads of " + base.words();
        }
    }

    /** Products of query and key, (N, H, S, S). */
    record Scores(Mapped query, Mapped key, int heads, double scale) implements Meaning {
        @Override
        public String words() {
            return "attention scores";
        }
    }

    /** Softmax of scores. */
    record Attending(Scores scores) implements Meaning {
        @Override
        public String words() {
            return "an attention map";
        }
    }

    /**
     * Values, weighted by an attention map.
     *
     * @param axes {@code nhsd}, {@code nshd}, or {@code nsc} when heads are joined
     */
    record Gathered(Scores scores, Mapped value, String axes) implements Meaning {
        @Override
        public String words() {
            return "the attention's context";
        }
    }
}
