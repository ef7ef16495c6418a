package dev.decant.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.InputException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.distill.Teacher;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.text.Bert;
import dev.decant.nn.Trace;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StageSpec;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Terms on transformers of texts, from the recipe to their first loss. */
class LayerTermBuilderTest {

    private static final String RECIPE =
            """
            data: {type: shapes-text}
            teacher: {model: bert-base}
            student: {model: bert-base}
            stages:
              - distill: {epochs: 2, %s}
            """;

    private static Bert bert(int layers, int width, int heads, Map<String, Object> more) {
        Map<String, Object> config = new LinkedHashMap<>(more);
        config.put("num_hidden_layers", layers);
        config.put("hidden_size", width);
        config.put("num_attention_heads", heads);
        config.put("intermediate_size", 16);
        config.put("vocab_size", 30);
        return (Bert) Catalogue.create("bert-base", config);
    }

    private static ObjectiveSpec goal(String keys) {
        var recipe = RecipeReader.readText("r.yaml", RECIPE.formatted(keys), List.of());
        return ObjectiveSpec.of((StageSpec.Distill) recipe.stages().get(0));
    }

    private static Objective objective(String keys, Bert student, Bert teacher) {
        Teacher knows = new NetworkTeacher(teacher).preparedFor(student.config().input());
        return TermBuilder.objective(
                goal(keys),
                Sides.of(student, Map.of("teacher", knows)),
                () -> new long[0],
                student.parameters().values());
    }

    private static LossInputs view(Objective objective, Bert student, Bert teacher, Inputs.Text text, Tensor target) {
        Trace other = Trace.of(objective.taps().teachers().getOrDefault("teacher", java.util.Set.of()));
        teacher.forward(text, other);
        Trace own = Trace.of(objective.taps().student());
        student.forward(text, own);
        return new LossInputs(
                own, Map.of("teacher", other), target, new long[2], new StepContext(0, 0, true), Optional.of(text));
    }

    @Test
    void relationsOfNetworksOfDifferentWidthsAndHeads() {
        Rng.seed(1);
        Bert student = bert(1, 8, 2, Map.of("num_classes", 2));
        Bert teacher = bert(3, 12, 3, Map.of("num_classes", 2));
        Objective objective = objective("terms: [{type: relations, teacher-layer: 2, heads: 4}]", student, teacher);
        assertThat(objective.taps().teachers().get("teacher"))
                .containsExactlyInAnyOrder(
                        "encoder.layer.1.attention.query",
                        "encoder.layer.1.attention.key",
                        "encoder.layer.1.attention.value");
        Inputs.Text text = student.sample(2, 5);
        Objective.Report report =
                objective.evaluate(view(objective, student, teacher, text, Tensor.of(new long[] {0, 1})));
        assertThat(report.parts()).containsOnlyKeys("relations.query", "relations.key", "relations.value");
        assertThat(report.parts().values()).allMatch(loss -> loss.item() > 0);
        report.total().backward();
        assertThat(student.parameters()
                        .get("bert.encoder.layer.0.attention.self.value.weight")
                        .hasGrad())
                .isTrue();
        assertThatThrownBy(() ->
                        objective("terms: [{type: relations, teacher-layer: 2}]", bert(1, 10, 5, Map.of()), teacher))
                .hasMessage("relations: vectors 12 wide do not divide into 5 heads; set 'heads:'");
        assertThatThrownBy(() -> objective("terms: [{type: relations, teacher-layer: 4}]", student, teacher))
                .hasMessageContaining("no layer 4; the teacher has 1 to 3");
        assertThatThrownBy(() -> goal("terms: [{type: relations, layers: all, teacher-layer: 4}]"))
                .hasMessageContaining("is for one layer of the student");
    }

    @Test
    void tokensOfALanguageModelAreScaled() {
        Rng.seed(1);
        Bert student = bert(1, 8, 2, Map.of("head", "mlm"));
        Bert teacher = bert(1, 8, 2, Map.of("head", "mlm"));
        Objective objective = objective("terms: [{type: token-scaled}]", student, teacher);
        Inputs.Text plain = student.sample(2, 5);
        Tensor asked = Tensor.of(new long[] {1, 3, 7});
        Inputs.Text text = new Inputs.Text(plain.ids(), plain.types(), plain.mask(), Optional.of(asked));
        Tensor target = Tensor.of(new long[] {4, 5, 6});
        LossInputs view = view(objective, student, teacher, text, target);
        assertThat(view.student().get("text_of").longs()).containsExactly(0, 0, 1);
        double some = objective.evaluate(view).total().item();
        assertThat(some).isPositive();
        long[] everywhere = new long[10];
        java.util.Arrays.fill(everywhere, -100);
        everywhere[1] = 4;
        everywhere[3] = 5;
        everywhere[7] = 6;
        student.train(false);
        teacher.train(false);
        some = objective
                .evaluate(view(objective, student, teacher, text, target))
                .total()
                .item();
        LossInputs all = view(objective, student, teacher, plain, Tensor.of(everywhere, 2, 5));
        assertThat(objective.evaluate(all).total().item())
                .isCloseTo(some, org.assertj.core.api.Assertions.within(1e-6));
        Bert classifier = bert(1, 8, 2, Map.of("num_classes", 2));
        assertThatThrownBy(() -> objective("terms: [{type: token-scaled}]", classifier, teacher))
                .hasMessageContaining("token-scaled needs the tap 'text_of' of the student (bert-base)");
    }

    @Test
    void interventionsAndBalanceComeFromTheRecipe() {
        Bert student = bert(2, 8, 2, Map.of("num_classes", 2));
        Bert teacher = bert(2, 8, 2, Map.of("num_classes", 2));
        String keys = "balance: auto, intervention: {epochs: 0.5, at: map}, terms: [kd, map-and-output]";
        Objective objective = objective(keys, student, teacher);
        assertThat(objective.taps(0).teachers().get("teacher"))
                .contains("encoder.layer.0.attention.map", "encoder.layer.1.attention.map");
        assertThat(objective.state()).containsKeys("balance.norms", "balance.steps");
        assertThat(objective.state().get("balance.norms").shape()).containsExactly(3);
        assertThatThrownBy(() -> objective(keys, student, bert(2, 12, 2, Map.of("num_classes", 2))))
                .isInstanceOf(InputException.class);
        assertThatThrownBy(() -> goal("intervention: {epochs: 0}, terms: [kd]")).hasMessageContaining("above 0");
        assertThatThrownBy(() -> goal("balance: auto, terms: [{type: ofa, eps: auto}]"))
                .hasMessageContaining("cannot be auto beside eps: auto");
    }
}
