package dev.decant.model.vision;

import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.nn.BatchNorm2d;
import dev.decant.nn.Conv2d;
import dev.decant.nn.DropPath;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * ResNet with basic blocks or bottlenecks (He, Zhang, Ren and Sun 2015, "Deep Residual Learning for Image Recognition",
 * arXiv 1512.03385).
 *
 * <p>Reference: {@code timm/models/resnet.py}, timm 1.0.29, whose names, initial values and stochastic depth these are.
 * As there, a bottleneck strides in its 3x3 convolution and the last norm of each block starts at zero. Differs in
 * {@code stem: small}, a 3x3 stride-1 stem without pooling for images of 32 or 64 pixels, and in that the stem is as wide
 * as the first stage. A stage is the output of its last block after the ReLU.
 * Gates {@code conv1_channels} (and {@code conv2_channels} of a bottleneck) are on the channels inside a block.
 */
final class ResNet extends ImageClassifier {

    private final Config shape;
    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final List<List<Block>> stages = new ArrayList<>();
    private final Linear fc;

    /**
     * What distinguishes one ResNet from another.
     *
     * @param bottleneck 1x1, 3x3, 1x1 with four times the width out, instead of two 3x3
     * @param layers blocks per stage
     * @param channels width of each stage inside its blocks; the first is the stem's too
     * @param smallStem 3x3 stride 1, no pooling, instead of 7x7 stride 2 and max-pool
     * @param dropPathRate stochastic depth of the last block, growing evenly from zero
     */
    public record Config(
            boolean bottleneck, List<Integer> layers, List<Integer> channels, boolean smallStem, double dropPathRate) {

        public Config {
            layers = List.copyOf(layers);
            channels = List.copyOf(channels);
        }

        int expansion() {
            return bottleneck ? 4 : 1;
        }

        int blocks() {
            return layers.stream().mapToInt(n -> n).sum();
        }
    }

    /** A branch of convolutions beside a shortcut: relu(branch(x) + shortcut(x)). */
    private static final class Block extends Module {

        private final List<Conv2d> convs = new ArrayList<>();
        private final List<BatchNorm2d> norms = new ArrayList<>();
        private final List<GateSlot> gates = new ArrayList<>(); // on what goes from one convolution to the next
        private final List<Projection> projection;
        private final DropPath drop;

        Block(Config c, int inputs, int width, int stride, double dropRate) {
            int outputs = width * c.expansion();
            if (c.bottleneck) {
                step(Conv2d.pointwise(inputs, width), new BatchNorm2d(width));
                step(new Conv2d(width, width, 3, stride, 1), new BatchNorm2d(width));
                step(Conv2d.pointwise(width, outputs), BatchNorm2d.silent(outputs));
            } else {
                step(new Conv2d(inputs, width, 3, stride, 1), new BatchNorm2d(width));
                step(new Conv2d(width, width, 3, 1, 1), BatchNorm2d.silent(width));
            }
            projection = stride == 1 && inputs == outputs
                    ? List.of()
                    : List.of(child("downsample", new Projection(inputs, outputs, stride)));
            drop = child("drop_path", new DropPath(dropRate));
            for (int i = 0; i + 1 < convs.size(); i++) {
                gates.add(channels("conv" + (i + 1) + "_channels", convs.get(i), norms.get(i), convs.get(i + 1)));
            }
        }

        /** Channels that one convolution makes for the next alone. */
        private GateSlot channels(String name, Conv2d from, BatchNorm2d norm, Conv2d to) {
            long units = from.weight().size(0);
            GateSlot slot = gate(name, units, parameters(from) / units + parameters(to) / units + 2);
            slot.over(from.outputs());
            slot.over(norm.channels());
            slot.over(to.inputs());
            return slot;
        }

        /** Of a convolution as one gate counts them: the middle one of three lies between two gates, half for each. */
        private long parameters(Conv2d conv) {
            boolean isBetween = convs.size() == 3 && conv.equals(convs.get(1));
            return isBetween ? conv.weight().elements() / 2 : conv.weight().elements();
        }

