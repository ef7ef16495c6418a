package dev.decant.model.vision;

import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelArgs;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.nn.Conv2d;
import dev.decant.nn.DropPath;
import dev.decant.nn.Init;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.Mlp;
import dev.decant.nn.Module;
import dev.decant.nn.PatchEmbed;
import dev.decant.nn.Trace;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * MLP-Mixer (Tolstikhin et al. 2021, arXiv 2105.01601): perceptrons across patches and across channels, in turns.
 *
 * <p>Names, mathematics and initial values are those of timm 1.0.29's {@code MlpMixer}: linear maps Glorot-uniform, biases
 * of perceptrons normal with deviation 1e-6, patch projection truncated normal of variance 1 / fan-in, classifier zero.
 * So the first step of a fresh network changes its classifier alone. Stages are cut as {@link StageEnds} says and are
 * taken before the final norm.
 */
final class MlpMixer extends ImageClassifier {

    private static final double EPS = 1e-6;

    private final PatchEmbed stem;
    private final List<Block> blocks = new ArrayList<>();
    private final LayerNorm norm;
    private final Linear head;
    private final StageEnds stages;
    private final int width;

    /**
     * Sizes under timm's argument names.
     *
     * @param mlpRatio width of the token and of the channel perceptron, both as parts of {@code embedDim}
     */
    public record Config(int patchSize, int embedDim, int numBlocks, List<Double> mlpRatio, double dropPathRate) {

        public Config {
            mlpRatio = List.copyOf(mlpRatio);
        }

        Config with(ModelArgs args) {
            return new Config(
                    args.integer("patch_size", patchSize),
                    args.integer("embed_dim", embedDim),
                    args.integer("num_blocks", numBlocks),
                    args.factors("mlp_ratio", mlpRatio),
                    args.rate("drop_path_rate", dropPathRate));
        }
    }

    /** Token mixing, then channel mixing, each with a residual (figure 1 of the paper). */
    private static final class Block extends Module {

        private final LayerNorm norm1;
        private final Mlp mlpTokens;
        private final LayerNorm norm2;
        private final Mlp mlpChannels;
        private final double dropPath;

        Block(Config c, int tokens) {
            norm1 = child("norm1", new LayerNorm(c.embedDim, EPS));
            mlpTokens = child("mlp_tokens", glorot(tokens, (long) (c.embedDim * c.mlpRatio.get(0))));
            norm2 = child("norm2", new LayerNorm(c.embedDim, EPS));
            mlpChannels = child("mlp_channels", glorot(c.embedDim, (long) (c.embedDim * c.mlpRatio.get(1))));
            dropPath = c.dropPathRate;
        }

        /** x (N, T, C); returns the same shape. */
        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            Tensor across = norm1.forward(x).transpose(1, 2); // (N, C, T)
            x = x.add(drop(mlpTokens.forward(across).transpose(1, 2)));
            return x.add(drop(mlpChannels.forward(norm2.forward(x))));
        }

        private Tensor drop(Tensor branch) {
            return isTraining() ? DropPath.dropPath(branch, dropPath) : branch;
        }
    }

    public MlpMixer(ModelConfig config, Config c) {
        super(config);
        int size = imageInput().size();
        int grid = PatchEmbed.grid(size, c.patchSize);
        width = c.embedDim;
        stem = child("stem", stem(size, c.patchSize, width));
        for (int i = 0; i < c.numBlocks; i++) {
            blocks.add(child("blocks." + i, new Block(c, grid * grid)));
        }
        norm = child("norm", new LayerNorm(width, EPS));
        head = child("head", zeroHead(width, config.classes()));
        stages = new StageEnds(c.numBlocks);
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = stem.forward(images).reshape(images.size(0), -1, width); // (N, T, C)
        for (int i = 0; i < blocks.size(); i++) {
            x = blocks.get(i).forward(x);
            stages.offer(trace, i, x);
        }
        Tensor features = norm.forward(x).mean(1); // (N, C)
        trace.offer("features", features);
        Tensor logits = head.forward(features);
        trace.offer("logits", logits);
        return logits;
    }

    @Override
    public int featureWidth() {
        return width;
    }

    @Override
    public int prefixTokens() {
        return 0;
    }

    static PatchEmbed stem(int imageSize, int patch, long width) {
        Tensor weight = Init.lecunNormal(3L * patch * patch, width, 3, patch, patch);
        Conv2d proj = new Conv2d(new Conv2d.Shape(3, width, patch, patch, 0, 1), weight, List.of(Init.zeros(width)));
        return new PatchEmbed(imageSize, proj, List.of());
    }

    static Mlp glorot(long width, long hidden) {
        return new Mlp(
                new Linear(Init.xavierUniform(hidden, width), List.of(Init.normal(1e-6, hidden))),
                new Linear(Init.xavierUniform(width, hidden), List.of(Init.normal(1e-6, width))));
    }

    static Linear zeroHead(long width, long classes) {
        return new Linear(Init.zeros(classes, width), List.of(Init.zeros(classes)));
    }

    public static List<Catalogue.Entry> entries() {
        Config b16 = new Config(16, 768, 12, List.of(0.5, 4.0), 0);
        ImageInput input = new ImageInput(224, ImageInput.HALF, ImageInput.HALF, "bicubic", 0.875);
        return List.of(new Catalogue.Entry(
                "mixer_b16_224", 1000, input, (config, args) -> new MlpMixer(config, b16.with(args))));
    }
}
