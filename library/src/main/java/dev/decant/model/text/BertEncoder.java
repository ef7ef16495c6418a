package dev.decant.model.text;

import dev.decant.ModelException;
import dev.decant.model.Inputs;
import dev.decant.model.LayerTaps;
import dev.decant.nn.Embedding;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Token embeddings and a stack of post-norm layers: {@code embeddings}, {@code encoder.layer.i} and, where there is one,
 * {@code pooler}, as in Hugging Face's {@code BertModel}.
 *
 * <p>Offers {@code embeddings} (R_0) and the output of each layer as {@code encoder.layer.i}. The layers may be run in part,
 * and from some layer on they may attend to something else too ({@link Cross}).
 */
public final class BertEncoder extends Module {

    private static final double MASKED = -10_000;

    private final BertConfig config;
    private final Embeddings embeddings;
    private final Optional<Linear> projection;
    private final Layers encoder;
    private final Optional<Pooler> pooler;

    /**
     * Layers that attend to another sequence.
     *
     * @param first of them, from 0
     * @param width of what they look at
     * @param pairs whether two layers that follow each other make key and value with the same weights, those of the first
     */
    public record Cross(int first, long width, boolean pairs) {}

    public BertEncoder(BertConfig c) {
        this(c, new Cross(c.depth(), 0, false));
    }

    public BertEncoder(BertConfig c, Cross cross) {
        config = c;
        embeddings = child("embeddings", new Embeddings(c));
        projection = c.embeddingSize() == c.width()
                ? Optional.empty()
                : Optional.of(child("embeddings_project", new Linear(c.embeddingSize(), c.width())));
        encoder = child("encoder", new Layers(c, cross));
        pooler = c.pools() ? Optional.of(child("pooler", new Pooler(c.width()))) : Optional.empty();
    }

    /** The last layer's output, (N, S, C). */
    Tensor forward(Inputs.Text text, Trace trace) {
        Tensor x = embed(text);
        trace.offer("embeddings", x);
        return encoder.forward(
                x,
                new Pass(0, config.depth(), bias(text.mask()), List.of()),
                trace.at("encoder").at("layer"));
    }

    /** What enters the first layer, (N, S, C). */
    public Tensor embed(Inputs.Text text) {
        Tensor x = embeddings.forward(text);
        return projection.isPresent() ? projection.get().forward(x) : x;
    }

    /**
     * Some of the layers.
     *
     * @param from first layer, from 0
     * @param to behind the last
     * @param bias added to the scores of self-attention
     * @param others what cross-attention looks at: the first layer that has one takes the first, the next the next, in turn
     */
    public record Pass(int from, int to, Tensor bias, List<Context> others) {}

    /**
     * Runs some of the layers.
     *
     * @param x (N, S, C)
     * @param trace gets what layer i leaves under i less the first of them
     */
    public Tensor run(Tensor x, Pass pass, Trace trace) {
        return encoder.forward(x, pass, trace);
    }

    /** Gives every layer a key and a value of its own. */
    public void ownKeys() {
        encoder.layers.forEach(BertLayer::ownKeys);
    }

    /** tanh of a linear map of the first token, (N, C). */
    Tensor pool(Tensor hidden) {
        return pooler.orElseThrow().forward(hidden.select(1, 0));
    }

    /** Large and negative for padding: (N, S) to (N, 1, 1, S). */
    public static Tensor bias(Tensor mask) {
        return mask.to(DType.F32).sub(1).mul(-MASKED).reshape(mask.size(0), 1, 1, mask.size(1));
    }

    /** Taps of the layers, seen from a model that has the encoder under a name. */
    List<LayerTaps> taps() {
        return IntStream.range(0, config.depth())
                .mapToObj(i -> "encoder.layer." + i)
                .map(layer -> LayerTaps.of(layer + ".attention", layer + ".attention_output", layer))
                .toList();
    }

    /** As {@link #bias}, and no token sees those behind it: (N, S) to (N, 1, S, S). */
    public static Tensor causalBias(Tensor mask) {
        long s = mask.size(1);
        Tensor places = Tensor.arange(mask.device(), s);
        Tensor behind = places.reshape(1, s).gt(places.reshape(s, 1)); // (S, S)
        return bias(mask)
                .add(behind.to(DType.F32).mul(MASKED).reshape(1, 1, s, s))
                .clampMin(MASKED);
    }

    public Tensor wordEmbeddings() {
        return embeddings.words.weight();
    }

    /** Word, position and segment vectors, added, normalised, dropped. */
    private static final class Embeddings extends Module {

        private final Embedding words;
        private final Embedding positions;
        private final Embedding types;
        private final LayerNorm norm;
        private final BertConfig config;

        Embeddings(BertConfig c) {
            config = c;
            words = child("word_embeddings", new Embedding(c.vocabulary(), c.embeddingSize()));
            positions = child("position_embeddings", new Embedding(c.positions(), c.embeddingSize()));
            types = child("token_type_embeddings", new Embedding(c.types(), c.embeddingSize()));
            norm = child("LayerNorm", new LayerNorm(c.embeddingSize(), c.eps()));
        }

        Tensor forward(Inputs.Text text) {
            long length = text.ids().size(1);
            if (length + config.firstPosition() > config.positions()) {
                throw new ModelException("text of " + length + " tokens; the model has "
                        + (config.positions() - config.firstPosition()) + " positions");
            }
            Tensor x = words.forward(text.ids()).add(types.forward(types(text))).add(positions.forward(places(text)));
            return Ops.dropout(norm.forward(x), config.dropout(), isTraining());
        }

        private Tensor types(Inputs.Text text) {
            return config.types() == 1 ? text.types().zerosLike() : text.types();
        }

        /** 0, 1, 2, ...; RoBERTa counts from padding + 1 and gives padding the place of padding. */
        private Tensor places(Inputs.Text text) {
            Tensor places =
                    Tensor.arange(text.ids().device(), text.ids().size(1)).unsqueeze(0);
            if (config.firstPosition() == 0) {
                return places;
            }
            long padding = config.padding();
            return places.add(config.firstPosition() - padding)
                    .mul(text.mask())
                    .add(padding)
                    .to(DType.I64);
        }
    }

    private static final class Layers extends Module {

        private final List<BertLayer> layers = new ArrayList<>();
        private final int firstCross;

        Layers(BertConfig c, Cross cross) {
            firstCross = cross.first;
            for (int i = 0; i < c.depth(); i++) {
                BertLayer.Config config = c.layer(i < cross.first ? 0 : cross.width);
                boolean second = cross.pairs && i > cross.first && (i - cross.first) % 2 == 1;
                BertLayer layer = second ? new BertLayer(config, layers.get(i - 1)) : new BertLayer(config);
                layers.add(child("layer." + i, layer));
            }
        }

        Tensor forward(Tensor x, Pass pass, Trace trace) {
            for (int i = pass.from; i < pass.to; i++) {
                int at = i - pass.from;
                x = layers.get(i).forward(x, List.of(pass.bias), other(i, pass.others), trace.at(at));
                trace.offer(Integer.toString(at), x);
            }
            return x;
        }

        private Optional<Context> other(int layer, List<Context> others) {
            return layer < firstCross || others.isEmpty()
                    ? Optional.empty()
                    : Optional.of(others.get((layer - firstCross) % others.size()));
        }
    }

    private static final class Pooler extends Module {

        private final Linear dense;

        Pooler(long width) {
            dense = child("dense", new Linear(width, width));
        }

        Tensor forward(Tensor first) {
            return dense.forward(first).tanh();
        }
    }
}
