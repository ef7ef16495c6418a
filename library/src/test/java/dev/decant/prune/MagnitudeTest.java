package dev.decant.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.nn.GateSlot;
import dev.decant.nn.Linear;
import dev.decant.nn.Mlp;
import dev.decant.nn.Module;
import dev.decant.spec.SparsitySpread;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MagnitudeTest {

    /** Two perceptrons of four neurons, 3 parameters each; the second has larger weights. */
    private static final class Two extends Module {
        Two() {
            child("a", mlp(1, 4, 2, 3));
            child("b", mlp(30, 10, 40, 2));
        }

        private static Mlp mlp(float... weights) {
            return new Mlp(
                    new Linear(Tensor.of(weights, 4, 1), List.of(Tensor.zeros(4))),
                    new Linear(Tensor.zeros(1, 4), List.of(Tensor.zeros(1))));
        }
    }

    @Test
    void uniformTakesTheSmallestOfEach() {
        Map<String, GateSlot> slots = new Two().gates();
        Map<String, long[]> kept = Magnitude.kept(slots, Map.of(), .5, SparsitySpread.UNIFORM);
        assertThat(kept.get("a.neurons")).containsExactly(1, 3);
        assertThat(kept.get("b.neurons")).containsExactly(0, 2);
    }

    @Test
    void globalTakesTheSmallestOfAllButLeavesOne() {
        Map<String, GateSlot> slots = new Two().gates();
        Map<String, long[]> kept = Magnitude.kept(slots, Map.of(), .5, SparsitySpread.GLOBAL);
        // 1, 2, 2, 3 go
        assertThat(kept.get("a.neurons")).containsExactly(1);
        assertThat(kept.get("b.neurons")).containsExactly(0, 1, 2);
    }

    @Test
    void whatRoundingKeepsTooManyOfIsTakenLater() {
        Map<String, GateSlot> slots = new Two().gates();
        Map<String, long[]> kept = Magnitude.kept(slots, Map.of(), .375, SparsitySpread.UNIFORM);
        assertThat(kept.get("a.neurons").length + kept.get("b.neurons").length).isEqualTo(5);
    }

    @Test
    void whatCannotBeReachedIsSaid() {
        Map<String, GateSlot> slots = new Two().gates();
        assertThatThrownBy(() -> Magnitude.kept(slots, Map.of(), .9, SparsitySpread.UNIFORM))
                .hasMessage(
                        "sparsity 0.9 cannot be reached: every layer keeps a head and a neuron, so at most 0.75 can go");
    }

    @Test
    void magnitudesAreRootsOfSumsOfSquares() {
        Mlp mlp = new Mlp(
                new Linear(Tensor.of(new float[] {3, 1}, 2, 1), List.of(Tensor.of(new float[] {0, 2}, 2))),
                new Linear(Tensor.of(new float[] {4, 2}, 1, 2), List.of(Tensor.zeros(1))));
        assertThat(mlp.gates().get("neurons").magnitudes().doubles())
                .containsExactly(new double[] {5, 3}, within(1e-6));
    }
}
