package dev.decant.model.text;

import dev.decant.ModelException;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.List;

/** Linear map, GELU, norm, and the word embeddings as output map with a bias of its own. */
public final class LanguageHead extends Module {

    private final Tensor bias;
    private final Linear dense;
    private final LayerNorm norm;

    public LanguageHead(BertConfig c) {
        bias = parameter("bias", Tensor.zeros(c.vocabulary()));
        boolean bert = c.family() == BertConfig.Family.BERT;
        dense = child(bert ? "transform.dense" : "dense", new Linear(c.width(), c.width()));
        norm = child(bert ? "transform.LayerNorm" : "layer_norm", new LayerNorm(c.width(), c.eps()));
        if (c.embeddingSize() != c.width()) {
            throw new ModelException("a masked language model needs embedding_size equal to hidden_size");
        }
    }

    /**
     * One logit for each word.
     *
     * @param features (..., C)
     * @param words embeddings (V, C)
     * @return (..., V)
     */
    public Tensor logits(Tensor features, Tensor words) {
        Tensor x = norm.forward(Ops.gelu(dense.forward(features)));
        return Ops.linear(x, words, List.of(bias));
    }
}
