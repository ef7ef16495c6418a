package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.DType;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelationsTest {

    private static final Optional<Tensor> NO_MASK = Optional.empty();

    @BeforeEach
    void seeds() {
        Rng.seed(3);
    }

    private static Tensor random(long... shape) {
        return Tensor.randn(shape).to(DType.F64);
    }

    @Test
    void twoTokensOfOneNumber() {
        Tensor student = Tensor.of(new double[] {0, 1}, 1, 1, 2, 1); // relations (1/2, 1/2), softmax(0, 1)
        Tensor teacher = Tensor.of(new double[] {1, 0}, 1, 1, 2, 1); // relations softmax(1, 0), (1/2, 1/2)
        assertThat(Relations.kl(student, teacher, NO_MASK, 1).item()).isCloseTo(0.11552929, within(1e-8));
        assertThat(Relations.kl(teacher, teacher, NO_MASK, 1).item()).isZero();
    }

    @Test
    void headsAreCutAnew() {
        Tensor four = random(2, 4, 5, 3);
        Tensor one = four.transpose(1, 2).reshape(2, 5, 1, 12).transpose(1, 2); // the same vectors as one head
        Tensor other = random(2, 2, 5, 6);
        for (long heads : new long[] {1, 3, 6}) {
            assertThat(Relations.kl(one, other, NO_MASK, heads).item())
                    .isCloseTo(Relations.kl(four, other, NO_MASK, heads).item(), within(1e-12));
        }
        assertThat(Relations.kl(four, random(2, 8, 5, 3), NO_MASK, 4).item()).isPositive(); // another width
        assertThatThrownBy(() -> Relations.kl(four, other, NO_MASK, 5))
                .hasMessage("student vectors of width 12 do not divide by 5 heads");
    }

    @Test
    void paddingIsAsIfItWereNotThere() {
        Tensor student = random(1, 2, 5, 3);
        Tensor teacher = random(1, 2, 5, 3);
        Tensor mask = Tensor.of(new long[] {1, 1, 1, 0, 0}, 1, 5);
        double cut = Relations.kl(student.narrow(2, 0, 3), teacher.narrow(2, 0, 3), NO_MASK, 2)
                .item();
        assertThat(Relations.kl(student, teacher, Optional.of(mask), 2).item()).isCloseTo(cut, within(1e-12));
        double[] gradient = Gradients.of(s -> Relations.kl(s, teacher, Optional.of(mask), 2), student);
        Tensor ofPadding = Tensor.of(gradient, 1, 2, 5, 3).narrow(2, 3, 2);
        assertThat(ofPadding.abs().sum().item()).isZero();
    }

    @Test
    void hasTheRightDerivative() {
        Tensor teacher = random(2, 2, 4, 3);
        Tensor mask = Tensor.of(new long[] {1, 1, 1, 1, 1, 1, 1, 0}, 2, 4);
        Gradients.check(s -> Relations.kl(s, teacher, Optional.of(mask), 3), random(2, 2, 4, 3));
        Tensor student = random(2, 2, 4, 3);
        assertThat(Gradients.of(
                        t -> Relations.kl(student.requiresGrad(true), t, NO_MASK, 2)
                                .add(t.sum().mul(0)),
                        teacher))
                .containsOnly(0);
    }
}
