package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Small tensors shared by the tests of the losses; three examples of four classes. */
final class Fixture {

    static final Tensor STUDENT = Tensor.of(new double[] {1, 2, .5, -1, .2, -.3, .8, 1.5, 0, 1, -1, .3}, 3, 4);
    static final Tensor TEACHER = Tensor.of(new double[] {.5, 3, 0, -.5, 1, 0, 2, .5, -.2, .4, .6, 1.2}, 3, 4);
    static final Tensor LABELS = Tensor.of(new long[] {1, 0, 3});

    /** The first two examples. */
    static final Tensor STUDENT_2 = STUDENT.narrow(0, 0, 2);

    static final Tensor TEACHER_2 = TEACHER.narrow(0, 0, 2);
    static final Tensor LABELS_2 = LABELS.narrow(0, 0, 2);

    private Fixture() {}

    /** In double to 1e-9, in float to 1e-5; the function is given a conversion to apply to its inputs. */
    static void isGolden(double expected, Function<UnaryOperator<Tensor>, Tensor> loss) {
        assertThat(loss.apply(t -> t.to(DType.F64)).item()).isCloseTo(expected, within(1e-9));
        Tensor single = loss.apply(t -> t.to(DType.F32));
        assertThat(single.dtype()).isEqualTo(DType.F32);
        assertThat(single.shape()).isEmpty();
        assertThat(single.item()).isCloseTo(expected, within(1e-5));
    }
}
