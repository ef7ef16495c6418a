package dev.decant.recipe;

import dev.decant.spec.Interpolation;

/** One change to training images; those of whole batches are Mixup and Cutmix. */
@About(
        "One random change to training images. `mixup` and `cutmix` work on whole batches; with both, each batch takes one of"
                + " the two at even odds.")
public sealed interface AugmentSpec {

    /** Pads with zeros and crops back. */
    @About("Pads with zeros, then crops back to the size at a random place.")
    record RandomCrop(@About("pixels added on each side") @Default("4") int padding) implements AugmentSpec {
        public RandomCrop {
            Checks check = new Checks();
            check.atLeast("padding", padding, 0);
            check.done();
        }
    }

    /** Crops a random box and resizes it. */
    @About("Crops a box of random area and shape, and resizes it to the input size.")
    record RandomResizedCrop(
            @About("area of the box as part of the image's, from and to") @Default("[0.08, 1]") Pair scale,
            @About("width / height of the box, from and to") @Default("[0.75, 1.3333]") Pair ratio,
            @About("resize kernel; `random` draws one for each image") @Default("random") Interpolation interpolation)
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

    /** Mirrors left and right. */
    @About("Mirrors left and right.")
    record Flip(@About("chance for each image") @Default("0.5") double probability) implements AugmentSpec {
        public Flip {
            Checks check = new Checks();
            check.within("probability", probability, 0, 1);
            check.done();
        }
    }

    /** RandAugment (Cubuk et al. 2019) in timm's form. */
    @About("RandAugment (Cubuk et al. 2019) in timm's form.")
    record RandAugment(
            @About("operations for each image") @Default("2") int ops,
            @About("strength, from 0 to 10") @Default("9") double magnitude,
            @About("standard deviation of the strength") @Default("0.5") double mstd,
            @About("use the operations whose severity grows with the strength") @Default("true") boolean increasing)
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
    @About("Changes brightness, contrast and saturation by random factors within 1 ± the value, in random order.")
    record ColorJitter(
            @About("brightness") @Default("0.4") double brightness,
            @About("contrast") @Default("0.4") double contrast,
            @About("saturation") @Default("0.4") double saturation)
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
    record RandomErasing(@About("chance for each image") @Default("0.25") double probability) implements AugmentSpec {
        public RandomErasing {
            Checks check = new Checks();
            check.within("probability", probability, 0, 1);
            check.done();
        }
    }

    /** Blends each image with another of the batch (Zhang et al. 2017). */
    @About("Blends each image with another of the batch, labels too (Zhang et al. 2017).")
    record Mixup(
            @About("both parameters of the Beta distribution that the ratio is drawn from") @Default("0.8")
                    double alpha)
            implements AugmentSpec {
        public Mixup {
            Checks check = new Checks();
            check.above("alpha", alpha, 0);
            check.done();
        }
    }

    /** Pastes a box of another image of the batch (Yun et al. 2019). */
    @About("Pastes a box of another image of the batch, labels too (Yun et al. 2019).")
    record Cutmix(
            @About("both parameters of the Beta distribution that the area is drawn from") @Default("1") double alpha)
            implements AugmentSpec {
        public Cutmix {
            Checks check = new Checks();
            check.above("alpha", alpha, 0);
            check.done();
        }
    }
}
