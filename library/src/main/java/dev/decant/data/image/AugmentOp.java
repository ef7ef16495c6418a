package dev.decant.data.image;

import dev.decant.image.Fill;
import dev.decant.image.Image;
import dev.decant.image.PixelOps;
import dev.decant.spec.Interpolation;
import java.util.random.RandomGenerator;

/**
 * The fifteen operations of RandAugment with timm's scales from level (0 to 10) to strength. "Increasing" makes
 * every operation stronger with the level; without it posterize, solarize and the four enhancements run the way the
 * first TPU code had them.
 */
enum AugmentOp {
    AUTO_CONTRAST {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.autoContrast(image);
        }
    },
    EQUALIZE {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.equalize(image);
        }
    },
    INVERT {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.invert(image);
        }
    },
    ROTATE {
        @Override
        public Image apply(Image image, Draw draw) {
            double degrees = draw.eitherWay(draw.fraction() * 30);
            return draw.affine(image, Affine.rotate(degrees, image.width(), image.height()));
        }
    },
    POSTERIZE {
        @Override
        public Image apply(Image image, Draw draw) {
            int bits = (int) (draw.fraction() * 4);
            return PixelOps.posterize(image, Math.max(0, draw.increasing() ? 4 - bits : Math.min(8, bits)));
        }
    },
    SOLARIZE {
        @Override
        public Image apply(Image image, Draw draw) {
            int threshold = Math.min(256, (int) (draw.fraction() * 256));
            return PixelOps.solarize(image, draw.increasing() ? 256 - threshold : threshold);
        }
    },
    SOLARIZE_ADD {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.solarizeAdd(image, Math.min(128, (int) (draw.fraction() * 110)));
        }
    },
    COLOR {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.saturation(image, draw.enhancement());
        }
    },
    CONTRAST {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.contrast(image, draw.enhancement());
        }
    },
    BRIGHTNESS {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.brightness(image, draw.enhancement());
        }
    },
    SHARPNESS {
        @Override
        public Image apply(Image image, Draw draw) {
            return PixelOps.sharpness(image, draw.enhancement());
        }
    },
    SHEAR_X {
        @Override
        public Image apply(Image image, Draw draw) {
            return draw.affine(image, Affine.shearX(draw.eitherWay(draw.fraction() * 0.3)));
        }
    },
    SHEAR_Y {
        @Override
        public Image apply(Image image, Draw draw) {
            return draw.affine(image, Affine.shearY(draw.eitherWay(draw.fraction() * 0.3)));
        }
    },
    TRANSLATE_X {
        @Override
        public Image apply(Image image, Draw draw) {
            double pixels = draw.eitherWay(draw.fraction() * 0.45) * image.width();
            return draw.affine(image, Affine.translate(pixels, 0));
        }
    },
    TRANSLATE_Y {
        @Override
        public Image apply(Image image, Draw draw) {
            double pixels = draw.eitherWay(draw.fraction() * 0.45) * image.height();
            return draw.affine(image, Affine.translate(0, pixels));
        }
    };

    public abstract Image apply(Image image, Draw draw);

    /**
     * What an operation is given beside the image.
     *
     * @param fraction level / 10, from 0 to 1 unless the recipe raises the maximum
     * @param fill red, green and blue of what is moved in from outside
     */
    public record Draw(
            double fraction, boolean increasing, Fill fill, Interpolation interpolation, RandomGenerator random) {

        double eitherWay(double value) {
            return random.nextBoolean() ? -value : value;
        }

        public double enhancement() {
            return increasing ? Math.max(0.1, 1 + eitherWay(fraction * 0.9)) : fraction * 1.8 + 0.1;
        }

        Image affine(Image image, Affine map) {
            return map.apply(image, fill.rgb(), interpolation.draw(random));
        }
    }
}
