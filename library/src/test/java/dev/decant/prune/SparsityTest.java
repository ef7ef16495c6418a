package dev.decant.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.nn.Gate;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.optim.Adamw;
import dev.decant.optim.Optimizer;
import dev.decant.optim.ParameterGroup;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SparsityTest {

    /** Two heads of 40 parameters, four neurons of 13: 132 in all. */
    private static final class Tiny extends Module {
        Tiny() {
            gate("heads", 2, 40).fill(hardConcrete(10, -1));
            gate("neurons", 4, 13).fill(hardConcrete(0, 1, -1, 3));
        }
    }

    /** The constraint looks at no trace. */
    private static final LossInputs VIEW =
            new LossInputs(Trace.none(), Map.of(), Tensor.zeros(1), new long[0], 0, true);

    private static final Sparsity.Config CONFIG = new Sparsity.Config(0.01, 0.01, 10, Long.MAX_VALUE);

    @Test
    void expectedSizeIsThatOfTheFormula() {
        Map<String, GateSlot> slots = new Tiny().gates();
        Cost.Parameters cost = Cost.Parameters.of(slots);

        assertThat(cost.total()).isEqualTo(132);
        assertThat(sparsity(slots, cost, 0.25).readings())
                .hasEntrySatisfying("sparsity.expected", s -> assertThat(s).isEqualTo(.16676848, within(1e-6)))
                .containsEntry("sparsity.target", 0.0);
    }

    @Test
    void theLagrangianIsThatOfTheFormula() {
        Tensor l1 = Tensor.scalar(-.3).requiresGrad(true);
        Tensor l2 = Tensor.scalar(.7).requiresGrad(true);
        Tensor penalty = Sparsity.penalty(Tensor.scalar(.10 - .25), l1, l2);
        penalty.backward();

        assertThat(penalty.item()).isEqualTo(.06075, within(1e-6));
        assertThat(l1.grad().item()).isEqualTo(-.15, within(1e-6));
        assertThat(l2.grad().item()).isEqualTo(.0225, within(1e-6));
    }

    @Test
    void gradientOfTheSizeIsThatOfTheFormula() {
        Map<String, GateSlot> slots = new Tiny().gates();
        Sparsity sparsity = sparsity(slots, Cost.Parameters.of(slots), 0.25);
        setLinear(sparsity, 1);
        loss(sparsity).backward();

        double q = .9307712; // of a = 1
        assertThat(parameter(slots, "neurons").grad().floats()[1])
                .isEqualTo((float) (-13 * q * (1 - q) / 132), within(1e-6f));
    }

    /** In an objective: l1 (s - t) is added with weight 1, its gates and multipliers leave the network's group. */
    @Test
    void theConstraintIsATermOfTheObjective() {
        Tiny network = new Tiny();
        Map<String, GateSlot> slots = network.gates();
        Sparsity sparsity = sparsity(slots, Cost.Parameters.of(slots), 0.25);
        setLinear(sparsity, 1);
        Objective objective =
                new Objective(List.of(new Objective.Weighted("two", 3, new Two()))).under("prune", sparsity);

        Objective.Report report = objective.evaluate(VIEW);
        report.total().backward();

        assertThat(report.parts().get("prune").item()).isEqualTo(.16676848, within(1e-6));
        assertThat(report.weights()).isEqualTo(Map.of("two", 3.0, "prune", 1.0));
        assertThat(report.total().item()).isEqualTo(6 + .16676848, within(1e-5));
        double q = .9307712; // of a = 1
        assertThat(parameter(slots, "neurons").grad().floats()[1])
                .isEqualTo((float) (-13 * q * (1 - q) / 132), within(1e-6f));
        List<ParameterGroup> groups = objective.groups(network, new Adamw(.9, .999, 1e-8, 0));
        assertThat(groups)
                .extracting(ParameterGroup::name)
                .containsExactly("network", "prune.gates", "prune.multipliers");
        assertThat(groups.get(0).parameters()).isEmpty();
        assertThat(objective.branchParameters()).isZero();
        assertThat(objective.readings()).containsKey("prune.sparsity.expected");
        assertThat(objective.isMet()).isFalse();
    }

    /** A loss of 2 that no parameter has a part in. */
    private static final class Two implements Term {
        @Override
        public Taps taps() {
            return Taps.NONE;
        }

        @Override
        public List<Part> losses(LossInputs view) {
            return Part.only(Tensor.scalar(2));
        }
    }

    @Test
    void multipliersAscendAndGatesDescendAndTheWarmUpCountsSteps() {
        Map<String, GateSlot> slots = new Tiny().gates();
        Sparsity sparsity = sparsity(slots, Cost.Parameters.of(slots), 0.5);
        Steps steps = new Steps(sparsity);
        steps.take(5);
        assertThat(sparsity.readings().get("sparsity.target")).isEqualTo(.25, within(1e-9));
        assertThat(sparsity.readings().get("sparsity.quadratic")).isGreaterThan(0);
        assertThat(sparsity.state()).containsOnlyKeys("linear", "quadratic");
        assertThat(parameter(slots, "heads").abs().max().item()).isLessThan(4.6052);
        steps.take(20);
        assertThat(sparsity.readings().get("sparsity.target")).isEqualTo(.5);
    }

    @Test
    void theExpectedSizeSettlesAtTheTarget() {
        Map<String, GateSlot> slots = new Tiny().gates();
        Sparsity sparsity = new Sparsity(
                List.of(new Sparsity.Goal("", slots, Cost.Parameters.of(slots), .5)),
                new Sparsity.Config(.1, .1, 50, Long.MAX_VALUE));
        new Steps(sparsity).take(600);
        assertThat(sparsity.readings().get("sparsity.expected")).isEqualTo(.5, within(.02));
    }

    @Test
    void goalsOfPartsHaveMultipliersOfTheirOwn() {
        Map<String, GateSlot> all = new Tiny().gates();
        Map<String, GateSlot> heads = Map.of("heads", all.get("heads"));
        Map<String, GateSlot> neurons = Map.of("neurons", all.get("neurons"));
        Sparsity sparsity = new Sparsity(
                List.of(
                        new Sparsity.Goal("attention", heads, Cost.Parameters.of(heads), .1),
                        new Sparsity.Goal("ffn", neurons, Cost.Parameters.of(neurons), .6)),
                CONFIG);

        assertThat(sparsity.state().keySet())
                .containsExactly("attention.linear", "attention.quadratic", "ffn.linear", "ffn.quadratic");
        assertThat(sparsity.readings()).containsKeys("sparsity.attention.removed", "sparsity.ffn.target");
    }

    @Test
    void whatCannotBeReachedIsSaid() {
        Map<String, GateSlot> slots = new Tiny().gates();
        // one head of two and one neuron of four stay: (40 + 39) / 132
        assertThatThrownBy(() -> sparsity(slots, Cost.Parameters.of(slots), .7))
                .hasMessage(
                        "sparsity 0.7 cannot be reached: every layer keeps a head and a neuron, so at most 0.598 can go");
    }

    @Test
    void masksAreFixedWhenLearningEnds() {
        Map<String, GateSlot> slots = new Tiny().gates();
        Sparsity sparsity = new Sparsity(
                List.of(new Sparsity.Goal("", slots, Cost.Parameters.of(slots), .5)),
                new Sparsity.Config(.1, .1, 1, 2));
        Steps steps = new Steps(sparsity);
        steps.take(2);
        sparsity.begin(new StepContext(2, 0, true));
        assertThat(sparsity.losses(VIEW)).isEmpty();
        float[] before = parameter(slots, "neurons").floats();
        assertThat(slots.get("neurons").gate().orElseThrow().mask().floats()).containsOnly(0, 1);
        steps.take(1);
        assertThat(parameter(slots, "neurons").floats()).containsExactly(before);
    }

    @Test
    void latencyIsReadOffCurves() {
        Cost.Curve curve = new Cost.Curve(List.of(1.0, 2.0, 4.0), List.of(3.0, 2.0, 0.0));
        assertThat(curve.saved(3)).isEqualTo(1);
        assertThat(curve.saved(0)).isEqualTo(3);
        Cost.Latency cost = Cost.Latency.adding(1, 10, Map.of("a", curve, "b", curve));
        assertThat(cost.removedAt(Map.of("a", 1.0, "b", 3.0))).isEqualTo(.4, within(1e-12));
        Tensor kept = Tensor.of(new float[] {3, 1.5f, 0}, 3).requiresGrad(true);
        Tensor removed = cost.removed(List.of("b", "a", "b"), kept);
        removed.backward();
        assertThat(removed.item()).isEqualTo(.1 + .25 + .3, within(1e-6));
        assertThat(kept.grad().floats()).containsExactly(new float[] {-.1f, -.1f, 0}, within(1e-6f));
    }

    @Test
    void savingsTogetherAreReadOffOneMoreCurve() {
        Cost.Curve curve = new Cost.Curve(List.of(1.0, 5.0), List.of(4.0, 0.0));
        Cost.Curve together = new Cost.Curve(List.of(0.0, 2.0, 8.0), List.of(0.0, 1.0, 7.0));
        Cost.Latency cost = new Cost.Latency(1, 10, Map.of("a", curve, "b", curve), together);

        assertThat(cost.removedAt(Map.of("a", 4.0, "b", 5.0))).isEqualTo(.05, within(1e-12));
        assertThat(cost.removedAt(Map.of("a", 2.0, "b", 4.0))).isEqualTo(.3, within(1e-12));
        Tensor removed = cost.removed(List.of("a", "b"), Tensor.of(new float[] {2, 4}, 2));
        assertThat(removed.item()).isEqualTo(.3, within(1e-6));
    }

    @Test
    void settlingShiftsGatesUntilTheirMasksMeetTheTarget() {
        HardConcrete gate = new HardConcrete(Tensor.arange(100).to(DType.F32).mul(.01), new Rounding(8));
        Map<String, GateSlot> slots = new Layer(gate).gates();
        Sparsity sparsity = new Sparsity(
                List.of(new Sparsity.Goal("", slots, Cost.Parameters.of(slots), .5)),
                new Sparsity.Config(1e-6, 1e-6, 0, 1));
        assertThat(gate.kept()).hasSizeGreaterThan(80);
        new Steps(sparsity).take(1);
        assertThat(gate.kept()).hasSize(48); // 50 of them in eights
        assertThat(gate.kept()[0]).isEqualTo(52);
        assertThat(sparsity.isMet()).isTrue();
    }

    /** One gate of a hundred. */
    private static final class Layer extends Module {
        Layer(HardConcrete gate) {
            gate("neurons", 100, 3).fill(gate);
        }
    }

    @Test
    void oneDrawHoldsForEveryPassUntilItEnds() {
        Map<String, GateSlot> slots = new Tiny().gates();
        Sparsity sparsity = sparsity(slots, Cost.Parameters.of(slots), .5);
        Gate neurons = slots.get("neurons").gate().orElseThrow();
        sparsity.begin(new StepContext(0, 0, true));
        assertThat(neurons.mask().floats())
                .containsExactly(neurons.mask().floats())
                .hasSize(4);
        assertThat(slots.get("heads").gate().orElseThrow().mask().floats()).hasSize(2);
        Tensor u = neurons.mask();
        u.sum().backward();
        assertThat(parameter(slots, "neurons").hasGrad()).isTrue();
        sparsity.end();
        assertThat(neurons.mask().floats()).isNotEqualTo(neurons.mask().floats());
    }

    /** A training of the constraint alone. */
    private static final class Steps {

        private final Sparsity sparsity;
        private final Optimizer optimizer;
        private long done;

        Steps(Sparsity sparsity) {
            this.sparsity = sparsity;
            optimizer = new Optimizer(sparsity.groups());
        }

        void take(int steps) {
            for (int i = 0; i < steps; i++) {
                sparsity.begin(new StepContext(done++, 0, true));
                sparsity.losses(VIEW).forEach(part -> part.loss().backward());
                sparsity.end();
                optimizer.step(1); // both groups have rates of their own
                optimizer.clearGrads();
                sparsity.updated();
            }
        }
    }

    static Tensor loss(Sparsity sparsity) {
        return sparsity.losses(VIEW).get(0).loss();
    }

    private static Sparsity sparsity(Map<String, GateSlot> slots, Cost cost, double target) {
        return new Sparsity(List.of(new Sparsity.Goal("", slots, cost, target)), CONFIG);
    }

    private static void setLinear(Sparsity sparsity, double value) {
        try (NoGrad quiet = NoGrad.open()) {
            sparsity.state().get("linear").fillInPlace(value);
        }
    }

    private static Tensor parameter(Map<String, GateSlot> slots, String path) {
        return slots.get(path).gate().orElseThrow().parameters().get("log_alpha");
    }

    private static HardConcrete hardConcrete(float... a) {
        return new HardConcrete(Tensor.of(a, a.length), Rounding.NONE);
    }
}
