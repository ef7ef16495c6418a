package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.tensor.Device;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NegativesTest {

    @Test
    void theLikeliestWrongPairsAreDrawn() {
        for (int seed = 0; seed < 20; seed++) {
            Negatives drawn = new Negatives(seed);
            drawn.draw(Tensor.of(new float[] {0, 30, 0, 0, 0, 30, 30, 0, 0}, 3, 3), Optional.empty());
            assertThat(drawn.texts(Device.CPU).longs()).containsExactly(1, 2, 0);
            assertThat(drawn.images(Device.CPU).longs()).containsExactly(2, 0, 1);
        }
    }

    @Test
    void aSecondNetworkGetsWhatTheFirstDrew() {
        Negatives negatives = new Negatives(5);
        negatives.draw(Tensor.zeros(40, 40), Optional.empty());
        long[] images = negatives.images(Device.CPU).longs();
        negatives.draw(Tensor.randn(40, 40), Optional.empty());
        assertThat(negatives.images(Device.CPU).longs()).isEqualTo(images);
        Negatives again = new Negatives(5);
        again.draw(Tensor.zeros(40, 40), Optional.empty());
        assertThat(again.images(Device.CPU).longs()).isEqualTo(images);
    }

    @Test
    void pairsAboutOneImageAreNoNegatives() {
        for (int seed = 0; seed < 20; seed++) {
            Negatives negatives = new Negatives(seed);
            negatives.draw(Tensor.zeros(3, 3), Optional.of(Tensor.of(new long[] {4, 4, 9})));
            assertThat(negatives.texts(Device.CPU).longs()).startsWith(2, 2);
        }
        assertThatThrownBy(() -> new Negatives(0).draw(Tensor.zeros(2, 2), Optional.of(Tensor.of(new long[] {7, 7}))))
                .hasMessageStartingWith("all 2 texts of a batch are about one image");
    }

    @Test
    void drawingComesFirst() {
        assertThatThrownBy(() -> new Negatives(0).images(Device.CPU)).hasMessageContaining("before they are drawn");
    }
}
