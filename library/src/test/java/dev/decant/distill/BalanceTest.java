package dev.decant.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BalanceTest {

    /** Gradient (6, 8), of norm 10: the loss is 3 a^2 + 4 b^2 at a = b = 1. */
    private static final Term QUADRATIC = new OfWeights(3, 4);

    /** The same a thousand times. */
    private static final Term HUGE = new OfWeights(4000, 3000);

    /** c a^2 + d b^2 of the student's two weights. */
    private record OfWeights(double c, double d) implements Term {
        @Override
        public Taps taps() {
            return new Taps(java.util.Set.of("weights"), Map.of());
        }

        @Override
        public List<Part> losses(LossInputs view) {
            Tensor squares = view.student().get("weights").square();
            return Part.only(squares.mul(Tensor.of(new double[] {c, d}, 2)).sum());
        }
    }

    private static Tensor weights() {
        return Tensor.of(new double[] {1, 1}, 2).requiresGrad(true);
    }

    private static LossInputs view(Tensor weights, boolean training) {
        Trace trace = Trace.of("weights");
        trace.offer("weights", weights);
        return new LossInputs(trace, Map.of(), Tensor.zeros(1), new long[1], 0, training);
    }

    private static Objective objective(Tensor weights, double a, double b) {
        return new Objective(
                List.of(new Objective.Weighted("small", a, QUADRATIC), new Objective.Weighted("large", b, HUGE)),
                List.of(weights),
                Optional.empty());
    }

    @Test
    void aTermAThousandTimesAsLargeGetsTheSameShareOfTheGradient() {
        Tensor weights = weights();
        Objective.Report report = objective(weights, 1, 1).evaluate(view(weights, true));
        double mean = Math.sqrt(10 * 10_000); // geometric mean of the gradients' norms
        assertThat(report.weights().get("small")).isCloseTo(mean / 10, within(1e-9));
        assertThat(report.weights().get("large")).isCloseTo(mean / 10_000, within(1e-12));
        report.total().backward();
        assertThat(weights.grad().doubles()) // (6, 8) / 10 and (8000, 6000) / 10000, each times the mean
                .containsExactly(new double[] {1.4 * mean, 1.4 * mean}, within(1e-9));
        assertThat(report.parts().get("large").item()).isEqualTo(7000);
        assertThat(report.total().item()).isCloseTo(7 * mean / 10 + 7000 * mean / 10_000, within(1e-9));
    }

    @Test
    void weightsAreSharesOfTheGradient() {
        Tensor weights = weights();
        Objective objective = objective(weights, 3, 1);
        Objective.Report report = objective.evaluate(view(weights, true));
        double small = 10 * report.weights().get("small");
        double large = 10_000 * report.weights().get("large");
        assertThat(small / large).isCloseTo(3, within(1e-12));
        double mean = Math.exp((3 * Math.log(10) + Math.log(10_000)) / 4);
        assertThat(small).isCloseTo(3 * mean, within(1e-9));
        assertThat(objective.readings()).containsOnlyKeys("balance.small", "balance.large");
        assertThat(objective.readings().get("balance.large"))
                .isEqualTo(report.weights().get("large"));
    }

    @Test
    void everyEighthStepMeasuresOnePartInTurn() {
        Tensor weights = weights();
        Objective objective = objective(weights, 1, 1);
        objective.evaluate(view(weights, true));
        try (NoGrad quiet = NoGrad.open()) {
            weights.mulInPlace(2); // both gradients are twice as long from here on
        }
        for (int step = 1; step < 8; step++) {
            objective.evaluate(view(weights, true));
        }
        Tensor norms = objective.state().get("balance.norms");
        assertThat(norms.doubles()).containsExactly(new double[] {10, 10_000}, within(1e-4));
        objective.evaluate(view(weights, true)); // step 8 is the second part's
        assertThat(norms.doubles()).containsExactly(new double[] {10, 0.8 * 10_000 + 0.2 * 20_000}, within(1e-4));
        objective.evaluate(view(weights, false)); // not a step
        for (int step = 9; step <= 16; step++) {
            objective.evaluate(view(weights, true));
        }
        assertThat(norms.doubles()).containsExactly(new double[] {0.8 * 10 + 0.2 * 20, 12_000}, within(1e-4));
        assertThat(objective.state().get("balance.steps").item()).isEqualTo(17);
        assertThat(norms.dtype()).isEqualTo(DType.F64);
    }

    @Test
    void aPartWithoutGradientKeepsItsShare() {
        Tensor weights = weights();
        Objective objective = new Objective(
                List.of(
                        new Objective.Weighted("none", 0.7, new OfWeights(0, 0)),
                        new Objective.Weighted("some", 2, QUADRATIC)),
                List.of(weights),
                Optional.empty());
        Objective.Report report = objective.evaluate(view(weights, true));
        assertThat(report.weights()).containsEntry("none", 0.7);
        assertThat(report.weights().get("some")).isCloseTo(2, within(1e-12));
    }

    @Test
    void measuringLeavesNoGradientBehind() {
        Tensor weights = weights();
        objective(weights, 1, 1).evaluate(view(weights, true));
        assertThat(weights.hasGrad()).isFalse();
    }
}
