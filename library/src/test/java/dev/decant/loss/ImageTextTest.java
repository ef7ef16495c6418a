package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.DType;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ImageTextTest {

    private static final Tensor ONE = Tensor.of(new long[] {1}, 1);

    private static Tensor similarity() {
        return Tensor.of(new double[] {.8, .2, .1, .3, .7, .2, .1, .4, .6}, 3, 3)
                .div(.07);
    }

    @Test
    void contrastIsTheMeanOfBothDirections() {
        assertThat(ImageText.contrast(similarity(), Optional.empty()).item()).isCloseTo(0.0133787072, within(1e-9));
        Tensor apart = Tensor.of(new long[] {7, 3, 5});
        assertThat(ImageText.contrast(similarity(), Optional.of(apart)).item()).isCloseTo(0.0133787072, within(1e-9));
    }

    @Test
    void textsAboutOneImageAreBothRight() {
        Tensor ids = Tensor.of(new long[] {0, 0, 1});
        assertThat(ImageText.contrast(similarity(), Optional.of(ids)).item()).isCloseTo(2.3943310881, within(1e-9));
    }

    @Test
    void theFirstThirdOfThePairsBelongsTogether() {
        Tensor sure = Tensor.of(new double[] {-30, 30, 30, -30, 30, -30}, 3, 2);
        assertThat(ImageText.match(sure).item()).isCloseTo(0, within(1e-12));
        assertThat(ImageText.match(Tensor.zeros(6, 2)).item()).isCloseTo(Math.log(2), within(1e-6));
        assertThatThrownBy(() -> ImageText.match(Tensor.zeros(4, 2)))
                .hasMessage("match must be (3 N, 2), found (4, 2)");
    }

    @Test
    void boxesThatMeet() {
        Tensor a = Tensor.of(new double[] {.5, .5, .4, .4}, 1, 4);
        Tensor b = Tensor.of(new double[] {.6, .5, .4, .2}, 1, 4);
        assertThat(ImageText.boxDistance(a, b, ONE).item()).isCloseTo(.3, within(1e-9));
        assertThat(ImageText.boxOverlap(a, b, ONE).item()).isCloseTo(1 - .7 / 3, within(1e-9));
    }

    @Test
    void boxesApart() {
        Tensor a = Tensor.of(new double[] {.2, .2, .2, .2}, 1, 4);
        Tensor b = Tensor.of(new double[] {.7, .7, .2, .2}, 1, 4);
        assertThat(ImageText.boxDistance(a, b, ONE).item()).isCloseTo(1, within(1e-9));
        assertThat(ImageText.boxOverlap(a, b, ONE).item()).isCloseTo(1.8367346939, within(1e-9));
        assertThat(ImageText.boxOverlap(a, a, ONE).item()).isCloseTo(0, within(1e-9));
    }

    @Test
    void wholeImagesDoNotCountAndABatchOfThemIsNothing() {
        Tensor a = Tensor.of(new double[] {.5, .5, .4, .4, .5, .5, 1, 1}, 2, 4).requiresGrad(true);
        Tensor b = Tensor.of(new double[] {.6, .5, .4, .2, .1, .1, .1, .1}, 2, 4);
        Tensor first = Tensor.of(new long[] {1, 0});
        assertThat(ImageText.boxDistance(a, b, first).item()).isCloseTo(.3, within(1e-9));
        assertThat(ImageText.boxOverlap(a, b, first).item()).isCloseTo(1 - .7 / 3, within(1e-9));
        Tensor none = first.zerosLike();
        Tensor nothing = ImageText.boxDistance(a, b, none).add(ImageText.boxOverlap(a, b, none));
        nothing.backward();
        assertThat(nothing.item()).isZero();
        assertThat(a.grad().doubles()).containsOnly(0);
    }

    @Test
    void aBoxWithoutAreaIsFarFromEverything() {
        Tensor a = Tensor.of(new double[] {.5, .5, 0, 0}, 1, 4).requiresGrad(true);
        Tensor b = Tensor.of(new double[] {.6, .5, .4, .2}, 1, 4);
        Tensor loss = ImageText.boxOverlap(a, b, ONE);
        loss.backward();
        assertThat(loss.item()).isBetween(.9, 2.0);
        assertThat(a.grad().isFinite()).isTrue();
    }

    @Test
    void gradientsAreThoseOfDifferences() {
        Rng.seed(3);
        Tensor ids = Tensor.of(new long[] {0, 1, 0, 2});
        differences(Tensor.randn(4, 4), s -> ImageText.contrast(s, Optional.of(ids)));
        differences(Tensor.randn(6, 2), ImageText::match);
        Tensor targets = Tensor.rand(5, 4).mul(.3).add(.3).to(DType.F64);
        Tensor counts = Tensor.of(new long[] {1, 1, 0, 1, 1});
        Tensor boxes = Tensor.rand(5, 4).mul(.4).add(.2);
        differences(boxes, b -> ImageText.boxDistance(b, targets, counts));
        differences(boxes, b -> ImageText.boxOverlap(b, targets, counts));
        Tensor teacher = Tensor.randn(5, 6).to(DType.F64);
        differences(Tensor.randn(5, 6), s -> Words.kd(s, teacher, counts, 2));
        Tensor labels = Tensor.of(new long[] {3, -100, 0, 5, 1});
        differences(Tensor.randn(5, 6), s -> Words.mean(s, labels, .1));
    }

    private static void differences(Tensor at, UnaryOperator<Tensor> loss) {
        Gradients.check(loss, at.to(DType.F64));
    }
}
