package dev.decant.model.vision;

import dev.decant.ModelException;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.nn.BatchNorm2d;
import dev.decant.nn.Conv2d;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Init;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The ResNet of 6n+2 layers for images of 32 pixels, with shortcuts that have no weights (He, Zhang, Ren and Sun 2015,
 * "Deep Residual Learning for Image Recognition", arXiv 1512.03385, section 4.2, option A).
 *
 * <p>Reference: {@code akamaster/pytorch_resnet_cifar10}, whose names and initial values these are; its published weights
 * load as they are. The network has three residual stages where distillation wants four: {@code stage1} is the stem after
 * its ReLU and {@code stage2} to {@code stage4} are the outputs of {@code layer1} to {@code layer3}, so at 32 pixels the
 * stages are 32, 32, 16 and 8 pixels wide.
 */
final class CifarResNet extends ImageClassifier {

    private final Config shape;
    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final List<List<Block>> stages = new ArrayList<>();
    private final Linear linear;

    /**
     * What distinguishes one of these from another.
     *
     * @param blocks per stage; n of 6n+2
     * @param channels width of the three stages; the first is the stem's too
     */
    public record Config(int blocks, List<Integer> channels) {

        public Config {
            channels = List.copyOf(channels);
            for (int s = 1; s < channels.size(); s++) {
                int more = channels.get(s) - channels.get(s - 1);
                if (more < 0 || more % 2 != 0) {
                    throw new ModelException(
                            "channels " + channels
                                    + ": each must be the one before plus an even number, half of which is padded on each side");
                }
            }
        }
    }

    /** Two 3x3 convolutions beside a shortcut that takes every second pixel and pads the channels with zeros. */
    private static final class Block extends Module {

        private final int stride;
        private final int padding;
        private final Conv2d conv1;
        private final BatchNorm2d bn1;
        private final Conv2d conv2;
        private final BatchNorm2d bn2;
        private final GateSlot channels;

        Block(int inputs, int width, int stride) {
            this.stride = stride;
            padding = (width - inputs) / 2;
            conv1 = child("conv1", new Conv2d(inputs, width, 3, stride, 1));
            bn1 = child("bn1", new BatchNorm2d(width));
            conv2 = child("conv2", new Conv2d(width, width, 3, 1, 1));
            bn2 = child("bn2", new BatchNorm2d(width));
            channels = gate("conv1_channels", width, 9L * inputs + 2 + 9L * width);
            channels.over(conv1.outputs());
            channels.over(bn1.channels());
            channels.over(conv2.inputs());
        }

        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            Tensor y = channels.apply(conv1.forward(x, bn1).reluInPlace(), 1);
            return conv2.forward(y, bn2).addInPlace(shortcut(x), 1).reluInPlace();
        }

        private Tensor shortcut(Tensor x) {
            Tensor sampled = stride == 1 ? x : x.every(2, stride).every(3, stride);
            return padding == 0 ? sampled : sampled.padChannels(padding, padding);
        }
    }

    public CifarResNet(ModelConfig config, Config shape) {
        super(config);
        this.shape = shape;
        int inputs = shape.channels.get(0);
        conv1 = child("conv1", new Conv2d(3, inputs, 3, 1, 1));
        bn1 = child("bn1", new BatchNorm2d(inputs));
        for (int s = 0; s < shape.channels.size(); s++) {
            List<Block> stage = new ArrayList<>();
            for (int b = 0; b < shape.blocks; b++) {
                Block block = new Block(inputs, shape.channels.get(s), s > 0 && b == 0 ? 2 : 1);
                stage.add(child("layer" + (s + 1) + "." + b, block));
                inputs = shape.channels.get(s);
            }
            stages.add(stage);
        }
        linear = child("linear", Linear.uniform(inputs, config.classes()));
        parameters().values().stream().filter(p -> p.rank() > 1).forEach(CifarResNet::drawFanIn);
    }

    /** Normal with variance 2 / fan-in, unlike the other CNNs (He et al. 2015). */
    private static void drawFanIn(Tensor weight) {
        double fanIn = (double) weight.elements() / weight.size(0);
        weight.setData(Init.normal(Math.sqrt(2 / fanIn), weight.shape()));
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = conv1.forward(images, bn1).reluInPlace(); // (N, C, H, W)
        trace.offer("stage1", x);
        for (int s = 0; s < stages.size(); s++) {
            for (int b = 0; b < stages.get(s).size(); b++) {
                x = stages.get(s).get(b).forward(x);
                trace.offer("layer" + (s + 1) + "." + b, x);
            }
            trace.offer("stage" + (s + 2), x);
        }
        Tensor features = Ops.globalAveragePool(x); // (N, C)
        trace.offer("features", features);
        Tensor logits = linear.forward(features);
        trace.offer("logits", logits);
        return logits;
    }

    @Override
    public int featureWidth() {
        return shape.channels.get(shape.channels.size() - 1);
    }

    @Override
    public int prefixTokens() {
        return 0;
    }

    public static List<Catalogue.Entry> entries() {
        return List.of(
                entry("resnet20_cifar", 3),
                entry("resnet32_cifar", 5),
                entry("resnet44_cifar", 7),
                entry("resnet56_cifar", 9));
    }

    private static Catalogue.Entry entry(String name, int blocks) {
        return new Catalogue.Entry(
                name,
                10,
                new ImageInput(32, ImageInput.IMAGENET_MEAN, ImageInput.IMAGENET_STD, "bilinear", 1.0),
                (config, args) -> new CifarResNet(
                        config,
                        new Config(args.integer("blocks", blocks), args.perStage("channels", List.of(16, 32, 64)))));
    }
}
