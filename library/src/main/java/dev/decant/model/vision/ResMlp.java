package dev.decant.model.vision;

import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelArgs;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.nn.DropPath;
import dev.decant.nn.Init;
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
 * ResMLP (Touvron et al. 2021, arXiv 2105.03404): one linear map across patches, one perceptron across channels, no
 * statistics anywhere.
 *
 * <p>Names, mathematics and initial values are those of timm 1.0.29's {@code MlpMixer} with {@code ResBlock}: affine maps
 * in the place of norms, each branch scaled per channel from 1e-4, linear maps Glorot-uniform, classifier zero. So the
 * first step of a fresh network changes its classifier alone. Stages are cut as {@link StageEnds} says and are taken
 * before the final affine map.
 */
final class ResMlp extends ImageClassifier {

    private static final double LAYER_SCALE = 1e-4;

    private final PatchEmbed stem;
    private final List<Block> blocks = new ArrayList<>();
    private final Affine norm;
    private final Linear head;
    private final StageEnds stages;
    private final int width;

    /** Sizes under timm's argument names. */
    public record Config(int patchSize, int embedDim, int numBlocks, double mlpRatio, double dropPathRate) {

        Config with(ModelArgs args) {
            return new Config(
                    args.integer("patch_size", patchSize),
                    args.integer("embed_dim", embedDim),
                    args.integer("num_blocks", numBlocks),
                    args.factor("mlp_ratio", mlpRatio),
                    args.rate("drop_path_rate", dropPathRate));
        }
    }

    /** alpha x + beta per channel. */
    private static final class Affine extends Module {

        private final Tensor alpha;
        private final Tensor beta;

        Affine(long width) {
            alpha = parameter("alpha", Init.ones(1, 1, width));
            beta = parameter("beta", Init.zeros(1, 1, width));
        }

        Tensor forward(Tensor x) {
            return x.mul(alpha).add(beta);
        }
    }

    /** x + ls1 A(norm(x)) across patches, then x + ls2 mlp(norm(x)) across channels (section 2 of the paper). */
    private static final class Block extends Module {

        private final Tensor ls1;
        private final Tensor ls2;
        private final Affine norm1;
        private final Linear linearTokens;
        private final Affine norm2;
        private final Mlp mlpChannels;
        private final double dropPath;

        Block(Config c, int tokens) {
            ls1 = parameter("ls1", Init.ones(c.embedDim).mul(LAYER_SCALE));
            ls2 = parameter("ls2", Init.ones(c.embedDim).mul(LAYER_SCALE));
            norm1 = child("norm1", new Affine(c.embedDim));
            linearTokens =
                    child("linear_tokens", new Linear(Init.xavierUniform(tokens, tokens), List.of(Init.zeros(tokens))));
            norm2 = child("norm2", new Affine(c.embedDim));
            mlpChannels = child("mlp_channels", MlpMixer.glorot(c.embedDim, (long) (c.embedDim * c.mlpRatio)));
            dropPath = c.dropPathRate;
        }

        /** x (N, T, C); returns the same shape. */
        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            Tensor across = norm1.forward(x).transpose(1, 2); // (N, C, T)
            x = x.add(drop(linearTokens.forward(across).transpose(1, 2).mul(ls1)));
            return x.add(drop(mlpChannels.forward(norm2.forward(x)).mul(ls2)));
        }

        private Tensor drop(Tensor branch) {
            return isTraining() ? DropPath.dropPath(branch, dropPath) : branch;
        }
    }

    public ResMlp(ModelConfig config, Config c) {
        super(config);
        int size = imageInput().size();
        int grid = PatchEmbed.grid(size, c.patchSize);
        width = c.embedDim;
        stem = child("stem", MlpMixer.stem(size, c.patchSize, width));
        for (int i = 0; i < c.numBlocks; i++) {
            blocks.add(child("blocks." + i, new Block(c, grid * grid)));
        }
        norm = child("norm", new Affine(width));
        head = child("head", MlpMixer.zeroHead(width, config.classes()));
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

    public static List<Catalogue.Entry> entries() {
        Config s12 = new Config(16, 384, 12, 4, 0);
        ImageInput input = new ImageInput(224, ImageInput.IMAGENET_MEAN, ImageInput.IMAGENET_STD, "bicubic", 0.875);
        return List.of(new Catalogue.Entry(
                "resmlp_12_224", 1000, input, (config, args) -> new ResMlp(config, s12.with(args))));
    }
}
