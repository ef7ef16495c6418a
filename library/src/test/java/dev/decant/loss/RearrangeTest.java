package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RearrangeTest {

    /**
     * A grid of 4 x 4 tokens of one channel, numbered as they lie.
     *
     * <pre>
     *  0  1 |  2  3
     *  4  5 |  6  7
     *  -----+------
     *  8  9 | 10 11
     * 12 13 | 14 15
     * </pre>
     */
    private static final Tensor GRID = Tensor.arange(16).reshape(1, 16, 1);

    @Test
    void joinsCellsRowByRow() {
        Tensor joined = Rearrange.spaceToDepth(GRID, 2);
        assertThat(joined.shape()).containsExactly(1, 4, 4);
        assertThat(joined.longs()).containsExactly(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
    }

    @Test
    void patchMergingJoinsCellsColumnByColumn() {
        Tensor merged = Rearrange.mergePatches(GRID);
        assertThat(merged.shape()).containsExactly(1, 4, 4);
        assertThat(merged.longs()).containsExactly(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    }

    @Test
    void theChannelIsFastest() {
        Tensor two = Tensor.arange(8).reshape(1, 4, 2); // tokens 01 23 / 45 67
        assertThat(Rearrange.spaceToDepth(two, 2).longs()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(Rearrange.mergePatches(two).longs()).containsExactly(0, 1, 4, 5, 2, 3, 6, 7);
    }

    @Test
    void unpatchifyReadsRowColumnChannel() {
        Tensor token = Tensor.arange(8).reshape(1, 1, 8); // one patch of 2 x 2 pixels, 2 channels
        Tensor image = Rearrange.unpatchify(token, 2);
        assertThat(image.shape()).containsExactly(1, 2, 2, 2);
        assertThat(image.longs()).containsExactly(0, 2, 4, 6, 1, 3, 5, 7);
    }

    @Test
    void unpatchifyUndoesSpaceToDepth() {
        Tensor image = Rearrange.unpatchify(Rearrange.spaceToDepth(GRID, 2), 2);
        assertThat(Rearrange.toTokens(image).longs()).containsExactly(GRID.longs());
    }

    @Test
    void tokensAreThePixelsOfAnImageRowByRow() {
        Tensor tokens = Tensor.arange(8).reshape(1, 4, 2);
        Tensor image = Rearrange.toImage(tokens);
        assertThat(image.shape()).containsExactly(1, 2, 2, 2);
        assertThat(image.longs()).containsExactly(0, 2, 4, 6, 1, 3, 5, 7);
        assertThat(Rearrange.toTokens(image).longs()).containsExactly(tokens.longs());
    }

    @Test
    void rasterCutsTheValuesAsTheyLie() {
        Tensor cut = Rearrange.raster(Tensor.arange(8).reshape(1, 2, 4), 4);
        assertThat(cut.shape()).containsExactly(1, 4, 2);
        assertThat(cut.longs()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void saysWhatDoesNotFit() {
        assertThatThrownBy(() -> Rearrange.toImage(Tensor.zeros(2, 197, 8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tokens (2, 197, 8) do not form a square grid");
        assertThatThrownBy(() -> Rearrange.spaceToDepth(GRID, 3))
                .hasMessage("a grid of 4 x 4 tokens cannot be cut into cells of 3 x 3");
        assertThatThrownBy(() -> Rearrange.unpatchify(GRID, 2)).hasMessageContaining("width divisible by 2 x 2");
        assertThatThrownBy(() -> Rearrange.raster(GRID, 5)).hasMessageContaining("5 equal tokens");
    }
}
