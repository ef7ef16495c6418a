package dev.decant.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {

    @Test
    void readsBackWhatItWasMadeOf() {
        assertThat(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).transpose(0, 1).floats())
                .containsExactly(1, 3, 2, 4);
        assertThat(Tensor.of(new long[] {7}).shape()).containsExactly(1);
        ByteBuffer b = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1.5f)
                .putFloat(-2)
                .flip();
        Tensor t = Tensor.fromBuffer(b, DType.F32, 2);
        assertThat(t.floats()).containsExactly(1.5f, -2f);
        assertThat(t.bytes().getFloat(4)).isEqualTo(-2f);
    }

    @Test
    void differentiates() {
        Tensor x = Tensor.of(new double[] {1, 2, 3}).requiresGrad(true);
        x.square().sum().backward();
        assertThat(x.grad().doubles()).containsExactly(2, 4, 6);
        x.clearGrad();
        assertThat(x.hasGrad()).isFalse();
    }

    @Test
    void recordsNoGraphWhereNoneIsWanted() {
        Tensor x = Tensor.of(new double[] {1}).requiresGrad(true);
        try (NoGrad quiet = NoGrad.open()) {
            assertThat(x.mul(2).requiresGrad()).isFalse();
        }
        assertThat(x.mul(2).requiresGrad()).isTrue();
    }

    @Test
    void namesOperationAndShapesInOneLineWhenShapesDoNotFit() {
        Tensor a = Tensor.zeros(2, 3);
        assertThatThrownBy(() -> a.matmul(Tensor.zeros(4, 5)))
                .isInstanceOf(TensorException.class)
                .hasMessageStartingWith("matmul of F32(2, 3), F32(4, 5): ")
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining("Exception raised from");
        assertThatThrownBy(() -> Tensor.of(new float[3], 2, 2)).hasMessageContaining("3 values do not fill");
        assertThatThrownBy(() -> a.grad()).hasMessageContaining("no gradient");
    }

    @Test
    void aScopeFreesAllButWhatIsKept() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                kept = inner.keep(Tensor.ones(2).add(1));
            }
            assertThat(kept.floats()).containsExactly(2, 2);
        }
        assertThat(kept.handle().isNull()).isTrue();
    }

    @Test
    void theGeneratorIsReadAndPutBack() {
        Rng.seed(5);
        byte[] state = Rng.state(Device.CPU);
        float[] first = Tensor.rand(4).floats();
        Rng.restore(Device.CPU, state);
        assertThat(Tensor.rand(4).floats()).containsExactly(first);
    }

    @Test
    void autocastMultipliesInBf16AndEndsWithItsRegion() {
        Tensor a = Tensor.ones(2, 2);
        try (Autocast bf16 = Autocast.bf16(Device.CPU)) {
            assertThat(a.matmul(a).dtype()).isEqualTo(DType.BF16);
            try (Autocast off = Autocast.off(Device.CPU)) {
                assertThat(a.matmul(a).dtype()).isEqualTo(DType.F32);
            }
        }
        assertThat(a.matmul(a).dtype()).isEqualTo(DType.F32);
    }

    @Test
    void fusedAttentionEqualsItsThreeSteps() {
        Rng.seed(1);
        Tensor q = Tensor.randn(2, 2, 3, 4);
        Tensor k = Tensor.randn(2, 2, 3, 4);
        Tensor v = Tensor.randn(2, 2, 3, 4);
        Tensor bias = Tensor.randn(1, 2, 3, 3);
        Tensor plain =
                q.matmul(k.transpose(-2, -1)).mul(0.5).add(bias).softmax(-1).matmul(v);
        Tensor fused = Ops.attention(q, k, v, List.of(bias), 0.5);
        assertThat(fused.sub(plain).abs().max().item()).isCloseTo(0, within(1e-6));
    }

    @Test
    void devicesAreReadAsTyped() {
        assertThat(Device.parse("cuda:1")).isEqualTo(new Device("cuda", 1));
        assertThatThrownBy(() -> Device.parse("gpu")).hasMessageContaining("expected cpu, cuda or cuda:N");
    }

    @Test
    void wholeNumbersAddInPlace() {
        assertThat(Tensor.of(new long[] {1, 2})
                        .addInPlace(Tensor.of(new long[] {10, 20}), 2)
                        .longs())
                .containsExactly(21, 42);
    }
}
