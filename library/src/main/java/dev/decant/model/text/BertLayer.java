package dev.decant.model.text;

import dev.decant.ModelException;
import dev.decant.nn.AttentionCore;
import dev.decant.nn.GateSlot;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.LinearInput;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Post-norm transformer layer (Devlin et al. 2018, arXiv 1810.04805), by the names of Hugging Face's {@code BertLayer}:
 * x = norm(x + attention(x)); with cross-attention x = norm(x + attention(x, other)); x = norm(x + ffn(x)).
 *
 * <p>Offers what {@link AttentionCore} offers, {@code context}, {@code output} and {@code output_weight} under {@code
 * attention} (and {@code crossattention}), and {@code attention_output} (and {@code crossattention_output}), x after that sub-layer.
 */
final class BertLayer extends Module {

    private final Attention attention;
    private final Optional<Attention> crossAttention;
    private final Intermediate intermediate;
    private final Output output;

    /**
     * Sizes of a layer.
     *
     * @param crossWidth width of what the cross-attention looks at; 0 for a layer without one
     */
    record Config(
            long width,
            int heads,
            long hidden,
            double eps,
            double dropout,
            double attentionDropout,
            long crossWidth,
            BertConfig.Activation activation) {
        Config {
            if (width % heads != 0) {
                throw new ModelException("hidden_size " + width + " does not divide by num_attention_heads " + heads);
            }
        }
    }

    BertLayer(Config c) {
        this(c, Optional.empty());
    }

    /** Whose cross-attention makes key and value with the weights of another layer's. */
    BertLayer(Config c, BertLayer sharesKeys) {
        this(c, sharesKeys.crossAttention.map(a -> a.self));
    }

    private BertLayer(Config c, Optional<SelfAttention> keys) {
        attention = child("attention", new Attention(c, c.width, Optional.empty()));
        crossAttention = c.crossWidth == 0
                ? Optional.empty()
                : Optional.of(child("crossattention", new Attention(c, c.crossWidth, keys)));
        intermediate = child("intermediate", new Intermediate(c));
        output = child("output", new Output(c.hidden, c));
        intermediate.neurons.over(output.dense.inputs(1));
    }

