package dev.decant.loss;

import static dev.decant.loss.Fixture.STUDENT_2;
import static dev.decant.loss.Fixture.TEACHER_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SoftTargetsTest {

    @Test
    void hasTheAuthorsValues() {
        Fixture.isGolden(0.2677106651428235, as -> SoftTargets.kd(as.apply(STUDENT_2), as.apply(TEACHER_2), 1));
        Fixture.isGolden(0.3010580693765461, as -> SoftTargets.kd(as.apply(STUDENT_2), as.apply(TEACHER_2), 4));
        Fixture.isGolden(
                1.0957319686555171, as -> SoftTargets.softCrossEntropy(as.apply(STUDENT_2), as.apply(TEACHER_2), 1));
    }

    @Test
    void isZeroWithoutGradientWhenStudentEqualsTeacher() {
        assertThat(SoftTargets.kd(TEACHER_2, TEACHER_2, 3).item()).isZero();
        assertThat(Gradients.of(s -> SoftTargets.kd(s, TEACHER_2, 3), TEACHER_2))
                .containsOnly(new double[] {0}, within(1e-15));
    }

    @Test
    void isInUnitsOfTheLogitsGradientWhateverTheTemperature() {
        Tensor far = STUDENT_2.add(TEACHER_2.sub(STUDENT_2).mul(1e-3));
        double mild = SoftTargets.kd(far, STUDENT_2, 50).item();
        double hot = SoftTargets.kd(far, STUDENT_2, 100).item();
        assertThat(hot / mild).isCloseTo(1, within(0.05));
    }

    @Test
    void staysFiniteForLogitsFarApart() {
        Tensor s = Tensor.of(new float[] {400, -400}, 1, 2);
        assertThat(SoftTargets.kd(s, s.neg(), 1).item()).isCloseTo(800, within(1e-3));
    }
}
