package dev.decant.loss;

import static dev.decant.loss.Fixture.LABELS_2;
import static dev.decant.loss.Fixture.STUDENT_2;
import static dev.decant.loss.Fixture.TEACHER_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DkdTest {

    @Test
    void hasTheAuthorsValues() {
        Fixture.isGolden(0.08617430582418202, as -> Dkd.tckd(as.apply(STUDENT_2), as.apply(TEACHER_2), LABELS_2, 1));
        Fixture.isGolden(0.25579620503763295, as -> Dkd.nckd(as.apply(STUDENT_2), as.apply(TEACHER_2), LABELS_2, 1));
        Fixture.isGolden(
                0.597766715899448, as -> Dkd.loss(as.apply(STUDENT_2), as.apply(TEACHER_2), LABELS_2, 1, 2, 1));
        Fixture.isGolden(
                2.2710930233538895, as -> Dkd.loss(as.apply(STUDENT_2), as.apply(TEACHER_2), LABELS_2, 1, 8, 4));
    }

    @Test
    void weighsItsPartsIntoPlainDistillationForOneExample() {
        Tensor s = STUDENT_2.narrow(0, 0, 1);
        Tensor t = TEACHER_2.narrow(0, 0, 1);
        Tensor y = LABELS_2.narrow(0, 0, 1);
        double rest = 1 - t.softmax(-1).select(1, 1).item(); // KD = TCKD + (1 - p_y) NCKD
        assertThat(Dkd.loss(s, t, y, 1, rest, 1).item())
                .isCloseTo(SoftTargets.kd(s, t, 1).item(), within(1e-12));
    }

    @Test
    void takesTheFirstLargestOfSoftLabels() {
        Tensor mixed = Tensor.of(new double[] {.1, .4, .4, .1, .6, 0, .4, 0}, 2, 4);
        assertThat(Dkd.loss(STUDENT_2, TEACHER_2, mixed, 1, 2, 1).item())
                .isEqualTo(Dkd.loss(STUDENT_2, TEACHER_2, LABELS_2, 1, 2, 1).item());
    }

    @Test
    void staysFiniteWhereBothAreCertain() {
        Tensor s = Tensor.of(new float[] {300, -300, 0}, 1, 3).requiresGrad(true);
        Tensor t = Tensor.of(new float[] {-200, 200, 0}, 1, 3);
        Tensor loss = Dkd.loss(s, t, Tensor.of(new long[] {1}), 1, 2, 1);
        loss.backward();
        assertThat(loss.isFinite()).isTrue();
        assertThat(s.grad().isFinite()).isTrue();
    }

    @Test
    void needsTwoClasses() {
        Tensor one = Tensor.zeros(1, 1);
        assertThatThrownBy(() -> Dkd.tckd(one, one, Tensor.of(new long[] {0}), 1))
                .hasMessage("DKD needs at least 2 classes, found 1");
    }
}