    /** x (N, T, C), the bias broadcast to (N, H, T, T); returns the shape of x. */
    Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
        return forward(x, bias, Optional.empty(), trace);
    }

    /** With cross-attention to the context, if the layer has one and there is one. */
    Tensor forward(Tensor x, List<Tensor> bias, Optional<Context> context, Trace trace) {
        return Scope.only(() -> {
            Tensor y = attention.forward(x, bias, trace.at("attention"));
            trace.offer("attention_output", y);
            if (crossAttention.isPresent() && context.isPresent()) {
                y = crossAttention.get().forward(y, context.get(), trace.at("crossattention"));
                trace.offer("crossattention_output", y);
            }
            return output.close(output.dense.gated(intermediate.forward(y), intermediate.neurons), y);
        });
    }

    /** Makes key and value of the cross-attention its own if they were another layer's. */
    void ownKeys() {
        crossAttention.ifPresent(a -> a.self.ownKeys());
    }

    /** Multi-head attention with its projection, residual and norm. */
    static final class Attention extends Module {

        private final SelfAttention self;
        private final Output output;

        Attention(Config c, long crossWidth, Optional<SelfAttention> keys) {
            self = child("self", new SelfAttention(c, crossWidth, keys));
            output = child("output", new Output(c.width, c));
            self.core.heads().over(output.dense.inputs(self.headWidth));
        }

        /** To itself. */
        Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
            return close(self.forward(x, bias, trace), x, trace);
        }

        Tensor forward(Tensor x, Context other, Trace trace) {
            return close(self.forward(x, other, trace), x, trace);
        }

        private Tensor close(Tensor context, Tensor x, Trace trace) {
            Tensor projected = trace.pass("output", self.core.project(output.dense, context, trace));
            trace.offer("output_weight", output.dense::usedWeight);
            return output.close(projected, x);
        }
    }

    /** The products: queries of x against keys and values of another sequence, which may be x. */
    private static final class SelfAttention extends Module {

        private final long headWidth;
        private final Linear query;
        private Linear key;
        private Linear value;
        private final AttentionCore core;
        private boolean isShared;

        /** @param shared whose key and value are taken instead of own ones, which stay the children of that */
        SelfAttention(Config c, long otherWidth, Optional<SelfAttention> shared) {
            headWidth = c.width / c.heads;
            query = child("query", new Linear(c.width, c.width));
            key = shared.map(s -> s.key).orElseGet(() -> child("key", new Linear(otherWidth, c.width)));
            value = shared.map(s -> s.value).orElseGet(() -> child("value", new Linear(otherWidth, c.width)));
            long parameters = 2 * c.width * c.width + 2 * otherWidth * c.width + 4 * c.width;
            core = new AttentionCore(this, c.heads, parameters / c.heads, c.attentionDropout);
            core.heads().over(query.outputs(1, headWidth));
            isShared = shared.isPresent();
            if (!isShared) {
                gateKeys();
            }
        }

        private void gateKeys() {
            core.heads().over(key.outputs(1, headWidth));
            core.heads().over(value.outputs(1, headWidth));
        }

        /** Makes key and value its own, with the same values, if they were another's. */
        void ownKeys() {
            if (isShared) {
                isShared = false;
                key = child("key", key.copy());
                value = child("value", value.copy());
                gateKeys();
            }
        }

        /** To itself: (N, T, C), as x. */
        Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
            LinearInput own = query.rounded(x);
            return attend(own, keysAndValues(x, key.rounded(x, query, own)), bias, trace);
        }

        /** To something else: (N, T, C), as x. */
        Tensor forward(Tensor x, Context other, Trace trace) {
            var seen = other.seenBy(this, o -> keysAndValues(o, key.rounded(o)));
            return attend(query.rounded(x), seen, other.bias(), trace);
        }

        private Context.KeysAndValues keysAndValues(Tensor other, LinearInput keys) {
            LinearInput values = value.rounded(other, key, keys);
            return new Context.KeysAndValues(split(key.product(keys)), split(value.product(values)));
        }

        private Tensor attend(LinearInput own, Context.KeysAndValues to, List<Tensor> bias, Trace trace) {
            Tensor q = split(query.product(own));
            Tensor context = core.attend(q, to.keys(), to.values(), bias, trace);
            return context.transpose(1, 2).reshape(q.size(0), q.size(2), -1);
        }

        /** (N, T, C) to (N, H, T, D). */
        private Tensor split(Tensor x) {
            return x.reshape(x.size(0), x.size(1), -1, headWidth).transpose(1, 2);
        }
    }

    /** The wide half of the FFN: a linear map and an activation. Gate {@code neurons}, which the other half applies. */
    private static final class Intermediate extends Module {

        private final Linear dense;
        private final GateSlot neurons;
        private final BertConfig.Activation activation;

        Intermediate(Config c) {
            dense = child("dense", new Linear(c.width, c.hidden));
            neurons = gate("neurons", c.hidden, 2 * c.width + 1);
            neurons.over(dense.outputs(1, 1));
            activation = c.activation;
        }

        Tensor forward(Tensor x) {
            return activation.apply(dense.forward(x));
        }
    }

    /** A linear map back to the width, dropout, residual, norm: what ends every sub-layer. */
    private static final class Output extends Module {

        private final Linear dense;
        private final LayerNorm norm;
        private final double dropout;

        Output(long inputs, Config c) {
            dense = child("dense", new Linear(inputs, c.width));
            norm = child("LayerNorm", new LayerNorm(c.width, c.eps));
            dropout = c.dropout;
        }

        Tensor close(Tensor projected, Tensor residual) {
            return norm.forward(Ops.dropout(projected, dropout, isTraining()).add(residual));
        }
    }
}
