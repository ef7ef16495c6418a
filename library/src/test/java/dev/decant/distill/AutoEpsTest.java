package dev.decant.distill;

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
    private static final int BATCH = 64;

    @Test
    void startsAtOneUntilItHasSeenEnough() {
        AutoEps auto = new AutoEps(1, 1);
        assertThat(auto.value()).isEqualTo(1.0);
        observe(auto, AutoEps.WARMUP_STEPS - 1, z -> z.zerosLike());
        assertThat(auto.value()).isEqualTo(1.0);
    }

    @Test
    void trustsATeacherThatKnowsTheClassesMoreThanOneThatDoesNot() {
        AutoEps knowing = new AutoEps(1, 1);
        AutoEps ignorant = new AutoEps(1, 1);
        observe(knowing, 150, z -> z);
        observe(ignorant, 150, Tensor::zerosLike);
        System.out.println("EPS " + knowing.value() + " " + ignorant.value());
        assertThat(knowing.value()).isBetween(AutoEps.FIRST, 1.3);
        assertThat(ignorant.value()).isBetween(1.5, AutoEps.LAST);
    }

    /** Labels are drawn from softmax(z) of a linear z = A f; the teacher gives some function of z; the student knows nothing. */
    private static void observe(AutoEps auto, int steps, UnaryOperator<Tensor> teacher) {
        Rng.seed(11);
        Random random = new Random(12);
        Tensor truth = Tensor.randn(WIDTH, CLASSES).mul(0.5);
        for (int step = 0; step < steps; step++) {
            try (Scope scope = Scope.open()) {
                Tensor features = Tensor.randn(BATCH, WIDTH);
                Tensor z = features.matmul(truth);
                Tensor labels = Tensor.of(drawn(z.softmax(-1).doubles(), random));
                auto.observe(new AutoEps.Batch(z.zerosLike(), features, teacher.apply(z), labels));
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
