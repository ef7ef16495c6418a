package dev.decant.loss;

import static dev.decant.loss.Fixture.STUDENT;
import static dev.decant.loss.Fixture.TEACHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DistTest {

    @Test
    void hasTheAuthorsValues() {
        Fixture.isGolden(0.6843151943295228, as -> Dist.inter(as.apply(STUDENT), as.apply(TEACHER), 1));
        Fixture.isGolden(0.8244591660421312, as -> Dist.intra(as.apply(STUDENT), as.apply(TEACHER), 1));
        Fixture.isGolden(1.5087743603716541, as -> Dist.loss(as.apply(STUDENT), as.apply(TEACHER), 1, 1, 1));
    }

    @Test
    void isZeroWhenStudentEqualsTeacher() {
        assertThat(Dist.loss(TEACHER, TEACHER, 1, 1, 1).item()).isCloseTo(0, within(1e-5)); // 1e-8 beside the norms
    }

    @Test
    void correlatesNothingWithAConstantAndStaysFinite() {
        Tensor flat = Tensor.zeros(3, 4).requiresGrad(true);
        Tensor loss = Dist.loss(flat, TEACHER.to(flat.dtype()), 1, 1, 1);
        loss.backward();
        assertThat(loss.item()).isCloseTo(2, within(1e-6));
        assertThat(flat.grad().isFinite()).isTrue();
    }
}
