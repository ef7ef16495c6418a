package dev.decant.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.distill.term.KdTerm;
import dev.decant.distill.term.LayerTerm;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.model.Catalogue;
import dev.decant.model.LayerTaps;
import dev.decant.model.text.Bert;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class InterventionTest {

    private static final double EPS = 1e-12;

    private static Bert bert() {
        Bert bert = (Bert) Catalogue.create(
                "bert-base",
                Map.of(
                        "num_classes",
                        2,
                        "hidden_size",
                        16,
                        "num_hidden_layers",
                        2,
                        "num_attention_heads",
                        2,
                        "intermediate_size",
                        32,
                        "vocab_size",
                        50));
        bert.train(false);
        return bert;
    }

    private static List<TapPair> pairs(Bert bert, Function<LayerTaps, String> tap) {
        return LayerTerm.pairs(bert.signature().stack(), bert.signature().stack(), List.of(1, 2), tap);
    }

    private static Tensor difference(Tensor a, Tensor b) {
        return a.sub(b).abs().max();
    }

    /** The student's pass with the teacher's tensors in it; both networks' traces have the named taps of the second layer. */
    private static Trace pass(
            Function<LayerTaps, String> replaced, List<Function<LayerTaps, String>> taps, Trace knows) {
        Rng.seed(2);
        Bert student = bert();
        Intervention intervention = new Intervention("t", List.of(pairs(student, replaced)), 1);
        List<String> wanted = taps.stream()
                .map(t -> t.apply(student.signature().stack().layers().get(1)))
                .toList();
        Trace trace = Trace.replacing(wanted, intervention.replacements(0.5, Map.of("t", knows)));
        Rng.seed(3);
        student.forward(student.sample(2, 6), trace);
        return trace;
    }

    private static Trace teacher() {
        Rng.seed(1);
        Bert teacher = bert();
        Trace trace = Trace.of(Set.of(
                "encoder.layer.0.attention.map",
                "encoder.layer.1.attention.map",
                "encoder.layer.0.attention.output",
                "encoder.layer.1.attention.output"));
        Rng.seed(3);
        teacher.forward(teacher.sample(2, 6), trace);
        return trace;
    }

    @Test
    void theStudentComputesOnWithTheTeachersTensor() {
        try (NoGrad quiet = NoGrad.open()) {
            Trace knows = teacher();
            Trace mapped = pass(LayerTaps::map, List.of(LayerTaps::map, LayerTaps::value, LayerTaps::context), knows);
            Tensor map = knows.get("encoder.layer.1.attention.map");
            Tensor context = map.matmul(mapped.get("encoder.layer.1.attention.value"))
                    .transpose(1, 2)
                    .reshape(2, 6, 16);
            assertThat(difference(mapped.get("encoder.layer.1.attention.context"), context)
                            .item())
                    .isLessThan(1e-6);
            assertThat(difference(mapped.get("encoder.layer.1.attention.map"), map)
                            .item()) // terms still see the student's own
                    .isGreaterThan(1e-4);

            Trace put = pass(LayerTaps::selfOutput, List.of(LayerTaps::attentionOutput, LayerTaps::selfOutput), knows);
            Trace below = pass(LayerTaps::selfOutput, List.of(l -> "encoder.layer.0"), knows);
            Tensor sum = below.get("encoder.layer.0").add(knows.get("encoder.layer.1.attention.output"));
            Tensor normed = Ops.layerNorm(sum, Tensor.ones(16), Tensor.zeros(16), EPS);
            assertThat(difference(put.get("encoder.layer.1.attention_output"), normed)
                            .item())
                    .isLessThan(1e-5);
        }
    }

    @Test
    void phasesFollowEachOtherAndEnd() {
        Bert bert = bert();
        Intervention gradual = new Intervention(
                "t",
                List.of(
                        pairs(bert, LayerTaps::selfOutput),
                        pairs(bert, LayerTaps::context),
                        pairs(bert, LayerTaps::map)),
                0.75);
        assertThat(gradual.taps(0).teachers())
                .isEqualTo(Map.of("t", Set.of("encoder.layer.0.attention.output", "encoder.layer.1.attention.output")));
        assertThat(gradual.taps(0.3).teachers().get("t")).contains("encoder.layer.0.attention.context");
        assertThat(gradual.taps(0.7).teachers().get("t")).contains("encoder.layer.0.attention.map");
        assertThat(gradual.taps(0.75)).isEqualTo(new Taps(Set.of(), Map.of()));
        assertThat(gradual.replacements(0.75, Map.of())).isEmpty();
        assertThatThrownBy(() -> new Intervention("t", List.of(List.of()), 0)).hasMessageContaining("epochs above 0");

        Term kd = new KdTerm(new TeacherChoice.Named("t"), 1);
        Objective objective =
                new Objective(List.of(new Objective.Weighted("kd", 1, kd)), List.of(), Optional.of(gradual));
        assertThat(objective.taps(0).teachers().get("t")).contains("logits", "encoder.layer.0.attention.output");
        assertThat(objective.taps(1)).isEqualTo(objective.taps());
    }
}
