package dev.decant.recipe;

import dev.decant.spec.Interpolation;

/** One augmentation of training images; {@code Mixup} and {@code Cutmix} work on whole batches. */
@About("A random augmentation of training images. `mixup` and `cutmix` work on whole batches; if both are "
        + "listed, each batch gets one of the two, with equal probability.")
public sealed interface AugmentSpec {

    /** Pads with zeros and crops back. */
    @About("Pads with zeros, then crops back to the original size at a random position.")
    record RandomCrop(@About("pixels added on each side") @Default("4") int padding) implements AugmentSpec {
        public RandomCrop {
            Checks check = new Checks();
            check.atLeast("padding", padding, 0);
            check.done();
        }
    }

    /** Crops a random box and resizes it. */
    @About("Crops a box of random area and aspect ratio, and resizes it to the input size.")
    record RandomResizedCrop(
            @About("range of the box's area, as a share of the image's area") @Default("[0.08, 1]") Pair scale,
            @About("range of the box's aspect ratio, width / height") @Default("[0.75, 1.3333]") Pair ratio,
            @About("interpolation of the resize; `random` draws one for each image") @Default("random")
                    Interpolation interpolation)
            implements AugmentSpec {
        public RandomResizedCrop {
            Checks check = new Checks();
            check.that(
                    scale.first() > 0 && scale.first() <= scale.second() && scale.second() <= 1,
                    "scale",
                    "must be two ascending numbers above 0 and at most 1, got " + scale.plain());
            check.that(
                    ratio.first() > 0 && ratio.first() <= ratio.second(),
                    "ratio",
                    "must be two ascending numbers above 0, got " + ratio.plain());
            check.done();
        }
    }

    /** Flips horizontally. */
    @About("Flips horizontally.")
    record Flip(@About("probability for each image") @Default("0.5") double probability) implements AugmentSpec {
        public Flip {
            Checks check = new Checks();
            check.within("probability", probability, 0, 1);
            check.done();
        }
    }

    /** RandAugment (Cubuk et al. 2019) as timm implements it. */
    @About("RandAugment (Cubuk et al. 2019) as timm implements it.")
    record RandAugment(
            @About("operations for each image") @Default("2") int ops,
            @About("magnitude of the operations, from 0 to 10") @Default("9") double magnitude,
            @About("standard deviation of the magnitude") @Default("0.5") double mstd,
            @About("use the variants of the operations whose severity increases with the magnitude") @Default("true")
                    boolean increasing)
            implements AugmentSpec {
        public RandAugment {
            Checks check = new Checks();
            check.atLeast("ops", ops, 1);
            check.within("magnitude", magnitude, 0, 10);
            check.atLeast("mstd", mstd, 0);
            check.done();
        }
    }

    /** Changes brightness, contrast and saturation, in random order. */
    @About("Multiplies brightness, contrast and saturation by random factors within 1 ± the value, in random order.")
    record ColorJitter(
            @About("range of the brightness factor") @Default("0.4") double brightness,
            @About("range of the contrast factor") @Default("0.4") double contrast,
            @About("range of the saturation factor") @Default("0.4") double saturation)
            implements AugmentSpec {
        public ColorJitter {
            Checks check = new Checks();
            check.atLeast("brightness", brightness, 0);
            check.atLeast("contrast", contrast, 0);
            check.atLeast("saturation", saturation, 0);
            check.done();
        }
    }

    /** Fills a random box with noise (Zhong et al. 2017). */
    @About("Fills a random box with noise (Zhong et al. 2017).")
    record RandomErasing(@About("probability for each image") @Default("0.25") double probability)
            implements AugmentSpec {
        public RandomErasing {
            Checks check = new Checks();
            check.within("probability", probability, 0, 1);
            check.done();
        }
    }

    /** Mixes each image with another of the batch (Zhang et al. 2017). */
    @About("Mixes each image and its label with another of the batch (Zhang et al. 2017).")
    record Mixup(@About("both parameters of the Beta distribution of the mixing ratio") @Default("0.8") double alpha)
            implements AugmentSpec {
        public Mixup {
            Checks check = new Checks();
            check.above("alpha", alpha, 0);
            check.done();
        }
    }

    /** Pastes a box from another image of the batch (Yun et al. 2019). */
    @About("Pastes a box from another image of the batch and mixes the labels accordingly (Yun et al. 2019).")
    record Cutmix(@About("both parameters of the Beta distribution of the box's area") @Default("1") double alpha)
            implements AugmentSpec {
        public Cutmix {
            Checks check = new Checks();
            check.above("alpha", alpha, 0);
            check.done();
        }
    }
}
