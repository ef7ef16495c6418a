package dev.decant.model.multimodal;

import dev.decant.nn.AttentionCore;
import dev.decant.nn.Conv2d;
import dev.decant.nn.Embedding;
import dev.decant.nn.Init;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.LinearInput;
import dev.decant.nn.Mlp;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The vision transformer of CLIP (Radford et al. 2021, arXiv 2103.00020), by the names of X-VLM's {@code vision_encoder}:
 * pre-norm layers between two more norms, quick GELU, the last norm on every token.
 */
final class ClipVit extends VisionEncoder {

    private static final double EPS = 1e-5;

    private final Tensor classEmbedding;
    private final Conv2d patchEmbed;
    private final Embedding posEmbed;
    private final LayerNorm preNorm;
    private final List<Layer> layers = new ArrayList<>();
    private final LayerNorm postNorm;
    private final Config config;

    ClipVit(Config c) {
        super(Kind.CLIP, c);
        config = c;
        classEmbedding = parameter("class_embedding", Init.normal(1 / Math.sqrt(c.width()), c.width()));
        patchEmbed = child(
                "patch_embed",
                new Conv2d(
                        new Conv2d.Shape(3, c.width(), c.patch(), c.patch(), 0, 1),
                        Init.normal(0.02, c.width(), 3, c.patch(), c.patch()),
                        List.of()));
        posEmbed = child("pos_embed", new Embedding(c.tokens(), c.width()));
        preNorm = child("pre_layrnorm", new LayerNorm(c.width(), EPS)); // the published name is misspelt
        for (int i = 0; i < c.depth(); i++) {
            layers.add(child("encoder.layers." + i, new Layer(c)));
        }
        postNorm = child("post_layernorm", new LayerNorm(c.width(), EPS));
    }

    @Override
    Tensor embed(Tensor pixels) {
        Tensor patches = patchEmbed.forward(pixels).flatten(2).transpose(1, 2); // (M, G G, C)
        Tensor first = classEmbedding
                .reshape(1, 1, -1)
                .expand(pixels.size(0), 1, config.width())
                .to(patches.dtype());
        Tensor places = Tensor.arange(pixels.device(), config.tokens());
        return preNorm.forward(Tensor.cat(List.of(first, patches), 1).add(posEmbed.forward(places)));
    }

    @Override
    Tensor layer(int index, Tensor x, List<Tensor> bias, Trace trace) {
        return layers.get(index).forward(x, bias, trace);
    }

    @Override
    Tensor finish(Tensor x) {
        return postNorm.forward(x);
    }

    /** x + attention(norm(x)), then x + mlp(norm(x)). Offers {@code attention_output}, x after the first of the two. */
    private static final class Layer extends Module {

        private final Attention attention;
        private final LayerNorm norm1;
        private final Mlp mlp;
        private final LayerNorm norm2;

        Layer(Config c) {
            attention = child("self_attn", new Attention(c.width(), c.heads()));
            norm1 = child("layer_norm1", new LayerNorm(c.width(), EPS));
            mlp = child("mlp", new Mlp(c.width(), 4L * c.width(), Ops::quickGelu));
            norm2 = child("layer_norm2", new LayerNorm(c.width(), EPS));
        }

        Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
            return Scope.only(() -> {
                Tensor y = x.add(attention.forward(norm1.forward(x), bias, trace.at("self_attn")));
                trace.offer("attention_output", y);
                return y.add(mlp.forward(norm2.forward(y)));
            });
        }
    }

    /** Multi-head self-attention with a projection each for query, key and value. */
    private static final class Attention extends Module {

        private final long headWidth;
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final Linear output;
        private final AttentionCore core;

        Attention(long width, int heads) {
            headWidth = width / heads;
            key = child("k_proj", new Linear(width, width));
            value = child("v_proj", new Linear(width, width));
            query = child("q_proj", new Linear(width, width));
            output = child("out_proj", new Linear(width, width));
            core = new AttentionCore(this, heads, (4 * width * width + 4 * width) / heads, 0);
            for (Linear map : List.of(query, key, value)) {
                core.heads().over(map.outputs(1, headWidth));
            }
            core.heads().over(output.inputs(headWidth));
        }

        Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
            LinearInput own = query.rounded(x);
            Tensor q = split(query.product(own));
            Tensor k = split(key.product(key.rounded(x, query, own)));
            Tensor v = split(value.product(value.rounded(x, query, own)));
            Tensor context = core.attend(q, k, v, bias, trace).transpose(1, 2).reshape(x.size(0), x.size(1), -1);
            Tensor projected = core.project(output, context, trace);
            trace.offer("output", projected);
            trace.offer("output_weight", output::usedWeight);
            return projected;
        }

        /** (N, T, H D) to (N, H, T, D). */
        private Tensor split(Tensor x) {
            return x.reshape(x.size(0), x.size(1), -1, headWidth).transpose(1, 2);
        }
    }
}
