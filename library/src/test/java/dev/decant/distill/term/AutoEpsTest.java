package dev.decant.distill.term;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AutoEpsTest {

    private static final int CLASSES = 10;
    private static final int WIDTH = 16;
    private static final int BATCH = 128;

    @Test
    void startsAtOneUntilItHasSeenEnough() {
        AutoEps auto = new AutoEps(1, 1);
        observe(auto, 0, AutoEps.WARMUP_STEPS - 1, Tensor::zerosLike);
        assertThat(auto.value()).isEqualTo(1.0);
        observe(auto, 0, 1, Tensor::zerosLike);
        assertThat(auto.value()).isGreaterThan(1.0);
    }

    @Test
    void trustsATeacherThatKnowsTheClassesMoreThanOneThatDoesNot() {
        AutoEps knowing = new AutoEps(1, 1);
        AutoEps ignorant = new AutoEps(1, 1);
        observe(knowing, 0.5, 20, z -> z.mul(2));
        observe(ignorant, 0.5, 20, Tensor::zerosLike);
        assertThat(knowing.value()).isBetween(AutoEps.FIRST, 1.2);
        assertThat(ignorant.value()).isBetween(1.8, AutoEps.LAST);
    }

    @Test
    void staysWithWhatTheFirstEpochTaught() {
        AutoEps auto = new AutoEps(1, 1);
        observe(auto, 0.5, 20, Tensor::zerosLike);
        double eps = auto.value();
        observe(auto, 1, 20, z -> z.mul(2));
        assertThat(auto.value()).isEqualTo(eps);
    }

    @Test
    void goesOnWhereASavedOneStopped() {
        AutoEps saved = new AutoEps(1, 1);
        observe(saved, 0, AutoEps.WARMUP_STEPS, Tensor::zerosLike);
        AutoEps restored = new AutoEps(1, 1);
        assertThat(restored.state().keySet()).containsExactly("numerator", "norm", "steps");
        restored.state().forEach((name, t) -> t.copyFrom(saved.state().getOrDefault(name, t)));
        assertThat(restored.value()).isEqualTo(saved.value());
    }

    /** Labels are drawn from softmax(z) of z = A f; the student is at z / 2, the teacher at some function of z. */
    private static void observe(AutoEps auto, double epoch, int steps, UnaryOperator<Tensor> teacher) {
        Rng.seed(11);
        Random random = new Random(12);
        Tensor truth = Tensor.randn(WIDTH, CLASSES).mul(0.5);
        for (int step = 0; step < steps; step++) {
            try (Scope scope = Scope.open()) {
                Tensor features = Tensor.randn(BATCH, WIDTH);
                Tensor z = features.matmul(truth);
                Tensor labels = Tensor.of(drawn(z.softmax(-1).doubles(), random));
                auto.observe(epoch, new AutoEps.Batch(z.div(2), features, teacher.apply(z), labels));
            }
        }
    }

    private static long[] drawn(double[] probs, Random random) {
        long[] labels = new long[probs.length / CLASSES];
        for (int i = 0; i < labels.length; i++) {
            double left = random.nextDouble();
            int c = 0;
            while (c < CLASSES - 1 && left >= probs[i * CLASSES + c]) {
                left -= probs[i * CLASSES + c++];
            }
            labels[i] = c;
        }
        return labels;
    }
}
