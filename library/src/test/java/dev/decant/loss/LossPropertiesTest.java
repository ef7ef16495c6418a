package dev.decant.loss;

import static dev.decant.loss.Fixture.LABELS;
import static dev.decant.loss.Fixture.STUDENT;
import static dev.decant.loss.Fixture.TEACHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every loss: its derivative, and what it must not see. */
class LossPropertiesTest {

    private static final double CLOSE = 1e-12;

    /** A loss of two networks' outputs and the labels of a batch. */
    interface Loss {
        Tensor of(Tensor student, Tensor teacher, Tensor labels);
    }

    static List<Named<Loss>> ofLogits() {
        Tensor eps = Tensor.scalar(1.3);
        return List.of(
                Named.of("cross-entropy", (s, t, y) -> CrossEntropy.hard(s, y, 0)),
                Named.of("smoothed cross-entropy", (s, t, y) -> CrossEntropy.loss(s, y, 0.1)),
                Named.of("soft cross-entropy", (s, t, y) -> CrossEntropy.soft(s, t.softmax(-1))),
                Named.of("KD", (s, t, y) -> SoftTargets.kd(s, t, 4)),
                Named.of("soft targets", (s, t, y) -> SoftTargets.softCrossEntropy(s, t, 2)),
                Named.of("OFA", (s, t, y) -> Ofa.loss(s, t, y, 1.4, 2)),
                Named.of("OFA, eps a tensor", (s, t, y) -> Ofa.loss(s, t, y, eps, 1)),
                Named.of("TCKD", (s, t, y) -> Dkd.tckd(s, t, y, 2)),
                Named.of("NCKD", (s, t, y) -> Dkd.nckd(s, t, y, 2)),
                Named.of("DKD", (s, t, y) -> Dkd.loss(s, t, y, 1, 8, 4)),
                Named.of("DIST inter", (s, t, y) -> Dist.inter(s, t, 1)),
                Named.of("DIST intra", (s, t, y) -> Dist.intra(s, t, 1)),
                Named.of("DIST", (s, t, y) -> Dist.loss(s, t, 2, 2, 4)));
    }

    static List<Named<Loss>> ofFeatures() {
        return List.of(
                Named.of("binary cross-entropy", (s, t, y) -> CrossEntropy.binary(s, t.softmax(-1))),
                Named.of("RKD distance", (s, t, y) -> Rkd.distance(s, t)),
                Named.of("RKD angle", (s, t, y) -> Rkd.angle(s, t)),
                Named.of("RKD angle by pieces", (s, t, y) -> Rkd.angle(s, t, 1)),
                Named.of("RKD", (s, t, y) -> Rkd.loss(s, t, 25, 50)),
                Named.of("MSE", (s, t, y) -> Hints.mse(s, t)));
    }

    static List<Named<Loss>> others() {
        return List.of(
                Named.of("correlation congruence", (s, t, y) -> CorrelationCongruence.loss(s, t)),
                Named.of("contrast", (s, t, y) -> contrast(s, t)));
    }

    private static Tensor contrast(Tensor student, Tensor teacher) {
        Tensor bank = Contrastive.unit(teacher.detach());
        Tensor rows = bank.indexSelect(0, Tensor.of(new long[] {0, 1, 2, 1, 0, 2, 2, 0, 1}))
                .reshape(3, 3, 4);
        return Contrastive.contrast(
                Contrastive.scores(rows, Contrastive.unit(student), 0.5).div(10), 20);
    }

    @ParameterizedTest
    @MethodSource({"ofLogits", "ofFeatures", "others"})
    void theGradientIsTheDerivative(Loss loss) {
        Gradients.check(s -> loss.of(s, TEACHER, LABELS), STUDENT);
    }

    @ParameterizedTest
    @MethodSource("ofLogits")
    void addingANumberToAllLogitsOfAnExampleChangesNothing(Loss loss) {
        Tensor shift = Tensor.of(new double[] {5, -3, 2}, 3, 1);
        double plain = loss.of(STUDENT, TEACHER, LABELS).item();
        assertThat(loss.of(STUDENT.add(shift), TEACHER.sub(shift), LABELS).item())
                .isCloseTo(plain, within(CLOSE));
    }

    @ParameterizedTest
    @MethodSource({"ofLogits", "ofFeatures"})
    void theOrderOfTheBatchDoesNotMatter(Loss loss) {
        double plain = loss.of(STUDENT, TEACHER, LABELS).item();
        Tensor order = Tensor.of(new long[] {2, 0, 1});
        assertThat(loss.of(STUDENT.indexSelect(0, order), TEACHER.indexSelect(0, order), LABELS.indexSelect(0, order))
                        .item())
                .isCloseTo(plain, within(CLOSE));
    }

    @ParameterizedTest
    @MethodSource({"ofLogits", "ofFeatures"})
    void noGradientReachesTheTeacher(Loss loss) {
        Tensor teacher = TEACHER.copy().requiresGrad(true);
        Tensor student = STUDENT.copy().requiresGrad(true);
        loss.of(student, teacher, LABELS).backward();
        assertThat(teacher.hasGrad()).isFalse();
    }
}
