package dev.decant.recipe;

import dev.decant.spec.LmReduction;
import dev.decant.spec.LossDefaults;

/** Losses on images with texts, from the data or from a teacher. */
public sealed interface ImageTextLoss extends LossSpec {

    /** A loss on the data alone. */
    sealed interface OfData extends ImageTextLoss {

        @Override
        default boolean needsTeacher() {
            return false;
        }
    }

    /** Images and texts that belong together. */
    @About(
            "Contrast of the images and texts of a batch, both ways; texts about one image are not told apart (CLIP, X-VLM).")
    record Itc() implements OfData {}

    /** Pairs and hard negatives. */
    @About(
            "Whether an image and a text belong together: the pairs of the batch against hard negatives, which all networks of a step share (ALBEF, X-VLM).")
    record Itm() implements OfData {}

    /** Hidden words. */
    @About("Words that are hidden in texts, from the rest of the text and the image.")
    record Mlm() implements OfData {}

    /** Boxes. */
    @About("The box in the image that a text is about: L1 distance and 1 - GIoU; 0 for texts about whole images.")
    record Box(
            @About("factor on the L1 distance of centre and sides") @Default("1") double l1Weight,
            @About("factor on 1 - GIoU") @Default("1") double giouWeight)
            implements OfData {
        public Box {
            Checks check = new Checks();
            check.atLeast("l1-weight", l1Weight, 0);
            check.atLeast("giou-weight", giouWeight, 0);
            check.done();
        }
    }

    /** Answers and captions. */
    @Formerly("writing")
    @About("Language modeling: the tokens of answers or captions, each from those before it.")
    record Lm(
            @About("taken from the label and given to the other words; 0.1 for captions of X-VLM") @Default("0")
                    double smoothing,
            @Formerly("given")
                    @About("tokens at the start of each text that are not learned: the class token and a prompt")
                    @Default("1")
                    int prefixTokens,
            @About("`token`: the mean over tokens; `question`: the sum over tokens and, by their weights, over answers")
                    @Default("question")
                    LmReduction per)
            implements OfData {
        public Lm {
            Checks check = new Checks();
            check.that(
                    smoothing >= 0 && smoothing < 1, "smoothing", "must be at least 0 and below 1, got " + smoothing);
            check.atLeast("prefix-tokens", prefixTokens, 1);
            check.done();
        }
    }

    /** Softened logits of matching. */
    @About(
            "KL divergence of whether an image and a text belong together, over pairs and hard negatives, times temperature² (EfficientVLM).")
    record ItmKd(@About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature)
            implements ImageTextLoss {
        public ItmKd {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.done();
        }
    }

    /** Softened logits of words. */
    @About(
            "KL divergence of the words that are hidden in texts, or that are written, times temperature² (EfficientVLM).")
    record MlmKd(
            @About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature,
            @About("whether places without a word count like others, as in the published code") @Default("false")
                    boolean padding)
            implements ImageTextLoss {
        public MlmKd {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.done();
        }
    }
}
