package dev.decant.model.multimodal;

import dev.decant.ModelException;
import dev.decant.model.LayerTaps;
import dev.decant.model.Stack;
import dev.decant.model.text.BertEncoder;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What sees the images of an X-VLM: a vision transformer with the region attention of Zeng et al. (2021, arXiv 2111.08276).
 *
 * <p>For texts about parts of images, the first layers run once for each image. Before the last {@code localDepth} each text
 * gets its own copy, in which nothing but the class token and the patches of its part is looked at; whole images follow
 * behind the copies in the batch.
 *
 * <p>Offers {@code embeddings} (what enters the first layer) and the output of each layer, before the last norm, as {@code
 * layers.i}, and under that name what the layer itself offers.
 */
abstract class VisionEncoder extends Module {

    private final Kind kind;
    private final Config config;

    /** @param localDepth how many of the last layers see a part of the image alone */
    record Config(int size, int patch, int width, int depth, int heads, int localDepth) {
        Config {
            if (size % patch != 0) {
                throw new ModelException("image_res " + size + " does not divide by patch_size " + patch);
            }
            if (width % heads != 0) {
                throw new ModelException("vision_width " + width + " does not divide by vision_heads " + heads);
            }
            if (localDepth > depth) {
                throw new ModelException("local_depth " + localDepth + " is more than the " + depth + " vision_layers");
            }
        }

        int grid() {
            return size / patch;
        }

        long tokens() {
            return 1 + (long) grid() * grid();
        }
    }

    /** Its architectures, by the names that a config gives them. */
    enum Kind {
        CLIP("encoder.layers.", "self_attn"),
        DEIT("blocks.", "attn");

        private final String layers;
        private final String attention;

        Kind(String layers, String attention) {
            this.layers = layers;
            this.attention = attention;
        }

        /** What stands before a layer's number. */
        String layers() {
            return layers;
        }
    }

    /**
     * What is seen for texts about parts.
     *
     * @param parts for each text its part, (N, 1 + G G, C)
     * @param whole each image as a whole, (M, 1 + G G, C)
     */
    record Seen(Tensor parts, Tensor whole) {}

    VisionEncoder(Kind kind, Config config) {
        this.kind = kind;
        this.config = config;
    }

    static VisionEncoder of(Kind kind, Config config) {
        return switch (kind) {
            case CLIP -> new ClipVit(config);
            case DEIT -> new DeitVit(config);
        };
    }

    /** Pixels (M, 3, R, R) to what enters the first layer, (M, 1 + G G, C), the class token first. */
    abstract Tensor embed(Tensor pixels);

    /** One layer; at most one bias, broadcast to (M, H, T, T), is added to its scores. */
    abstract Tensor layer(int index, Tensor x, List<Tensor> bias, Trace trace);

    /** What follows the last layer, on every token. */
    abstract Tensor finish(Tensor x);

    /** pixels (M, 3, R, R); returns (M, 1 + G G, C), the class token first. */
    final Tensor forward(Tensor pixels, Trace trace) {
        return finish(run(begin(pixels, trace), 0, config.depth, List.of(), trace));
    }

    /** The parts that texts are about; imageOf (N), I64. */
    final Seen forward(Tensor pixels, Tensor imageOf, Tensor patches, Trace trace) {
        int first = config.depth - config.localDepth;
        Tensor x = run(begin(pixels, trace), 0, first, List.of(), trace);
        long n = imageOf.size(0);
        Tensor all = patches.onesLike().narrow(0, 0, 1).expand(x.size(0), patches.size(1));
        Tensor bias = BertEncoder.bias(Tensor.cat(List.of(patches, all), 0));
        x = Tensor.cat(List.of(x.indexSelect(0, imageOf), x), 0); // (N + M, T, C)
        x = finish(run(x, first, config.depth, List.of(bias), trace));
        return new Seen(x.narrow(0, 0, n), x.narrow(0, n, x.size(0) - n));
    }

    private Tensor begin(Tensor pixels, Trace trace) {
        long[] s = pixels.shape();
        if (s.length != 4 || s[2] != config.size || s[3] != config.size) {
            throw new ModelException("the model takes images (N, 3, " + config.size + ", " + config.size + "), got "
                    + pixels + "; set image_res to change it");
        }
        Tensor x = embed(pixels);
        trace.offer("embeddings", x);
        return x;
    }

    private Tensor run(Tensor x, int from, int to, List<Tensor> bias, Trace trace) {
        Trace own = trace.at("layers");
        for (int i = from; i < to; i++) {
            x = layer(i, x, bias, own.at(i));
            own.offer(Integer.toString(i), x);
        }
        return x;
    }

    /** Taps of the layers, seen from a model that has the encoder under a name. */
    final Stack stack(String name) {
        List<LayerTaps> taps = IntStream.range(0, config.depth)
                .mapToObj(i -> name + ".layers." + i)
                .map(layer -> LayerTaps.of(layer + "." + kind.attention, layer + ".attention_output", layer))
                .toList();
        return Stack.of(name + ".embeddings", taps);
    }
}
