package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.tensor.Device;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NegativesTest {

    @Test
    void theLikeliestWrongPairsAreDrawn() {
        for (int seed = 0; seed < 20; seed++) {
            Negatives drawn = new Negatives(seed)
                    .draw(Tensor.of(new float[] {0, 30, 0, 0, 0, 30, 30, 0, 0}, 3, 3), Optional.empty());
            assertThat(drawn.texts(Device.CPU).longs()).containsExactly(1, 2, 0);
            assertThat(drawn.images(Device.CPU).longs()).containsExactly(2, 0, 1);
        }
    }

    @Test
    void whatIsDrawnStaysAndFollowsFromTheSeed() {
        Negatives seed = new Negatives(5);
        Negatives drawn = seed.draw(Tensor.zeros(40, 40), Optional.empty());
        long[] images = drawn.images(Device.CPU).longs();
        assertThat(drawn.draw(Tensor.randn(40, 40), Optional.empty())).isSameAs(drawn);
        Negatives again = seed.draw(Tensor.zeros(40, 40), Optional.empty());
        assertThat(again.images(Device.CPU).longs()).isEqualTo(images);
    }

    @Test
    void pairsAboutOneImageAreNoNegatives() {
        for (int seed = 0; seed < 20; seed++) {
            Negatives negatives =
                    new Negatives(seed).draw(Tensor.zeros(3, 3), Optional.of(Tensor.of(new long[] {4, 4, 9})));
            assertThat(negatives.texts(Device.CPU).longs()).startsWith(2, 2);
        }
        assertThatThrownBy(() -> new Negatives(0).draw(Tensor.zeros(2, 2), Optional.of(Tensor.of(new long[] {7, 7}))))
                .hasMessageStartingWith("all 2 texts of a batch are about one image");
    }

    /** Its own image first, second, or not at all; the wrong ones are the likeliest, and never of its own group. */
    @Test
    void aTextIsShownTwoImages() {
        Tensor alike = Tensor.of(
                new float[] {
                    0, 0, 0, 30,
                    0, 0, 30, 0,
                    20, 60, 0, 0,
                    30, 0, 0, 0
                },
                4,
                4);
        for (int seed = 0; seed < 20; seed++) {
            Negatives drawn = new Negatives(seed).drawTwo(alike, Tensor.of(new long[] {0, 1, 2, 3}));
            assertThat(drawn.images(Device.CPU).longs()).containsExactly(0, 2, 1, 3);
            assertThat(drawn.seconds(Device.CPU).longs()).startsWith(3, 1).endsWith(0);
            assertThat(drawn.seconds(Device.CPU).longs()[2])
                    .as("another wrong one")
                    .isIn(0L, 3L);
            assertThat(drawn.drawTwo(Tensor.zeros(4, 4), Tensor.of(new long[] {0, 1, 2, 3})))
                    .isSameAs(drawn);

            Negatives grouped = new Negatives(seed).drawTwo(alike, Tensor.of(new long[] {0, 1, 1, 0}));
            assertThat(grouped.images(Device.CPU).longs()[1]).isIn(0L, 3L);
            assertThat(grouped.seconds(Device.CPU).longs()[0]).isIn(1L, 2L);
            long[] neither = {
                grouped.images(Device.CPU).longs()[2],
                grouped.seconds(Device.CPU).longs()[2]
            };
            assertThat(neither[0]).as("one other group alone").isIn(0L, 3L).isEqualTo(neither[1]);
        }
        assertThat(IntStream.range(0, 6).map(Negatives::assignment)).containsExactly(0, 1, 2, 0, 1, 2);
        assertThatThrownBy(() -> new Negatives(0).drawTwo(Tensor.zeros(2, 2), Tensor.of(new long[] {7, 7})))
                .hasMessageStartingWith("all 2 texts of a batch are about one image");
    }

    @Test
    void drawingComesFirst() {
        assertThatThrownBy(() -> new Negatives(0).images(Device.CPU)).hasMessageContaining("before they are drawn");
    }
}
