package dev.decant.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.data.Seeds;
import dev.decant.image.Fill;
import dev.decant.image.Image;
import dev.decant.image.Normalization;
import dev.decant.image.Pictures;
import dev.decant.image.PixelOps;
import dev.decant.spec.Interpolation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The operations of RandAugment against Pillow's, references written by reference/pil_images.py. */
class AugmentOpsTest {

    private static final Fill FILL = Normalization.IMAGENET.fill();
    private final Image source = Pictures.resource("augment/source.png");

    @Test
    void colorOperationsEqualPillow() {
        Map<String, Image> results = new LinkedHashMap<>();
        results.put("auto_contrast", PixelOps.autoContrast(Pictures.resource("augment/dim.png")));
        results.put("equalize", PixelOps.equalize(Pictures.resource("augment/equalize_source.png")));
        results.put("invert", PixelOps.invert(source));
        results.put("posterize_3", PixelOps.posterize(source, 3));
        results.put("solarize_100", PixelOps.solarize(source, 100));
        results.put("solarize_add_60", PixelOps.solarizeAdd(source, 60));
        results.put("color_1.7", PixelOps.saturation(source, 1.7));
        results.put("color_0.3", PixelOps.saturation(source, 0.3));
        results.put("contrast_1.6", PixelOps.contrast(source, 1.6));
        results.put("contrast_0.4", PixelOps.contrast(source, 0.4));
        results.put("brightness_1.4", PixelOps.brightness(source, 1.4));
        results.put("brightness_0.5", PixelOps.brightness(source, 0.5));
        results.put("sharpness_1.8", PixelOps.sharpness(source, 1.8));
        results.put("sharpness_0.2", PixelOps.sharpness(source, 0.2));
        results.forEach(
                (name, image) -> Pictures.assertWithin(image, Pictures.resource("augment/" + name + ".png"), 1, name));
    }

    @Test
    void geometricOperationsEqualPillow() {
        assertThat(FILL).isEqualTo(new Fill(124, 116, 104));
        Map<String, Affine> maps = Map.of(
                "rotate_27", Affine.rotate(27, source.width(), source.height()),
                "shear_x_0.25", Affine.shearX(0.25),
                "shear_y_-0.2", Affine.shearY(-0.2),
                "translate_x_7.3", Affine.translate(7.3, 0));
        maps.forEach((name, map) -> {
            for (Interpolation how : new Interpolation[] {Interpolation.BILINEAR, Interpolation.BICUBIC}) {
                String file = name + "_" + how.name().toLowerCase(java.util.Locale.ROOT);
                Pictures.assertWithin(
                        map.apply(source, FILL.rgb(), how), Pictures.resource("augment/" + file + ".png"), 1, file);
            }
        });
    }

    @Test
    void everyOperationKeepsTheSizeAndTheSource() {
        Image before = new Image(source.width(), source.height(), source.rgb().clone());
        for (AugmentOp op : AugmentOp.values()) {
            for (boolean increasing : new boolean[] {true, false}) {
                AugmentOp.Draw draw =
                        new AugmentOp.Draw(0.9, increasing, FILL, Interpolation.RANDOM, new SplittableRandom(3));
                Image result = op.apply(source, draw);
                assertThat(result.width()).as(op.name()).isEqualTo(source.width());
                assertThat(source).as(op.name() + " left its source alone").isEqualTo(before);
            }
        }
    }

    @Test
    void strengthsAreTimms() {
        AugmentOp.Draw nine = new AugmentOp.Draw(0.9, true, FILL, Interpolation.BILINEAR, new SplittableRandom(1));
        assertThat(AugmentOp.POSTERIZE.apply(source, nine)).isEqualTo(PixelOps.posterize(source, 1));
        assertThat(AugmentOp.SOLARIZE.apply(source, nine)).isEqualTo(PixelOps.solarize(source, 26));
        assertThat(AugmentOp.SOLARIZE_ADD.apply(source, nine)).isEqualTo(PixelOps.solarizeAdd(source, 99));
        assertThat(nine.enhancement()).isIn(1 - 0.9 * 0.9, 1 + 0.9 * 0.9);
    }

    @Test
    void readsTimmsString() {
        RandAugment parsed = RandAugment.parse("rand-m9-mstd0.5-inc1", FILL, Interpolation.RANDOM);
        assertThat(parsed).isEqualTo(new RandAugment(9, 0.5, 10, true, 2, 0.5, FILL, Interpolation.RANDOM));
        assertThat(RandAugment.parse("rand-m7-n3-p1-mmax12", FILL, Interpolation.BICUBIC))
                .isEqualTo(new RandAugment(7, 0, 12, false, 3, 1, FILL, Interpolation.BICUBIC));
        assertThatThrownBy(() -> RandAugment.parse("rand-m9-strong2", FILL, Interpolation.RANDOM))
                .hasMessageContaining("unknown section 'strong2'");
        assertThatThrownBy(() -> RandAugment.parse("auto-m9", FILL, Interpolation.RANDOM))
                .hasMessageContaining("does not begin with 'rand'");
    }

    @Test
    void aboutAQuarterOfImagesStayAsTheyAre() {
        // two operations, each applied with probability 1/2; a few of them change nothing
        RandAugment augment = RandAugment.parse("rand-m9-mstd0.5-inc1", FILL, Interpolation.BILINEAR);
        int same = 0;
        for (int i = 0; i < 2000; i++) {
            same += augment.apply(source, Seeds.random(1, i)).equals(source) ? 1 : 0;
        }
        assertThat(same).isBetween(440, 720);
    }
}
