package dev.decant.data.image;

import dev.decant.DataException;
import dev.decant.image.Crops;
import dev.decant.image.Image;
import dev.decant.image.Normalization;
import dev.decant.image.Range;
import dev.decant.image.Resize;
import dev.decant.image.Transform;
import dev.decant.spec.Interpolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What happens to an image between the file and the batch: steps on bytes in the order they were added, then
 * normalization, then erasing; {@link Mix} works on the whole batch after that. Immutable; safe for many threads.
 *
 * <p>All chance comes from the generator given to {@link #apply}, so the same generator gives the same numbers.
 */
public final class Augment {

    private static final Range CROP_RATIO = new Range(3.0 / 4, 4.0 / 3);

    private final List<Transform> steps;
    private final float[] table;
    private final @Nullable RandomErasing erasing;
    private final @Nullable Mix mix;

    private Augment(Steps steps) {
        this.steps = List.copyOf(steps.transforms);
        this.table = steps.normalization.table();
        this.erasing = steps.erasing;
        this.mix = steps.mix;
    }

    /** Begins an empty pipeline that ends in the given normalization. */
    public static Steps normalizedBy(Normalization normalization) {
        return new Steps(normalization);
    }

    /** timm's evaluation: short side to floor(size / cropPct), then the central square. */
    public static Augment evaluation(
            int size, double cropPct, Interpolation interpolation, Normalization normalization) {
        return normalizedBy(normalization)
                .resizeAndCenterCrop(size, cropPct, interpolation)
                .build();
    }

    /** Runs the steps on bytes, all but normalization. */
    public Image apply(Image image, RandomGenerator random) {
        Image result = image;
        for (Transform step : steps) {
            result = step.apply(result, random);
        }
        return result;
    }

    /** Writes channels x height x width numbers from an offset on, and erases. */
    public void normalize(Image image, float[] out, int offset, RandomGenerator random) {
        int plane = image.width() * image.height();
        byte[] rgb = image.rgb();
        for (int i = 0, at = offset; i < rgb.length; i += 3, at++) {
            out[at] = table[rgb[i] & 0xff];
            out[at + plane] = table[256 + (rgb[i + 1] & 0xff)];
            out[at + 2 * plane] = table[512 + (rgb[i + 2] & 0xff)];
        }
        if (erasing != null) {
            erasing.apply(out, offset, image.height(), image.width(), random);
        }
    }

    /** What is done to whole batches, if anything. */
    public Optional<Mix> mix() {
        return Optional.ofNullable(mix);
    }

    /** The steps of a pipeline under construction, applied in the order they are added. */
    public static final class Steps {

        private final Normalization normalization;
        private final List<Transform> transforms = new ArrayList<>();
        private @Nullable RandomErasing erasing;
        private @Nullable Mix mix;

        private Steps(Normalization normalization) {
            this.normalization = normalization;
        }

        /** Cuts a rectangle of the given share of the area (0.08 to 1 is usual), aspect 3/4 to 4/3, scales it to size. */
        public Steps randomResizedCrop(int size, Range scale, Interpolation interpolation) {
            return randomResizedCrop(size, scale, CROP_RATIO, interpolation);
        }

        /** The same with another range of aspects (width / height). */
        public Steps randomResizedCrop(int size, Range scale, Range ratio, Interpolation interpolation) {
            if (scale.low() <= 0 || scale.high() > 1 || ratio.low() <= 0) {
                throw new DataException("random-resized-crop: scale must be within 0 to 1 and ratio above 0,"
                        + " got scale " + scale.low() + " to " + scale.high() + ", ratio " + ratio.low() + " to "
                        + ratio.high());
            }
            return add(Crops.randomResized(positive(size), scale, ratio, interpolation));
        }

        /** Surrounds the image with black and cuts a square anywhere. */
        public Steps padAndCrop(int size, int padding) {
            return add(Crops.padAndCrop(positive(size), padding));
        }

        /** timm's evaluation step: short side to floor(size / cropPct), then the central square. */
        public Steps resizeAndCenterCrop(int size, double cropPct, Interpolation interpolation) {
            if (!(cropPct > 0 && cropPct <= 1)) {
                throw new DataException("crop-pct must be above 0 and at most 1, got " + cropPct);
            }
            return add(Crops.evaluation(positive(size), cropPct, interpolation));
        }

        /** Scales to a square whatever the aspect; images that have the size are left alone. */
        public Steps resize(int size, Interpolation interpolation) {
            positive(size);
            return add((image, random) -> Resize.to(image, size, size, interpolation.draw(random)));
        }

        /** Mirrors left and right with the given probability. */
        public Steps flip(double probability) {
            return add(Crops.flip(probability));
        }

        /** RandAugment by timm's string, such as {@code rand-m9-mstd0.5-inc1}; fills with the normalization's mean. */
        public Steps randAugment(String config, Interpolation interpolation) {
            return add(RandAugment.parse(config, normalization.fill(), interpolation));
        }

        /** RandAugment of the operations that change colors and move nothing, for images with boxes. */
        public Steps randColors(int operations, double magnitude) {
            return add(new ColorOps(operations, magnitude));
        }

        /** Changes brightness, contrast and saturation by up to the given shares, in random order. */
        public Steps colorJitter(double brightness, double contrast, double saturation) {
            return add(new ColorJitter(brightness, contrast, saturation));
        }

        /** Overwrites a random rectangle with noise, after normalization. */
        public Steps randomErasing(double probability) {
            erasing = new RandomErasing(probability);
            return this;
        }

        /** Mixes each batch with its reverse and makes its labels soft. */
        public Steps mix(Mix value) {
            mix = value;
            return this;
        }

        public Augment build() {
            return new Augment(this);
        }

        private Steps add(Transform transform) {
            transforms.add(transform);
            return this;
        }

        private static int positive(int size) {
            if (size < 1) {
                throw new DataException("an image size must be at least 1, got " + size);
            }
            return size;
        }
    }
}
