package dev.decant.distill.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.distill.LossInputs;
import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TeacherChoiceTest {

    /** As probabilities: a (0.9, 0.1), (0.4, 0.6); b (0.5, 0.5), (0.2, 0.8). */
    private static final Map<String, double[]> PROBS =
            new LinkedHashMap<>(Map.of("a", new double[] {0.9, 0.1, 0.4, 0.6}, "b", new double[] {0.5, 0.5, 0.2, 0.8}));

    @Test
    void averageIsOfProbabilities() {
        Tensor probs =
                TeacherChoice.of("average", List.of("a", "b")).logits(view()).exp();
        assertThat(probs.doubles()).containsExactly(new double[] {0.7, 0.3, 0.3, 0.7}, within(1e-12));
    }

    @Test
    void confidenceTakesTheSurestTeacherOfEachExample() {
        Tensor probs =
                TeacherChoice.of("confidence", List.of("a", "b")).logits(view()).softmax(-1);
        assertThat(probs.doubles()).containsExactly(new double[] {0.9, 0.1, 0.2, 0.8}, within(1e-12));
    }

    @Test
    void aNameIsOneTeacher() {
        TeacherChoice choice = TeacherChoice.of("b", List.of("a", "b"));
        assertThat(choice.names()).containsExactly("b");
        assertThat(choice.logits(view()).softmax(-1).doubles())
                .containsExactly(new double[] {0.5, 0.5, 0.2, 0.8}, within(1e-12));
    }

    @Test
    void anUnknownNameIsAnErrorThatListsTheOthers() {
        assertThatThrownBy(() -> TeacherChoice.of("c", List.of("a", "b")))
                .hasMessage("no teacher 'c'; expected one of a, b, or average, or confidence");
        assertThatThrownBy(() -> new TeacherChoice.Named("c").logits(view()))
                .hasMessageContaining("no teacher 'c' ran on this batch");
    }

    private static LossInputs view() {
        Map<String, Trace> teachers = new LinkedHashMap<>();
        PROBS.forEach((name, p) -> {
            Trace trace = Trace.of("logits");
            trace.offer("logits", Tensor.of(p, 2, 2).log().add(3));
            teachers.put(name, trace);
        });
        return new LossInputs(Trace.none(), teachers, Tensor.of(new long[] {0, 1}), new long[0], 0, false);
    }
}
