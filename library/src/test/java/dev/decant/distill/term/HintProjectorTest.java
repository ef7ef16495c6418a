package dev.decant.distill.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.loss.Hints;
import dev.decant.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HintProjectorTest {

    /** Student, teacher, the common shape, and how many parameters bring it about. */
    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of(image(3, 4), image(5, 4), shape(2, 5, 4, 4), 3 * 5),
                Arguments.of(image(3, 8), image(5, 4), shape(2, 5, 4, 4), 3 * 5),
                Arguments.of(image(3, 4), image(5, 7), shape(2, 5, 4, 4), 3 * 5),
                Arguments.of(image(3, 8), tokens(5, 4, 1), shape(2, 16, 5), 3 * 5 * 4 + 5),
                Arguments.of(image(3, 4), tokens(5, 4, 0), shape(2, 16, 5), 3 * 5 + 5),
                Arguments.of(image(3, 2), tokens(5, 4, 1), shape(2, 4, 20), 3 * 20 + 20),
                Arguments.of(tokens(3, 4, 1), image(5, 8), shape(2, 5, 8, 8), 3 * 20 + 20),
                Arguments.of(tokens(3, 4, 0), image(5, 4), shape(2, 5, 4, 4), 3 * 5 + 5),
                Arguments.of(tokens(3, 4, 1), image(5, 2), shape(2, 5, 2, 2), 12 * 5 + 5),
                Arguments.of(tokens(4, 2, 1), tokens(3, 4, 1), shape(2, 16, 3), 4 * 12 + 12),
                Arguments.of(tokens(3, 4, 1), tokens(5, 4, 0), shape(2, 16, 5), 3 * 5 + 5),
                Arguments.of(tokens(3, 4, 0), tokens(5, 2, 1), shape(2, 4, 5), 12 * 5 + 5));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void bringsBothToOneShape(StageShape student, StageShape teacher, long[] common, long parameters) {
        HintProjector projector = HintProjector.between(student, teacher);
        Tensor hint = projector.align(ExitBranchTest.sample(student));
        Tensor target = projector.target(ExitBranchTest.sample(teacher));
        assertThat(hint.shape()).containsExactly(common);
        assertThat(target.shape()).containsExactly(common);
        assertThat(projector.parameterCount()).isEqualTo(parameters);
        Hints.mse(hint, target).backward();
        projector
                .parameters()
                .forEach((name, p) -> assertThat(p.grad().isFinite()).as(name).isTrue());
    }

    @Test
    void keepsEachTokenInItsPlace() {
        HintProjector projector = HintProjector.between(image(1, 2), tokens(1, 4, 1));
        float[] values = new float[17];
        for (int i = 0; i < 17; i++) {
            values[i] = i - 1; // the class token, then 0 to 15 in rows
        }
        Tensor target = projector.target(Tensor.of(values, 1, 17, 1));
        assertThat(target.select(1, 1).floats()).containsExactly(2, 3, 6, 7); // top right cell
    }

    @Test
    void sidesThatDoNotDivideAreAnError() {
        assertThatThrownBy(() -> HintProjector.between(image(64, 7), tokens(384, 4, 1)))
                .hasMessage("no hint between the student's stage 64x7x7 and the teacher's (1 + 16, 384):"
                        + " 7 does not divide by 4; leave the stage out");
        assertThatThrownBy(() -> HintProjector.between(tokens(5, 2, 0), tokens(3, 4, 0)))
                .hasMessageContaining("48 does not divide by 20");
    }

    private static StageShape image(long width, long side) {
        return new StageShape.Image(width, side);
    }

    private static StageShape tokens(long width, long side, int prefix) {
        return new StageShape.Tokens(width, side, prefix);
    }

    private static long[] shape(long... shape) {
        return shape;
    }
}
