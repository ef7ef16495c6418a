package dev.decant.data.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.data.image.Box;
import dev.decant.data.shapes.SceneColor.Rgb;
import dev.decant.image.Image;
import dev.decant.spec.ShapesLabels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ShapesTest {

    private final Shapes train = Shapes.of(ShapesOptions.DEFAULT, "train");

    /** Pinned: a change of this number means that every result on this world must be measured again. */
    @Test
    void drawsTheSameBytesEverywhere() {
        CRC32 sum = new CRC32();
        for (int i = 0; i < 40; i++) {
            sum.update(train.image(i).rgb());
        }
        assertThat(sum.getValue()).isEqualTo(2219760962L);
    }

    @Test
    void splitsAndSeedsShareNoImage() {
        Set<Image> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            assertThat(seen.add(train.image(i))).isTrue();
            assertThat(seen.add(Shapes.of(ShapesOptions.DEFAULT, "test").image(i)))
                    .isTrue();
            assertThat(seen.add(Shapes.of(ShapesOptions.DEFAULT, "val").image(i)))
                    .isTrue();
            assertThat(seen.add(Shapes.of(options(32, 1, 0.5, ShapesLabels.SHAPE), "train")
                            .image(i)))
                    .isTrue();
        }
    }

    private static ShapesOptions options(int side, long seed, double difficulty, ShapesLabels labels) {
        return new ShapesOptions(side, 10_000, 2_000, seed, difficulty, labels);
    }

    @Test
    void labelsSayWhatTheMainObjectIs() {
        Shapes textures = Shapes.of(options(32, 0, 0.5, ShapesLabels.SHAPE_TEXTURE), "train");
        Shapes colors = Shapes.of(options(32, 0, 0.5, ShapesLabels.COLOR), "train");
        assertThat(train.classes()).hasSize(10).startsWith("circle", "square");
        assertThat(textures.classes()).hasSize(20);
        assertThat(colors.classes()).hasSize(8);
        for (int i = 0; i < 100; i++) {
            assertThat(train.classes().get(train.label(i)))
                    .isEqualTo(train.scene(i).main().shape().word());
            SceneObject main = textures.scene(i).main();
            String pattern = main.texture() == SceneTexture.SOLID ? "solid " : "patterned ";
            assertThat(textures.classes().get(textures.label(i)))
                    .isEqualTo(pattern + main.shape().word());
            assertThat(colors.classes().get(colors.label(i)))
                    .isEqualTo(colors.scene(i).main().color().word());
        }
    }

    @Test
    void theMainObjectIsTheLargest() {
        for (int i = 0; i < 100; i++) {
            Scene scene = train.scene(i);
            assertThat(scene.objects().subList(0, scene.objects().size() - 1))
                    .allMatch(o -> o.place().radius() < scene.main().place().radius());
        }
    }

    @Test
    void theBoxHoldsTheObjectTightly() {
        Rgb black = new Rgb(0, 0, 0);
        for (SceneShape shape : SceneShape.values()) {
            SceneObject.Place place = new SceneObject.Place(0.45, 0.55, 0.3, 0.5, 0.9);
            SceneObject object = new SceneObject(
                    shape, SceneColor.WHITE, SceneTexture.SOLID, SceneSize.LARGE, place, new Rgb(255, 255, 255));
            Scene scene = new Scene(new Scene.Backdrop(black, black), List.of(object), List.of(), 0, 1);
            Image image = SceneRenderer.render(scene, 64);
            Box box = object.box(64);
            int[] seen = {64, 64, -1, -1};
            for (int y = 0; y < 64; y++) {
                for (int x = 0; x < 64; x++) {
                    if (image.value(x, y, 0) > 0) {
                        seen = new int[] {
                            Math.min(seen[0], x), Math.min(seen[1], y), Math.max(seen[2], x), Math.max(seen[3], y)
                        };
                    }
                }
            }
            int[] found = {box.x0(), box.y0(), box.x1(), box.y1()};
            for (int k = 0; k < 4; k++) {
                assertThat(Math.abs(seen[k] - found[k]))
                        .as(shape + " side " + k)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void aHalfCoveredPixelIsHalfBright() {
        Rgb black = new Rgb(0, 0, 0);
        // the square's left edge, 0.75 of the radius from its center, falls on the middle of pixel 2
        SceneObject.Place place = new SceneObject.Place(0.5, 0.5, 0.25, 0, 1);
        SceneObject square = new SceneObject(
                SceneShape.SQUARE, SceneColor.WHITE, SceneTexture.SOLID, SceneSize.LARGE, place, new Rgb(200, 100, 0));
        Image image =
                SceneRenderer.render(new Scene(new Scene.Backdrop(black, black), List.of(square), List.of(), 0, 1), 8);
        assertThat(image.value(2, 4, 0)).isEqualTo(100);
        assertThat(image.value(3, 4, 0)).isEqualTo(200);
        assertThat(image.value(3, 4, 1)).isEqualTo(100);
        assertThat(image.value(1, 4, 0)).isZero();
    }

    @Test
    void everyShapeFitsTheUnitDisk() {
        for (SceneShape shape : SceneShape.values()) {
            int inside = 0;
            for (int i = -60; i <= 60; i++) {
                for (int j = -60; j <= 60; j++) {
                    boolean within = shape.contains(i / 50.0, j / 50.0);
                    inside += within ? 1 : 0;
                    assertThat(within && i * i + j * j > 1.22 * 2500)
                            .as(shape.word())
                            .isFalse();
                }
            }
            assertThat(inside / (Math.PI * 2500)).as(shape + " covers enough").isGreaterThan(0.25);
        }
    }

    @Test
    void wrongSplitsAndSettingsAreRefused() {
        assertThatThrownBy(() -> Shapes.of(ShapesOptions.DEFAULT, "dev"))
                .isInstanceOf(DataException.class)
                .hasMessage("shapes: no split 'dev'; expected train, test or val");
        assertThatThrownBy(() -> options(32, 0, 2, ShapesLabels.SHAPE)).hasMessageContaining("from 0 to 1, got 2");
    }
}
