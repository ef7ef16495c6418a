package dev.decant.model.vision;

import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.nn.Conv2d;
import dev.decant.nn.DropPath;
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

/**
 * ConvNeXt, a ResNet with the proportions of a Swin Transformer (Liu et al. 2022, "A ConvNet for the 2020s", arXiv
 * 2201.03545).
 *
 * <p>Reference: {@code timm/models/convnext.py}, timm 1.0.29, whose names, initial values and stochastic depth these are.
 * Between blocks the layout is (N, C, H, W); norm and MLP run over channels in the last place, which is a view when memory
 * is channels-last. A stage is the output of its last block, before the final norm.
 */
final class ConvNeXt extends ImageClassifier {

    private static final double EPS = 1e-6;

    private final Conv2d stem;
    private final LayerNorm stemNorm;
    private final List<Stage> stages = new ArrayList<>();
    private final LayerNorm norm;
    private final Linear fc;
    private final int featureWidth;

    /**
     * What distinguishes one ConvNeXt from another.
     *
     * @param depths blocks per stage
     * @param dims width of each stage
     * @param patchSize side and stride of the stem's patches; 4 for images of 224 pixels, 1 or 2 for 32
     * @param layerScale initial value of the weight on each block's branch
     * @param dropPathRate stochastic depth of the last block, growing evenly from zero
     */
    public record Config(
            List<Integer> depths, List<Integer> dims, int patchSize, double layerScale, double dropPathRate) {

        public Config {
            depths = List.copyOf(depths);
            dims = List.copyOf(dims);
        }

        int blocks() {
            return depths.stream().mapToInt(n -> n).sum();
        }
    }

    /** x + gamma * mlp(norm(depthwise 7x7(x))). */
    private static final class Block extends Module {

        private final Tensor gamma;
        private final Conv2d convDw;
        private final LayerNorm norm;
        private final Mlp mlp;
        private final DropPath drop;

        Block(int width, double layerScale, double dropRate) {
            gamma = parameter("gamma", Init.ones(width).mulInPlace(layerScale));
            convDw = child("conv_dw", new Conv2d(new Conv2d.Shape(width, width, 7, 1, 3, width), true));
            norm = child("norm", new LayerNorm(width, EPS));
            mlp = child("mlp", new Mlp(width, 4L * width));
            drop = child("drop_path", new DropPath(dropRate));
        }

        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            Tensor y = convDw.forward(x).permute(0, 2, 3, 1); // (N, H, W, C)
            y = mlp.forward(norm.forward(y)).mul(gamma);
            return drop.forward(y.permute(0, 3, 1, 2)).add(x); // (N, C, H, W)
        }
    }

    /** Norm and 2x2 convolution that halve the resolution, but not in the first stage; then the blocks. */
    private static final class Stage extends Module {

        private final List<LayerNorm> downNorm;
        private final List<Conv2d> down;
        private final List<Block> blocks = new ArrayList<>();

        Stage(Config c, int number, int firstBlock) {
            double[] drops = DropPath.growing(c.dropPathRate, c.blocks());
            int width = c.dims.get(number);
            if (number == 0) {
                downNorm = List.of();
                down = List.of();
            } else {
                int inputs = c.dims.get(number - 1);
                downNorm = List.of(child("downsample.0", new LayerNorm(inputs, EPS)));
                down = List.of(child("downsample.1", Conv2d.patches(inputs, width, 2)));
            }
            for (int b = 0; b < c.depths.get(number); b++) {
                blocks.add(child("blocks." + b, new Block(width, c.layerScale, drops[firstBlock + b])));
            }
        }

        Tensor forward(Tensor x, Trace trace) {
            for (int i = 0; i < down.size(); i++) {
                x = down.get(i).forward(downNorm.get(i).forwardChannels(x)); // (N, C', H/2, W/2)
            }
            for (int b = 0; b < blocks.size(); b++) {
                x = blocks.get(b).forward(x);
                trace.offer("blocks." + b, x);
            }
            return x;
        }
    }

    public ConvNeXt(ModelConfig config, Config shape) {
        super(config);
        int first = shape.dims.get(0);
        stem = child("stem.0", Conv2d.patches(3, first, shape.patchSize));
        stemNorm = child("stem.1", new LayerNorm(first, EPS));
        int firstBlock = 0;
        for (int s = 0; s < shape.depths.size(); s++) {
            stages.add(child("stages." + s, new Stage(shape, s, firstBlock)));
            firstBlock += shape.depths.get(s);
        }
        featureWidth = shape.dims.get(shape.dims.size() - 1);
        norm = child("head.norm", new LayerNorm(featureWidth, EPS));
        fc = child("head.fc", new Linear(featureWidth, config.classes()));
        // convolutions start as linear maps do here: normal with deviation 0.02
        parameters().values().stream().filter(p -> p.rank() == 4).forEach(p -> p.setData(Init.normal(0.02, p.shape())));
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = stemNorm.forwardChannels(stem.forward(images)); // (N, C, H/4, W/4)
        for (int s = 0; s < stages.size(); s++) {
            x = stages.get(s).forward(x, trace.at("stages").at(s));
            trace.offer("stage" + (s + 1), x);
        }
        Tensor features = norm.forward(Ops.globalAveragePool(x)); // (N, C)
        trace.offer("features", features);
        Tensor logits = fc.forward(features);
        trace.offer("logits", logits);
        return logits;
    }

    @Override
    public int featureWidth() {
        return featureWidth;
    }

    @Override
    public int prefixTokens() {
        return 0;
    }

    public static List<Catalogue.Entry> entries() {
        return List.of(
                entry("convnext_tiny", List.of(3, 3, 9, 3), List.of(96, 192, 384, 768)),
                entry("convnext_base", List.of(3, 3, 27, 3), List.of(128, 256, 512, 1024)));
    }

    private static Catalogue.Entry entry(String name, List<Integer> depths, List<Integer> dims) {
        return new Catalogue.Entry(
                name,
                1000,
                new ImageInput(224, ImageInput.IMAGENET_MEAN, ImageInput.IMAGENET_STD, "bicubic", 0.875),
                (config, args) -> new ConvNeXt(
                        config,
                        new Config(
                                args.perStage("depths", depths),
                                args.perStage("dims", dims),
                                args.integer("patch_size", 4),
                                args.factor("ls_init_value", 1e-6),
                                args.rate("drop_path_rate", 0))));
    }
}
