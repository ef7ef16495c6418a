package dev.decant.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SlotTest {

    private static final long WIDTH = 4;

    @BeforeEach
    void seed() {
        Rng.seed(1);
    }

    /** Remembers what it is given and hands on a multiple. */
    private static final class Times extends Quantizer {
        final List<long[]> shapes = new ArrayList<>();
        private final Tensor factor;

        Times(double factor) {
            this.factor = buffer("factor", Tensor.scalar(factor));
        }

        @Override
        public Tensor apply(Tensor x) {
            shapes.add(x.shape());
            return x.mul(factor);
        }
    }

    private static final class Fixed extends Gate {
        private final Tensor mask;

        Fixed(float... mask) {
            this.mask = buffer("mask", Tensor.of(mask, mask.length));
        }

        @Override
        public Tensor mask() {
            return mask;
        }
    }

    @Test
    void aLinearMapRoundsItsWeightAndItsInput() {
        Linear linear = new Linear(3, 2);
        Tensor x = Tensor.randn(5, 3);
        float[] plain = linear.forward(x).floats();

        Times weight = new Times(2);
        Times input = new Times(4);
        linear.slots().get("weight").fill(weight);
        linear.slots().get("input").fill(input);

        assertThat(linear.forward(x).floats()).containsExactly(times(8, plain)); // the bias starts at 0
        assertThat(weight.shapes).containsExactly(new long[] {2, 3});
        assertThat(input.shapes).containsExactly(new long[] {5, 3});
        assertThat(linear.state().keySet())
                .containsExactly("weight", "bias", "weight_quantizer.factor", "input_quantizer.factor");

        linear.slots().values().forEach(Slot::clear);
        assertThat(linear.forward(x).floats()).containsExactly(plain);
        assertThat(linear.state().keySet()).containsExactly("weight", "bias");
    }

    @Test
    void theSlotsOfAttentionAreAroundItsProducts() {
        Attention attention = new Attention(WIDTH, 2, true);
        Tensor x = Tensor.randn(1, 3, WIDTH);
        assertThat(attention.slots().keySet())
                .containsExactly(
                        "query",
                        "key",
                        "value",
                        "probabilities",
                        "qkv.weight",
                        "qkv.input",
                        "proj.weight",
                        "proj.input");
        Times probabilities = new Times(1);
        float[] fused = attention.forward(x, Trace.none()).floats();

        attention.slots().get("probabilities").fill(probabilities);

        assertThat(probabilities.shapes).isEmpty();
        assertThat(attention.forward(x, Trace.none()).floats())
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(fused);
        assertThat(probabilities.shapes).containsExactly(new long[] {1, 2, 3, 3});
    }

    @Test
    void aClosedHeadGivesNoContext() {
        Attention attention = new Attention(WIDTH, 2, true);
        Tensor x = Tensor.randn(1, 3, WIDTH);
        Trace open = Trace.of("context");
        attention.forward(x, open);
        assertThat(attention.gates().get("heads").units()).isEqualTo(2);
        assertThat(attention.gates().get("heads").parametersPerUnit()).isEqualTo((4 * 4 * 4 + 4 * 4) / 2);

        attention.gates().get("heads").fill(new Fixed(1, 0));

        Trace closed = Trace.of("context");
        attention.forward(x, closed);
        assertThat(closed.get("context").narrow(2, 2, 2).abs().max().item()).isZero();
        assertThat(closed.get("context").narrow(2, 0, 2).contiguous().floats())
                .containsExactly(
                        open.get("context").narrow(2, 0, 2).contiguous().floats());
    }

    @Test
    void aClosedNeuronIsAsIfItsColumnWereZero() {
        Mlp mlp = new Mlp(3, 2);
        Tensor x = Tensor.randn(2, 3);
        assertThat(mlp.gates().get("neurons").parametersPerUnit()).isEqualTo(3 + 1 + 3);
        mlp.gates().get("neurons").fill(new Fixed(1, 0));
        float[] gated = mlp.forward(x).floats();

        mlp.gates().get("neurons").clear();
        mlp.state().get("fc2.weight").detach().narrow(1, 1, 1).fillInPlace(0);

        assertThat(mlp.forward(x).floats()).containsExactly(gated);
    }

    private static float[] times(float factor, float[] values) {
        float[] all = values.clone();
        for (int i = 0; i < all.length; i++) {
            all[i] *= factor;
        }
        return all;
    }
}
