package dev.decant.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class Conv2dTest {

    @Test
    void convolutionAndFrozenNormInOnePassGiveWhatTheyGiveInTwo() {
        Conv2d conv = new Conv2d(new Conv2d.Shape(3, 4, 3, 1, 1, 1), true);
        BatchNorm2d norm = new BatchNorm2d(4);
        Tensor x = Tensor.randn(2, 3, 5, 5);
        try (NoGrad quiet = NoGrad.open()) {
            norm.buffers().get("running_mean").normalInPlace(0, 1);
            norm.buffers().get("running_var").uniformInPlace(0.5, 2);
            norm.parameters().values().forEach(p -> p.normalInPlace(0, 1));
            conv.parameters().values().forEach(p -> p.normalInPlace(0, 1));
        }
        norm.train(false);
        float[] two = norm.forward(conv.forward(x)).floats();
        conv.requiresGrad(false);
        norm.requiresGrad(false);
        float[] one = conv.forward(x, norm).floats();
        for (int i = 0; i < two.length; i++) {
            assertThat(one[i]).isCloseTo(two[i], within(2e-5f));
        }
    }

    @Test
    void aNormThatLearnsIsNotFolded() {
        Conv2d conv = new Conv2d(3, 4, 3, 1, 1);
        BatchNorm2d norm = new BatchNorm2d(4);
        conv.forward(Tensor.randn(2, 3, 5, 5), norm).square().sum().backward();
        assertThat(norm.parameters().get("weight").hasGrad()).isTrue();
        assertThat(norm.buffers().get("num_batches_tracked").longs()).containsExactly(1);
    }
}
