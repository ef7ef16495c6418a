package dev.decant.model.vision;

import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.nn.BatchNorm2d;
import dev.decant.nn.Conv2d;
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
 * MobileNet, a plain stack of depthwise-separable convolutions (Howard et al. 2017, "MobileNets: Efficient Convolutional
 * Neural Networks for Mobile Vision Applications", arXiv 1704.04861).
 *
 * <p>Reference: {@code mobilenetv1_100} in {@code timm/models/efficientnet.py}, timm 1.0.29, whose names, ReLU6 and initial
 * values these are. Differs in that the strides are arguments, for small images. A stage is the output of its last block
 * before the final activation, as OFA-KD (arXiv 2310.19444) takes it: the blocks 3, 5, 11 and 13, counted from one after
 * the stem's zero. A block's own tap is after the activation.
 */
final class MobileNetV1 extends ImageClassifier {

    private static final int STEM = 32;
    private static final int[] REPEATS = {1, 2, 2, 6, 2};
    private static final int[] CHANNELS = {64, 128, 256, 512, 1024};

    private final Conv2d convStem;
    private final BatchNorm2d bn1;
    private final List<List<Separable>> groups = new ArrayList<>();
    private final Linear classifier;
    private final int featureWidth;

    /**
     * What distinguishes one MobileNetV1 from another.
     *
     * @param channelMultiplier on every width, rounded to multiples of 8
     * @param stemStride 2 for images of 224 pixels
     * @param strides of the five groups of blocks
     */
    public record Config(double channelMultiplier, int stemStride, List<Integer> strides) {
        public Config {
            strides = List.copyOf(strides);
        }
    }

    /** Depthwise 3x3, then pointwise, each with norm and ReLU6. */
    private static final class Separable extends Module {

        private final Conv2d convDw;
        private final BatchNorm2d bn1;
        private final Conv2d convPw;
        private final BatchNorm2d bn2;

        Separable(int inputs, int outputs, int stride) {
            convDw = child("conv_dw", Conv2d.depthwise(inputs, 3, stride));
            bn1 = child("bn1", new BatchNorm2d(inputs));
            convPw = child("conv_pw", Conv2d.pointwise(inputs, outputs));
            bn2 = child("bn2", new BatchNorm2d(outputs));
        }

        /** The block without its last activation. */
        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            return bn2.forward(convPw.forward(Ops.relu6(bn1.forward(convDw.forward(x)))));
        }
    }

    public MobileNetV1(ModelConfig config, Config shape) {
        super(config);
        int inputs = rounded(STEM * shape.channelMultiplier);
        convStem = child("conv_stem", new Conv2d(3, inputs, 3, shape.stemStride, 1));
        bn1 = child("bn1", new BatchNorm2d(inputs));
        for (int g = 0; g < REPEATS.length; g++) {
            List<Separable> group = new ArrayList<>();
            int outputs = rounded(CHANNELS[g] * shape.channelMultiplier);
            for (int b = 0; b < REPEATS[g]; b++) {
                int stride = b == 0 ? shape.strides.get(g) : 1;
                group.add(child("blocks." + g + "." + b, new Separable(inputs, outputs, stride)));
                inputs = outputs;
            }
            groups.add(group);
        }
        featureWidth = inputs;
        classifier = child("classifier", classifier(featureWidth, config.classes()));
    }

    /** Weights uniform within 1/sqrt(K), bias zero. */
    static Linear classifier(int width, int classes) {
        return new Linear(Init.uniform(1 / Math.sqrt(classes), classes, width), List.of(Init.zeros(classes)));
    }

    /** The multiple of 8 nearest to a width, at least 8 and never more than a tenth below it. */
    static int rounded(double channels) {
        int nearest = Math.max(8, (int) (channels + 4) / 8 * 8);
        return nearest < 0.9 * channels ? nearest + 8 : nearest;
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = Ops.relu6(bn1.forward(convStem.forward(images))); // (N, C, H/2, W/2)
        for (int g = 0; g < groups.size(); g++) {
            for (int b = 0; b < groups.get(g).size(); b++) {
                Tensor linear = groups.get(g).get(b).forward(x);
                if (g > 0 && b == groups.get(g).size() - 1) {
                    trace.offer("stage" + g, linear);
                }
                x = Ops.relu6(linear);
                trace.offer("blocks." + g + "." + b, x);
            }
        }
        Tensor features = Ops.globalAveragePool(x); // (N, C)
        trace.offer("features", features);
        Tensor logits = classifier.forward(features);
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
        return List.of(new Catalogue.Entry(
                "mobilenetv1_100",
                1000,
                new ImageInput(224, ImageInput.HALF, ImageInput.HALF, "bicubic", 0.875),
                (config, args) -> new MobileNetV1(
                        config,
                        new Config(
                                args.factor("channel_multiplier", 1),
                                args.integer("stem_stride", 2),
                                args.perStage("strides", List.of(1, 2, 2, 2, 2))))));
    }
}
