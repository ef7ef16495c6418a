package dev.decant.model;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code config.json} says of a model: enough to build it again.
 *
 * @param architecture catalogue name
 * @param classes size of the classifier; 0 without one
 * @param args arguments that differ from the architecture's own
 * @param input what it is run on
 */
public record ModelConfig(String architecture, int classes, Map<String, Object> args, Input input) {

    public ModelConfig {
        args = Map.copyOf(args);
    }

    /** With one more argument, or another value of it. */
    public ModelConfig with(String key, Object value) {
        Map<String, Object> more = new HashMap<>(args);
        more.put(key, value);
        return new ModelConfig(architecture, classes, more, input);
    }

    /** What a model wants to be given. */
    public sealed interface Input {

        /** n random examples, to learn shapes and times by. */
        Inputs sample(int n);
    }

    /**
     * How images are prepared (timm's {@code pretrained_cfg}).
     *
     * @param size height and width in pixels
     * @param mean of R, G, B in 0..1
     * @param std of R, G, B in 0..1
     * @param interpolation "bilinear" or "bicubic"
     * @param cropPct part of the resized image that the centre crop keeps
     */
    public record ImageInput(int size, List<Double> mean, List<Double> std, String interpolation, double cropPct)
            implements Input {

        public static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
        public static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);
        public static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
        public static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);
        public static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

        public ImageInput {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }

        @Override
        public Inputs.Images sample(int n) {
            return new Inputs.Images(Tensor.rand(n, 3, size, size));
        }

        public ImageInput withSize(int newSize) {
            return new ImageInput(newSize, mean, std, interpolation, cropPct);
        }
    }

    /**
     * Which tokens a model takes.
     *
     * @param vocabulary how many there are
     * @param positions how many at once at most
     * @param padding the token that fills up
     */
    public record TextInput(int vocabulary, int positions, int padding) implements Input {

        private static final int LENGTH = 128;

        @Override
        public Inputs.Text sample(int n) {
            return sample(n, Math.min(LENGTH, positions));
        }

        /** n texts of random tokens, all of one length. */
        public Inputs.Text sample(int n, int length) {
            return Inputs.Text.whole(Tensor.rand(n, length).mul(vocabulary - 1).to(DType.I64));
        }
    }

    /**
     * Images and texts about them.
     *
     * @param patch side of a patch in pixels: regions are given in patches
     */
    public record ImageTextInput(ImageInput image, TextInput text, int patch) implements Input {

        @Override
        public Inputs.ImageText sample(int n) {
            Tensor each = Tensor.arange(n);
            return new Inputs.ImageText(
                    image.sample(n),
                    text.sample(n),
                    each,
                    each,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    new Negatives(0));
        }

        /** Patches along one side. */
        public int grid() {
            return image.size() / patch;
        }
    }
}
