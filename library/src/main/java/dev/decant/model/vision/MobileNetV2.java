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
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * MobileNetV2, inverted residuals with linear bottlenecks (Sandler et al. 2018, "MobileNetV2: Inverted Residuals and
 * Linear Bottlenecks", arXiv 1801.04381).
 *
 * <p>Reference: {@code mobilenetv2_100} in {@code timm/models/efficientnet.py}, timm 1.0.29, whose names, initial values and
 * stochastic depth these are. Differs in that the strides are arguments, for small images. The stages are OFA-KD's (arXiv
 * 2310.19444): the linear outputs of blocks 2, 5 and 12 of the 17, counted from zero, and the head convolution after its
 * activation.
 */
final class MobileNetV2 extends ImageClassifier {

    private static final int STEM = 32;
    private static final int HEAD = 1280;
    private static final int EXPANSION = 6;
    private static final int[] REPEATS = {1, 2, 3, 4, 3, 3, 1};
    private static final int[] CHANNELS = {16, 24, 32, 64, 96, 160, 320};
    /** Group of blocks to the stage that ends with it. */
    private static final Map<Integer, String> STAGES = Map.of(1, "stage1", 2, "stage2", 4, "stage3");

    private final Conv2d convStem;
    private final BatchNorm2d bn1;
    private final List<List<Block>> groups = new ArrayList<>();
    private final Conv2d convHead;
    private final BatchNorm2d bn2;
    private final Linear classifier;
    private final int featureWidth;

    /**
     * What distinguishes one MobileNetV2 from another.
     *
     * @param channelMultiplier on every width, rounded to multiples of 8; the head never shrinks below 1280
     * @param stemStride 2 for images of 224 pixels
     * @param strides of the seven groups of blocks
     * @param dropPathRate stochastic depth, growing evenly from zero with depth
     */
    public record Config(double channelMultiplier, int stemStride, List<Integer> strides, double dropPathRate) {
        public Config {
            strides = List.copyOf(strides);
        }
    }

    /**
     * Convolution and norm by turns, ReLU6 between them and none at the end, beside a shortcut where shapes allow.
     *
     * <p>The first block of the network has no expansion: depthwise, pointwise. The others have: pointwise, depthwise,
     * pointwise.
     */
    private static final class Block extends Module {

        private final List<Conv2d> convs = new ArrayList<>();
        private final List<BatchNorm2d> norms = new ArrayList<>();
        private final List<GateSlot> expanded; // on what the depthwise convolution makes, where there is an expansion
        private final boolean shortcut;
        private final DropPath drop;

        Block(int inputs, int outputs, int expansion, int stride, double dropRate) {
            shortcut = stride == 1 && inputs == outputs;
            int hidden = expansion == 1 ? inputs : MobileNetV1.rounded(inputs * expansion);
            if (expansion > 1) {
                step("conv_pw", Conv2d.pointwise(inputs, hidden), hidden);
            }
            step("conv_dw", Conv2d.depthwise(hidden, 3, stride), hidden);
            step(expansion > 1 ? "conv_pwl" : "conv_pw", Conv2d.pointwise(hidden, outputs), outputs);
            drop = child("drop_path", new DropPath(dropRate));
            expanded = expansion > 1 ? List.of(channels(inputs, hidden, outputs)) : List.of();
        }

        private GateSlot channels(int inputs, int hidden, int outputs) {
            GateSlot slot = gate("channels", hidden, inputs + 2L + 9 + 2 + outputs);
            for (int i = 0; i < 2; i++) {
                slot.over(convs.get(i).outputs());
                slot.over(norms.get(i).channels());
            }
            slot.over(convs.get(2).inputs());
            return slot;
        }

        private void step(String name, Conv2d conv, int outputs) {
            convs.add(child(name, conv));
            norms.add(child("bn" + convs.size(), new BatchNorm2d(outputs)));
        }

        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            Tensor y = norms.get(0).forward(convs.get(0).forward(x));
            for (int i = 1; i < convs.size(); i++) {
                y = Ops.relu6(y);
                for (GateSlot gate : i == convs.size() - 1 ? expanded : List.<GateSlot>of()) {
                    y = gate.apply(y, 1);
                }
                y = norms.get(i).forward(convs.get(i).forward(y));
            }
            return shortcut ? drop.forward(y).add(x) : y;
        }
    }

    public MobileNetV2(ModelConfig config, Config shape) {
        super(config);
        double multiplier = shape.channelMultiplier;
        int inputs = MobileNetV1.rounded(STEM * multiplier);
        convStem = child("conv_stem", new Conv2d(3, inputs, 3, shape.stemStride, 1));
        bn1 = child("bn1", new BatchNorm2d(inputs));
        int index = 0;
        for (int g = 0; g < REPEATS.length; g++) {
            List<Block> group = new ArrayList<>();
            int outputs = MobileNetV1.rounded(CHANNELS[g] * multiplier);
            for (int b = 0; b < REPEATS[g]; b++) {
                int stride = b == 0 ? shape.strides.get(g) : 1;
                double drop =
                        shape.dropPathRate * index++ / Arrays.stream(REPEATS).sum();
                Block block = new Block(inputs, outputs, g == 0 ? 1 : EXPANSION, stride, drop);
                group.add(child("blocks." + g + "." + b, block));
                inputs = outputs;
            }
            groups.add(group);
        }
        featureWidth = Math.max(HEAD, MobileNetV1.rounded(HEAD * multiplier));
        convHead = child("conv_head", Conv2d.pointwise(inputs, featureWidth));
        bn2 = child("bn2", new BatchNorm2d(featureWidth));
        classifier = child("classifier", MobileNetV1.classifier(featureWidth, config.classes()));
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = Ops.relu6(bn1.forward(convStem.forward(images))); // (N, C, H/2, W/2)
        for (int g = 0; g < groups.size(); g++) {
            for (int b = 0; b < groups.get(g).size(); b++) {
                x = groups.get(g).get(b).forward(x);
                trace.offer("blocks." + g + "." + b, x);
            }
            if (STAGES.containsKey(g)) {
                trace.offer(STAGES.get(g), x);
            }
        }
        x = Ops.relu6(bn2.forward(convHead.forward(x))); // (N, 1280, H/32, W/32)
        trace.offer("stage4", x);
        Tensor features = Ops.globalAveragePool(x); // (N, 1280)
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
                "mobilenetv2_100",
                1000,
                new ImageInput(224, ImageInput.IMAGENET_MEAN, ImageInput.IMAGENET_STD, "bicubic", 0.875),
                (config, args) -> new MobileNetV2(
                        config,
                        new Config(
                                args.factor("channel_multiplier", 1),
                                args.integer("stem_stride", 2),
                                args.perStage("strides", List.of(1, 2, 2, 2, 1, 2, 1)),
                                args.rate("drop_path_rate", 0)))));
    }
}
