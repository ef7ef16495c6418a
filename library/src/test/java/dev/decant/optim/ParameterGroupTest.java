package dev.decant.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParameterGroupTest {

    private static final Sgd PLAIN = new Sgd(0, false, 0);

    /** Matrices 1 x 1, so that weight decay applies; the gradients of a + 3 b + 4 c are 1, 3 and 4. */
    private final Tensor a = one();

    private final Tensor b = one();
    private final Tensor c = one();

    private static Tensor one() {
        return Tensor.of(new float[] {1}, 1, 1).requiresGrad(true);
    }

    private void backward() {
        a.add(b.mul(3)).add(c.mul(4)).sum().backward();
    }

    private static ParameterGroup group(String name, Tensor parameter, UpdateRule rule) {
        return ParameterGroup.of(name, Map.of("w", parameter), rule);
    }

    @Test
    void eachGroupHasItsOwnRateSignAndDecay() {
        Optimizer optimizer = new Optimizer(List.of(
                group("a", a, PLAIN),
                group("b", b, PLAIN).at(lr -> 10 * lr).ascending(),
                group("c", c, new Sgd(0, false, 0.5)).at(lr -> 0.1)));
        backward();
        optimizer.step(0.01);
        assertThat(a.item()).isCloseTo(1 - 0.01 * 1, within(1e-6));
        assertThat(b.item()).isCloseTo(1 + 0.1 * 3, within(1e-6));
        assertThat(c.item()).isCloseTo(1 - 0.1 * (4 + 0.5), within(1e-6));
    }

    @Test
    void aGroupThatAscendsStillDecays() {
        Optimizer optimizer =
                new Optimizer(List.of(group("a", a, new Sgd(0, false, 0.5)).ascending()));
        backward();
        optimizer.step(0.1);
        assertThat(a.item()).isCloseTo(1 + 0.1 * (1 - 0.5), within(1e-6));
    }

    @Test
    void aGroupMayHaveARuleOfItsOwn() {
        Optimizer optimizer =
                new Optimizer(List.of(group("a", a, PLAIN), group("b", b, new Adamw(0.9, 0.98, 1e-8, 0))));
        backward();
        optimizer.step(0.01);
        assertThat(a.item()).isCloseTo(0.99, within(1e-6));
        assertThat(b.item()).as("by the rate, whatever the gradient").isCloseTo(0.99, within(1e-6));
        assertThat(optimizer.state()).containsOnlyKeys("a.steps", "b.mean.w", "b.square.w", "b.steps");
    }

    @Test
    void gradientsAreClippedToAJointNormOfTheGroupsThatTakePart() {
        Optimizer optimizer =
                new Optimizer(List.of(group("a", a, PLAIN).unclipped(), group("b", b, PLAIN), group("c", c, PLAIN)));
        backward();
        optimizer.clip(1); // |(3, 4)| = 5
        assertThat(a.grad().item()).isEqualTo(1);
        assertThat(b.grad().item()).isCloseTo(0.6, within(1e-5));
        assertThat(c.grad().item()).isCloseTo(0.8, within(1e-5));
        optimizer.clearGrads();
        assertThat(List.of(a, b, c)).noneMatch(Tensor::hasGrad);
    }

    @Test
    void aMovingAverageLeavesGroupsOutButKeepsBuffers() {
        Optimizer optimizer =
                new Optimizer(List.of(group("a", a, PLAIN), group("b", b, PLAIN).unaveraged()));
        assertThat(optimizer.averaged(Map.of("a", a, "b", b, "buffer", Tensor.zeros(1))))
                .containsOnlyKeys("a", "buffer");
    }

    @Test
    void aParameterIsInOneGroup() {
        List<ParameterGroup> groups = List.of(group("a", a, PLAIN), group("b", a, PLAIN));
        assertThatThrownBy(() -> new Optimizer(groups))
                .hasMessage("parameter 'w' is in the groups 'a' and 'b'; it can be in one");
        assertThatThrownBy(() -> new Optimizer(List.of(group("a", a, PLAIN), group("a", b, PLAIN))))
                .hasMessageStartingWith("two parameter groups have the same name");
    }
}
