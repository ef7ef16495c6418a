package dev.decant.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.tensor.DType;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Int8MatrixTest {

    private static Tensor bytes(float[] values, long... shape) {
        return Tensor.of(values, shape).to(DType.I8);
    }

    @Test
    void multipliesCodesAndScalesOnce() {
        try (Scope scope = Scope.open()) {
            Int8Matrix x = new Int8Matrix(
                    bytes(new float[] {1, -2, 3, 127}, 2, 2),
                    Tensor.of(new float[] {0.5f, 2}, 2, 1),
                    Optional.of(Tensor.of(new float[] {10, 20}, 2, 1)));
            Int8Matrix weight =
                    Int8Matrix.of(bytes(new float[] {1, -1, 0, 1, 1, 1}, 3, 2), Tensor.of(new float[] {1, 2, 3}, 3, 1));
            assertThat(x.values().floats()).containsExactly(10.5f, 9, 26, 274);
            assertThat(weight.values().floats()).containsExactly(1, -1, 0, 2, 3, 3);
            // 10.5 - 9, 2 * 9, 3 * 19.5; 26 - 274, 2 * 274, 3 * 300; and the bias
            assertThat(x.times(weight, List.of(Tensor.of(new float[] {0, 1, 0}, 3)))
                            .floats())
                    .containsExactly(1.5f, 19, 58.5f, -248, 549, 900);
        }
    }

    @Test
    void oneScaleMayStandForAllRows() {
        try (Scope scope = Scope.open()) {
            Int8Matrix x = Int8Matrix.of(bytes(new float[] {1, 2, 3, 4}, 2, 2), Tensor.of(new float[] {0.5f}, 1, 1));
            Int8Matrix weight = Int8Matrix.of(bytes(new float[] {1, 1}, 1, 2), Tensor.of(new float[] {4}, 1, 1));
            assertThat(x.times(weight, List.of()).floats()).containsExactly(6, 14);
        }
    }
}
