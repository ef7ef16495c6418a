package dev.decant.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.nn.GateSlot;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Factors taken into the weight (many rows) and into what enters (few rows) are the same product with the same gradients. */
final class GatedProductTest {

    private static final class Layer extends Module {
        private final GateSlot heads = gate("heads", 3, 1);
        private final Linear map = child("map", Linear.uniform(6, 4));
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 40})
    void isThatOfTheFormula(long rows) {
        Rng.seed(4);
        Layer layer = new Layer();
        HardConcrete gate = new HardConcrete(Tensor.of(new float[] {.4f, -1, 2}, 3), Rounding.NONE);
        layer.heads.fill(gate);
        Tensor z = Tensor.of(new float[] {.25f, .5f, 1}, 3).requiresGrad(true);
        gate.use(z);
        Tensor x = Tensor.randn(rows, 6).requiresGrad(true);
        Tensor y = layer.map.gated(x, layer.heads);
        y.square().sum().backward();

        Tensor plain = x.detach().requiresGrad(true);
        Tensor each = Tensor.of(new float[] {.25f, .25f, .5f, .5f, 1, 1}, 6).requiresGrad(true);
        Tensor weight = layer.map.weight().detach().requiresGrad(true);
        Tensor bias = layer.map.parameters().get("bias").detach();
        Tensor expected = plain.mul(each).matmul(weight.transpose(0, 1)).add(bias);
        expected.square().sum().backward();

        for (List<Tensor> pair : List.of(
                List.of(y, expected),
                List.of(x.grad(), plain.grad()),
                List.of(layer.map.weight().grad(), weight.grad()),
                List.of(z.grad(), each.grad().reshape(3, 2).sum(1)))) {
            assertThat(pair.get(0).floats())
                    .containsExactly(pair.get(1).contiguous().floats(), within(2e-3f));
        }
    }
}
