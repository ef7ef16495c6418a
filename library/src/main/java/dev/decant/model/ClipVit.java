package dev.decant.model;

import dev.decant.nn.AttentionCore;
import dev.decant.nn.Conv2d;
import dev.decant.nn.Embedding;
import dev.decant.nn.Init;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.Mlp;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The vision transformer of CLIP (Radford et al. 2021, arXiv 2103.00020) with the region attention of X-VLM (Zeng et al. 2021,
 * arXiv 2111.08276), by the names of X-VLM's {@code vision_encoder}: pre-norm layers between two more norms, quick GELU, the
 * last norm on every token.
 *
 * <p>For texts about parts of images, the first layers run once for each image. Before the last {@code localDepth} each text
 * gets its own copy, in which nothing but the class token and the patches of its part is looked at; whole images follow
 * behind the copies in the batch.
 *
 * <p>Offers {@code embeddings} (after the first norm) and the output of each layer, before the last norm, as {@code layers.i}.
 */
final class ClipVit extends Module {

    private static final double EPS = 1e-5;

    private final Config config;
    private final Tensor classEmbedding;
    private final Conv2d patchEmbed;
    private final Embedding posEmbed;
    private final LayerNorm preNorm;
    private final List<Layer> layers = new ArrayList<>();
    private final LayerNorm postNorm;

    /** @param localDepth how many of the last layers see a part of the image alone */
    record Config(int size, int patch, int width, int depth, int heads, int localDepth) {
        Config {
            if (size % patch != 0) {
                throw new IllegalArgumentException("image_res " + size + " does not divide by patch_size " + patch);
            }
            if (width % heads != 0) {
                throw new IllegalArgumentException(
                        "vision_width " + width + " does not divide by vision_heads " + heads);
            }
            if (localDepth > depth) {
                throw new IllegalArgumentException(
                        "local_depth " + localDepth + " is more than the " + depth + " vision_layers");
            }
        }

        int grid() {
            return size / patch;
        }

        long tokens() {
            return 1 + (long) grid() * grid();
        }
    }

    /**
     * What is seen for texts about parts.
     *
     * @param parts for each text its part, (N, 1 + G G, C)
     * @param whole each image as a whole, (M, 1 + G G, C)
     */
    record Seen(Tensor parts, Tensor whole) {}

    ClipVit(Config c) {
        config = c;
        classEmbedding = parameter("class_embedding", Init.normal(1 / Math.sqrt(c.width), c.width));
        patchEmbed = child(
                "patch_embed",
                new Conv2d(
                        new Conv2d.Shape(3, c.width, c.patch, c.patch, 0, 1),
                        Init.normal(0.02, c.width, 3, c.patch, c.patch),
                        List.of()));
        posEmbed = child("pos_embed", new Embedding(c.tokens(), c.width));
        preNorm = child("pre_layrnorm", new LayerNorm(c.width, EPS)); // the published name is misspelt
        for (int i = 0; i < c.depth; i++) {
            layers.add(child("encoder.layers." + i, new Layer(c)));
        }
        postNorm = child("post_layernorm", new LayerNorm(c.width, EPS));
    }

    /** pixels (M, 3, R, R); returns (M, 1 + G G, C), the class token first. */
    Tensor forward(Tensor pixels, Trace trace) {
        Tensor x = embed(pixels, trace);
        return postNorm.forward(run(x, 0, List.of(), trace));
    }

    /** The parts that texts are about; imageOf (N), I64. */
    Seen forward(Tensor pixels, Tensor imageOf, Tensor patches, Trace trace) {
        Tensor x = embed(pixels, trace);
        int first = config.depth - config.localDepth;
        for (int i = 0; i < first; i++) {
            x = step(i, x, List.of(), trace);
        }
        long n = imageOf.size(0);
        Tensor all = patches.onesLike().narrow(0, 0, 1).expand(x.size(0), patches.size(1));
        Tensor bias = BertEncoder.bias(Tensor.cat(List.of(patches, all), 0));
        x = Tensor.cat(List.of(x.indexSelect(0, imageOf), x), 0); // (N + M, T, C)
        x = postNorm.forward(run(x, first, List.of(bias), trace));
        return new Seen(x.narrow(0, 0, n), x.narrow(0, n, x.size(0) - n));
    }

    private Tensor embed(Tensor pixels, Trace trace) {
        long[] s = pixels.shape();
        if (s.length != 4 || s[2] != config.size || s[3] != config.size) {
            throw new IllegalArgumentException("the model takes images (N, 3, " + config.size + ", " + config.size
                    + "), got " + pixels + "; set image_res to change it");
        }
        Tensor patches = patchEmbed.forward(pixels).flatten(2).transpose(1, 2); // (M, G G, C)
        Tensor first =
                classEmbedding.reshape(1, 1, -1).expand(s[0], 1, config.width).to(patches.dtype());
        Tensor places = Tensor.arange(config.tokens()).to(pixels.device());
        Tensor x = Tensor.cat(List.of(first, patches), 1).add(posEmbed.forward(places));
        x = preNorm.forward(x);
        trace.offer("embeddings", x);
        return x;
    }

    private Tensor run(Tensor x, int from, List<Tensor> bias, Trace trace) {
        for (int i = from; i < config.depth; i++) {
            x = step(i, x, bias, trace);
        }
        return x;
    }

    private Tensor step(int layer, Tensor x, List<Tensor> bias, Trace trace) {
        Trace own = trace.at("layers");
        Tensor y = layers.get(layer).forward(x, bias, own.at(layer));
        own.offer(Integer.toString(layer), y);
        return y;
    }

    /** Taps of the layers, seen from a model that has the encoder under a name. */
    Stack stack(String name) {
        List<LayerTaps> taps = IntStream.range(0, config.depth)
                .mapToObj(i -> name + ".layers." + i)
                .map(layer -> LayerTaps.of(layer + ".self_attn", layer + ".attention_output", layer))
                .toList();
        return Stack.of(name + ".embeddings", taps);
    }

    /** x + attention(norm(x)), then x + mlp(norm(x)). Offers {@code attention_output}, x after the first of the two. */
    private static final class Layer extends Module {

        private final Attention attention;
        private final LayerNorm norm1;
        private final Mlp mlp;
        private final LayerNorm norm2;

        Layer(Config c) {
            attention = child("self_attn", new Attention(c.width, c.heads));
            norm1 = child("layer_norm1", new LayerNorm(c.width, EPS));
            mlp = child("mlp", new Mlp(c.width, 4L * c.width, Ops::quickGelu));
            norm2 = child("layer_norm2", new LayerNorm(c.width, EPS));
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
            Tensor context = core.attend(
                            split(query.forward(x)), split(key.forward(x)), split(value.forward(x)), bias, trace)
                    .transpose(1, 2)
                    .reshape(x.size(0), x.size(1), -1);
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
