package dev.decant.recipe;

import dev.decant.spec.LmReduction;
import dev.decant.spec.LossDefaults;

/** Losses on images with texts, from the data or from a teacher. */
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface ImageTextLoss extends LossSpec
        permits ImageTextLoss.OfData, ImageTextLoss.ItmKd, ImageTextLoss.MlmKd {

    /** A loss on the data alone. */
    // The order is that of messages and of the reference; without a list it would be the compiler's.
    sealed interface OfData extends ImageTextLoss
            permits ImageTextLoss.Itc, ImageTextLoss.Itm, ImageTextLoss.Mlm, ImageTextLoss.Box, ImageTextLoss.Lm {

        @Override
        default boolean needsTeacher() {
            return false;
        }
    }

    /** Images and texts that belong together. */
    @About("Image-text contrastive loss over the batch, in both directions; all texts of one image count as "
            + "positives (CLIP, X-VLM).")
    record Itc() implements OfData {}

    /** Pairs and hard negatives. */
    @About("Image-text matching: binary classification of the pairs of the batch against hard negatives; student and "
            + "teacher share the negatives (ALBEF, X-VLM).")
    record Itm() implements OfData {}

    /** Hidden words. */
    @About("Masked language modeling: cross-entropy of the masked tokens, predicted from the text and the image.")
    record Mlm() implements OfData {}

    /** Boxes. */
    @About("Bounding-box regression for the region that a text describes: L1 distance and 1 - GIoU; 0 for texts "
            + "about whole images.")
    record Box(
            @About("weight of the L1 distance of center and size") @Default("1") double l1Weight,
            @About("weight of 1 - GIoU") @Default("1") double giouWeight)
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
            @About("label smoothing; X-VLM uses 0.1 for captions") @Default("0") double smoothing,
            @Formerly("given")
                    @About("tokens at the start of each text that are not learned: the class token and a prompt")
                    @Default("1")
                    int prefixTokens,
            @About(
                            "normalization: `token`: mean over tokens; `question`: sum over the tokens of an answer, weighted sum "
                                    + "over answers, mean over questions")
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
    @About("KL divergence of the image-text matching logits, over pairs and hard negatives, times temperature² "
            + "(EfficientVLM).")
    record ItmKd(@About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature)
            implements ImageTextLoss {
        public ItmKd {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.done();
        }
    }

    /** Softened logits of words. */
    @About("KL divergence of the language-model logits at masked tokens, or of generated answers and captions, times "
            + "temperature² (EfficientVLM).")
    record MlmKd(
            @About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature,
            @About("include positions without a target token, as in the published code") @Default("false")
                    boolean padding)
            implements ImageTextLoss {
        public MlmKd {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.done();
        }
    }
}