        private void step(Conv2d conv, BatchNorm2d norm) {
            int number = convs.size() + 1;
            convs.add(child("conv" + number, conv));
            norms.add(child("bn" + number, norm));
        }

        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            Tensor y = x;
            for (int i = 0; i < convs.size(); i++) {
                y = i == 0 ? x : gates.get(i - 1).apply(y.reluInPlace(), 1);
                y = convs.get(i).forward(y, norms.get(i));
            }
            Tensor shortcut = projection.isEmpty() ? x : projection.get(0).forward(x);
            return drop.forward(y).addInPlace(shortcut, 1).reluInPlace();
        }
    }

    /** The shortcut where width or resolution changes. */
    private static final class Projection extends Module {

        private final Conv2d conv;
        private final BatchNorm2d norm;

        Projection(int inputs, int outputs, int stride) {
            conv = child("0", new Conv2d(inputs, outputs, 1, stride, 0));
            norm = child("1", new BatchNorm2d(outputs));
        }

        Tensor forward(Tensor x) {
            return conv.forward(x, norm);
        }
    }

    public ResNet(ModelConfig config, Config shape) {
        super(config);
        this.shape = shape;
        int width = shape.channels.get(0);
        conv1 = child("conv1", shape.smallStem ? new Conv2d(3, width, 3, 1, 1) : new Conv2d(3, width, 7, 2, 3));
        bn1 = child("bn1", new BatchNorm2d(width));
        int inputs = width;
        double[] drops = DropPath.growing(shape.dropPathRate, shape.blocks());
        int index = 0;
        for (int s = 0; s < shape.layers.size(); s++) {
            List<Block> stage = new ArrayList<>();
            for (int b = 0; b < shape.layers.get(s); b++) {
                Block block = new Block(shape, inputs, shape.channels.get(s), s > 0 && b == 0 ? 2 : 1, drops[index++]);
                stage.add(child("layer" + (s + 1) + "." + b, block));
                inputs = shape.channels.get(s) * shape.expansion();
            }
            stages.add(stage);
        }
        fc = child("fc", Linear.uniform(inputs, config.classes()));
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = conv1.forward(images, bn1).reluInPlace(); // (N, C, H/2, W/2)
        x = shape.smallStem ? x : Ops.maxPool(x, 3, 2, 1); // (N, C, H/4, W/4)
        for (int s = 0; s < stages.size(); s++) {
            for (int b = 0; b < stages.get(s).size(); b++) {
                x = stages.get(s).get(b).forward(x);
                trace.offer("layer" + (s + 1) + "." + b, x);
            }
            trace.offer("stage" + (s + 1), x);
        }
        Tensor features = Ops.globalAveragePool(x); // (N, C)
        trace.offer("features", features);
        Tensor logits = fc.forward(features);
        trace.offer("logits", logits);
        return logits;
    }

    @Override
    public int featureWidth() {
        return shape.channels.get(shape.channels.size() - 1) * shape.expansion();
    }

    @Override
    public int prefixTokens() {
        return 0;
    }

    public static List<Catalogue.Entry> entries() {
        return List.of(
                entry("resnet18", false, List.of(2, 2, 2, 2)),
                entry("resnet34", false, List.of(3, 4, 6, 3)),
                entry("resnet50", true, List.of(3, 4, 6, 3)),
                entry("resnet101", true, List.of(3, 4, 23, 3)));
    }

    private static Catalogue.Entry entry(String name, boolean bottleneck, List<Integer> layers) {
        ImageInput input = new ImageInput(
                224,
                ImageInput.IMAGENET_MEAN,
                ImageInput.IMAGENET_STD,
                bottleneck ? "bicubic" : "bilinear",
                bottleneck ? 0.95 : 0.875);
        return new Catalogue.Entry(
                name,
                1000,
                input,
                (config, args) -> new ResNet(
                        config,
                        new Config(
                                bottleneck,
                                args.perStage("layers", layers),
                                args.perStage("channels", List.of(64, 128, 256, 512)),
                                args.choice("stem", "large", List.of("large", "small"))
                                        .equals("small"),
                                args.rate("drop_path_rate", 0))));
    }
}
