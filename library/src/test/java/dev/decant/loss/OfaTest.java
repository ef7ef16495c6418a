package dev.decant.loss;

import static dev.decant.loss.Fixture.LABELS_2;
import static dev.decant.loss.Fixture.STUDENT_2;
import static dev.decant.loss.Fixture.TEACHER_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfaTest {

    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0957319686555171, 1.290434046858532",
        "1.1, 1.0602045478052649, 1.2211936822519736",
        "1.2, 1.044692877393501, 1.1737555795768726",
        "1.4, 1.0583928939217266, 1.131793761256541",
        "1.5, 1.0823777341797998, 1.1324022745800186",
        "2.0, 1.319539487070561, 1.288196222300471",
    })
    void hasTheAuthorsValues(double eps, double atOne, double atTwo) {
        Fixture.isGolden(atOne, as -> Ofa.loss(as.apply(STUDENT_2), as.apply(TEACHER_2), LABELS_2, eps, 1));
        Fixture.isGolden(atTwo, as -> Ofa.loss(as.apply(STUDENT_2), as.apply(TEACHER_2), LABELS_2, eps, 2));
        Tensor one = Tensor.scalar(eps).to(DType.F64);
        Tensor each = Tensor.of(new double[] {eps, eps});
        assertThat(Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, each, 2).item()).isCloseTo(atTwo, within(1e-9));
        assertThat(Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, one, 2).item()).isCloseTo(atTwo, within(1e-6));
    }

    @Test
    void hasTheAuthorsGradients() {
        assertThat(gradient(1.5))
                .containsExactly(
                        new double[] {
                            0.1665742297,
                            -0.2905852364,
                            0.1022917491,
                            0.0217192576,
                            -0.1085045718,
                            0.0251455547,
                            -0.1119226043,
                            0.1952816213
                        },
                        within(1e-9));
        assertThat(gradient(1.0))
                .containsExactly(
                        new double[] {
                            0.0767854525,
                            -0.1255368640,
                            0.0465727312,
                            0.0021786802,
                            -0.0361057394,
                            0.0035287278,
                            -0.1612739092,
                            0.1938509208
                        },
                        within(1e-9));
    }

    private static double[] gradient(double eps) {
        return Gradients.of(s -> Ofa.loss(s, TEACHER_2, LABELS_2, eps, 1), STUDENT_2);
    }

    @Test
    void isSoftCrossEntropyAtEpsOne() {
        for (DType type : new DType[] {DType.F64, DType.F32}) {
            Tensor s = STUDENT_2.to(type);
            Tensor t = TEACHER_2.to(type);
            double close = type == DType.F64 ? 1e-15 : 1e-7;
            assertThat(Ofa.loss(s, t, LABELS_2, 1, 2).item())
                    .isCloseTo(SoftTargets.softCrossEntropy(s, t, 2).item(), within(close));
        }
    }

    @Test
    void isTheTeachersEntropyAboveKdAtEpsOne() {
        double kd = SoftTargets.kd(STUDENT_2, TEACHER_2, 1).item();
        assertThat(Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, 1, 1).item() - kd)
                .isCloseTo(0.8280213035126938, within(1e-9));
    }

    @Test
    void raisesEachExampleToItsOwnExponent() {
        Tensor each = Tensor.of(new double[] {1.1, 2});
        double first = lossOfRow(0, 1.1);
        double second = lossOfRow(1, 2);
        assertThat(Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, each, 1).item())
                .isCloseTo((first + second) / 2, within(1e-12));
    }

    private static double lossOfRow(long row, double eps) {
        return Ofa.loss(STUDENT_2.narrow(0, row, 1), TEACHER_2.narrow(0, row, 1), LABELS_2.narrow(0, row, 1), eps, 1)
                .item();
    }

    @Test
    void weighsTheTargetByOnePlusItsProbability() {
        Tensor even = Tensor.of(new double[] {0, 0}, 1, 2); // p = 1/2, 1/2
        assertThat(Ofa.weights(even, Tensor.of(new long[] {1}), 2, 1).doubles())
                .containsExactly(new double[] {0.25, 1.25}, within(1e-12)); // 0.5², 1.5² - 1
    }

    @Test
    void takesTheFirstLargestOfSoftLabels() {
        Tensor mixed = Tensor.of(new double[] {.1, .4, .4, .1, .6, 0, .4, 0}, 2, 4); // classes 1 and 0
        assertThat(Ofa.loss(STUDENT_2, TEACHER_2, mixed, 1.5, 1).item())
                .isEqualTo(Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, 1.5, 1).item());
    }

    @Test
    void staysFiniteWhereTheTeacherIsCertain() {
        Tensor certain = Tensor.of(new float[] {500, -500}, 1, 2);
        Tensor student = Tensor.of(new float[] {-300, 300}, 1, 2).requiresGrad(true);
        Tensor loss = Ofa.loss(student, certain, Tensor.of(new long[] {0}), 1.5, 1);
        loss.backward();
        assertThat(loss.item()).isCloseTo(600 * (Math.pow(2, 1.5) - 1), within(1e-3));
        assertThat(student.grad().isFinite()).isTrue();
    }

    @Test
    void noGradientReachesTeacherOrEps() {
        Tensor teacher = TEACHER_2.copy().requiresGrad(true);
        Tensor eps = Tensor.of(new double[] {1.1, 1.3}).requiresGrad(true);
        assertThat(Ofa.weights(teacher, LABELS_2, eps, 1).requiresGrad()).isFalse();
    }

    @Test
    void namesWhatDoesNotFit() {
        Tensor three = Tensor.zeros(2, 3);
        assertThatThrownBy(() -> Ofa.loss(STUDENT_2, three, LABELS_2, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("student logits (2, 4) and teacher logits (2, 3) must have the same shape");
        assertThatThrownBy(() -> Ofa.loss(STUDENT_2, TEACHER_2, Tensor.zeros(5), 1, 1))
                .hasMessageContaining("target (5) must be classes (N)");
        assertThatThrownBy(() -> Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, -1, 1))
                .hasMessageContaining("eps must be at least 0");
        assertThatThrownBy(() -> Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, Tensor.zeros(3), 1))
                .hasMessageContaining("eps (3)");
        assertThatThrownBy(() -> Ofa.loss(STUDENT_2, TEACHER_2, LABELS_2, 1, 0))
                .hasMessageContaining("temperature must be greater than 0");
    }
}
