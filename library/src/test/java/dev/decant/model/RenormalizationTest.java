package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class RenormalizationTest {

    private static ModelConfig.ImageInput input(double mean, double std) {
        return new ModelConfig.ImageInput(1, List.of(mean, mean, mean), List.of(std, std, std), "bilinear", 1);
    }

    @Test
    void bringsAPixelToTheOtherStatistics() {
        // a white pixel is (1 - 0.4) / 0.2 = 3 for the one and (1 - 0.5) / 0.5 = 1 for the other
        Tensor white = Tensor.of(new float[] {3, 3, 3}, 1, 3, 1, 1);
        Inputs seen = Renormalization.between(input(0.4, 0.2), input(0.5, 0.5)).apply(new Inputs.Images(white));
        for (float x : ((Inputs.Images) seen).pixels().floats()) {
            assertThat(x).isCloseTo(1, within(1e-6f));
        }
    }

    @Test
    void leavesImagesAloneThatFitAlready() {
        Inputs images = new Inputs.Images(Tensor.ones(1, 3, 1, 1));
        assertThat(Renormalization.between(input(0.5, 0.5), input(0.5, 0.5)).apply(images))
                .isSameAs(images);
    }
}
