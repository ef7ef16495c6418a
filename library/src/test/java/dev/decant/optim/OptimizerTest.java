package dev.decant.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizerTest {

    /** A 1x2 matrix (decays) and a bias (does not), with gradient 2p and 1. */
    private final Tensor matrix = Tensor.of(new float[] {1, -2}, 1, 2).requiresGrad(true);

    private final Tensor bias = Tensor.of(new float[] {0.5f}).requiresGrad(true);
    private final Map<String, Tensor> parameters = Map.of("w", matrix, "b", bias);

    private void backward() {
        matrix.clearGrad();
        bias.clearGrad();
        matrix.square().sum().add(bias.sum()).backward();
    }

    @Test
    void sgdFollowsItsFormulaByHand() {
        Optimizer sgd = Optimizer.of(parameters, new Sgd(0.9, true, 0.1));
        backward();
        sgd.step(0.1);
        // g = 2p + 0.1p = 2.1, b = 2.1, p -= 0.1 (2.1 + 0.9 * 2.1) = 0.399
        assertThat(matrix.doubles()[0]).isCloseTo(0.601, within(1e-6));
        assertThat(matrix.doubles()[1]).isCloseTo(-1.202, within(1e-6));
        // bias: g = 1, no decay, p -= 0.1 * 1.9
        assertThat(bias.item()).isCloseTo(0.31, within(1e-6));
        backward();
        sgd.step(0.1);
        // g = 2.1 * 0.601 = 1.2621, b = 0.9 * 2.1 + 1.2621 = 3.1521, p -= 0.1 (1.2621 + 0.9 * 3.1521)
        assertThat(matrix.doubles()[0]).isCloseTo(0.601 - 0.1 * (1.2621 + 0.9 * 3.1521), within(1e-6));
    }

    @Test
    void adamwMovesByTheLearningRateAtFirst() {
        Optimizer adamw = Optimizer.of(parameters, new Adamw(0.9, 0.999, 1e-8, 0.1));
        backward();
        adamw.step(0.01);
        // m^/sqrt(v^) = sign(g); p = p (1 - lr d) - lr sign(g)
        assertThat(matrix.doubles()[0]).isCloseTo(1 * (1 - 0.001) - 0.01, within(1e-6));
        assertThat(matrix.doubles()[1]).isCloseTo(-2 * (1 - 0.001) + 0.01, within(1e-6));
        assertThat(bias.item()).isCloseTo(0.49, within(1e-6));
        backward();
        adamw.step(0.01);
        assertThat(bias.item()).isCloseTo(0.48, within(1e-6));
    }

    @Test
    void bertAdamIsNotCorrectedAndCutsEachGradient() {
        Optimizer bert = Optimizer.of(parameters, new BertAdam(0.9, 0.999, 1e-6, 0.01, 1));
        backward();
        bert.step(0.01);
        // g = (2, -4) / sqrt(20), m = 0.1 g, v = 0.001 g^2: m / (sqrt(v) + eps) = 0.1 / sqrt(0.001) sign(g), nearly
        double move = 0.1 / Math.sqrt(0.001);
        assertThat(matrix.doubles()[0]).isCloseTo(1 - 0.01 * (move + 0.01), within(1e-5));
        assertThat(matrix.doubles()[1]).isCloseTo(-2 + 0.01 * (move + 0.02), within(1e-5));
        assertThat(bias.item()).isCloseTo(0.5 - 0.01 * move, within(1e-5));
        backward();
        bert.step(0.01);
        // m = 0.19, v = 0.001999 for the constant gradient 1
        assertThat(bias.item()).isCloseTo(0.5 - 0.01 * (move + 0.19 / Math.sqrt(0.001999)), within(1e-5));
    }

    @Test
    void lambScalesTheDirectionToTheWeights() {
        Optimizer lamb = Optimizer.of(parameters, new Lamb(0.9, 0.999, 1e-8, 0.1));
        backward();
        lamb.step(0.01);
        // u = sign(g) + 0.1 p = (1.1, -1.2); ratio = |p| / |u| = sqrt(5) / sqrt(2.65)
        double ratio = Math.sqrt(5) / Math.sqrt(1.1 * 1.1 + 1.2 * 1.2);
        assertThat(matrix.doubles()[0]).isCloseTo(1 - 0.01 * ratio * 1.1, within(1e-5));
        assertThat(bias.item()).isCloseTo(0.49, within(1e-5));
    }

    @Test
    void eachMinimisesAQuadratic() {
        for (UpdateRule rule :
                List.of(new Sgd(0.9, true, 0), new Adamw(0.9, 0.999, 1e-8, 0), new Lamb(0.9, 0.999, 1e-8, 0))) {
            Optimizer o = Optimizer.of(Map.of("w", matrix), rule);
            matrix.detach().copyFrom(Tensor.of(new float[] {1, -2}, 1, 2));
            for (int i = 0; i < 200; i++) {
                backward();
                o.step(0.05 * (200 - i) / 200);
            }
            assertThat(matrix.square().sum().item()).as(rule.toString()).isLessThan(1e-2);
        }
    }

    @Test
    void parametersWithoutGradientStay() {
        Tensor idle = Tensor.ones(2, 2).requiresGrad(true);
        Optimizer.of(Map.of("idle", idle), new Sgd(0.9, true, 0.1)).step(1);
        assertThat(idle.floats()).containsOnly(1f);
    }

    @Test
    void cosineAndStepWarmUpAsTheRecipesDo() {
        Schedule cosine = new Schedule.Cosine(0.05, 0.001, 300, new Schedule.Warmup(3, 1e-4));
        assertThat(cosine.at(0)).isEqualTo(1e-4);
        assertThat(cosine.at(1)).isCloseTo(1e-4 + (0.05 - 1e-4) / 3, within(1e-12));
        assertThat(cosine.at(3)).isCloseTo(0.001 + 0.5 * 0.049 * (1 + Math.cos(Math.PI * 3 / 300)), within(1e-12));
        assertThat(cosine.at(300)).isCloseTo(0.001, within(1e-12));
        Schedule linear = new Schedule.Linear(2e-5, 0, 3, new Schedule.Warmup(0.3, 0));
        assertThat(linear.at(0)).isZero();
        assertThat(linear.at(0.15)).isCloseTo(1e-5, within(1e-12));
        assertThat(linear.at(0.3)).isCloseTo(2e-5, within(1e-12));
        assertThat(linear.at(1.65)).isCloseTo(1e-5, within(1e-12));
        assertThat(linear.at(3)).isZero();
        Schedule step = new Schedule.Step(0.1, 30, 0.1, Schedule.Warmup.NONE);
        assertThat(step.at(29)).isEqualTo(0.1);
        assertThat(step.at(30)).isCloseTo(0.01, within(1e-12));
        assertThat(step.at(60)).isCloseTo(0.001, within(1e-12));
    }

    @Test
    void emaAverages() {
        Tensor x = Tensor.of(new float[] {0});
        Ema ema = new Ema(Map.of("x", x), 0.9);
        x.fillInPlace(1);
        ema.update();
        ema.update();
        Tensor average = ema.state().get("x");
        assertThat(average.item()).isCloseTo(0.19, within(1e-6));
    }
}
