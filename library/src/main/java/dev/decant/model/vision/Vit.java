package dev.decant.model.vision;

import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.LayerTaps;
import dev.decant.model.ModelArgs;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.model.Stack;
import dev.decant.nn.DropPath;
import dev.decant.nn.Init;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.PatchEmbed;
import dev.decant.nn.Trace;
import dev.decant.nn.TransformerBlock;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Vision transformer (Dosovitskiy et al. 2020, arXiv 2010.11929) and DeiT (Touvron et al. 2020, arXiv 2012.12877).
 *
 * <p>Names and mathematics are those of timm 1.0.29's {@code VisionTransformer}: a class token in front, a learned
 * position embedding, pre-norm blocks, the classifier on the normalised class token. Starts as timm's default does:
 * linear maps and positions normal with deviation 0.02, biases zero, class token 1e-6, patch projection uniform. Differs
 * in normalising the class token alone, which gives the same logits.
 *
 * <p>Stages are cut as {@link StageEnds} says; they hold the class token and are taken before the final norm. Each block
 * offers {@code blocks.i.attn.scores}, {@code map}, {@code context} and {@code output}.
 */
final class Vit extends ImageClassifier {

    private static final double EPS = 1e-6;

    private final PatchEmbed patchEmbed;
    private final Tensor clsToken;
    private final Tensor posEmbed;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final LayerNorm norm;
    private final Linear head;
    private final StageEnds stages;
    private final int width;

    /** Sizes under timm's argument names. */
    public record Config(int patchSize, int embedDim, int depth, int numHeads, double mlpRatio, double dropPathRate) {

        static Config base(int embedDim, int numHeads) {
            return new Config(16, embedDim, 12, numHeads, 4, 0);
        }

        Config with(ModelArgs args) {
            return new Config(
                    args.integer("patch_size", patchSize),
                    args.integer("embed_dim", embedDim),
                    args.integer("depth", depth),
                    args.integer("num_heads", numHeads),
                    args.factor("mlp_ratio", mlpRatio),
                    args.rate("drop_path_rate", dropPathRate));
        }
    }

    public Vit(ModelConfig config, Config c) {
        super(config);
        int size = imageInput().size();
        int grid = PatchEmbed.grid(size, c.patchSize);
        width = c.embedDim;
        clsToken = parameter("cls_token", Init.normal(1e-6, 1, 1, width));
        posEmbed = parameter("pos_embed", Init.normal(0.02, 1, 1 + (long) grid * grid, width));
        patchEmbed = child("patch_embed", new PatchEmbed(size, c.patchSize, width));
        for (int i = 0; i < c.depth; i++) {
            double dropPath = DropPath.growing(c.dropPathRate, c.depth)[i];
            var block = new TransformerBlock.Config(width, c.numHeads, c.mlpRatio, true, EPS, dropPath);
            blocks.add(child("blocks." + i, new TransformerBlock(block)));
        }
        norm = child("norm", new LayerNorm(width, EPS));
        head = child("head", new Linear(width, config.classes()));
        stages = new StageEnds(c.depth);
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        long n = images.size(0);
        Tensor patches = patchEmbed.forward(images).reshape(n, -1, width); // (N, T - 1, C)
        Tensor x = Tensor.cat(List.of(clsToken.expand(n, 1, width), patches), 1).add(posEmbed); // (N, T, C)
        trace.offer("embeddings", x);
        for (int i = 0; i < blocks.size(); i++) {
            x = blocks.get(i).forward(x, trace.at("blocks").at(i));
            stages.offer(trace, i, x);
        }
        Tensor features = norm.forward(x.select(1, 0)); // (N, C)
        trace.offer("features", features);
        Tensor logits = head.forward(features);
        trace.offer("logits", logits);
        return logits;
    }

    @Override
    public Map<String, Stack> stacks() {
        List<LayerTaps> layers = IntStream.range(0, blocks.size())
                .mapToObj(i -> "blocks." + i)
                .map(block -> LayerTaps.of(block + ".attn", block + ".attention_output", block))
                .toList();
        return Map.of(Stack.WHOLE, Stack.of("embeddings", layers));
    }

    @Override
    public int featureWidth() {
        return width;
    }

    @Override
    public int prefixTokens() {
        return 1;
    }

    public static List<Catalogue.Entry> entries() {
        ImageInput half = new ImageInput(224, ImageInput.HALF, ImageInput.HALF, "bicubic", 0.9);
        ImageInput imagenet = new ImageInput(224, ImageInput.IMAGENET_MEAN, ImageInput.IMAGENET_STD, "bicubic", 0.9);
        return List.of(
                entry("vit_small_patch16_224", half, Config.base(384, 6)),
                entry("vit_base_patch16_224", half, Config.base(768, 12)),
                entry("deit_tiny_patch16_224", imagenet, Config.base(192, 3)),
                entry("deit_small_patch16_224", imagenet, Config.base(384, 6)));
    }

    private static Catalogue.Entry entry(String name, ImageInput input, Config defaults) {
        return new Catalogue.Entry(name, 1000, input, (config, args) -> new Vit(config, defaults.with(args)));
    }
}
