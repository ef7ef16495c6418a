package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.UserException;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeException;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.RecipeText;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TermSpec;
import dev.decant.report.Summary;
import dev.decant.run.Runner;
import dev.decant.stage.RunListener;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loss and a model from outside the library, which recipes use like its own. */
class ProvidersTest {

    // tag::recipe[]
    static final String RECIPE =
            """
            data: {type: shapes, size: 16, train: 64, test: 32, workers: 1}
            teacher: {model: resnet20_cifar, config: {blocks: 1, channels: [8, 16, 16]}, train: {epochs: 1, batch-size: 32}}
            student: {model: plain_convnet, config: {channels: [8, 8, 16, 16]}}
            stages:
              - distill:
                  epochs: 1
                  batch-size: 32
                  terms: [cross-entropy, {type: standardized-kd, temperature: 3}]
            """;
    // end::recipe[]

    private static Recipe recipe(String... sets) {
        return RecipeReader.readText("mine.yaml", RECIPE, List.of(sets));
    }

    @Test
    void aRecipeReadsTheLossWithItsOptionsAndDefaults() {
        assertThat(terms(recipe()).loss()).isEqualTo(new LogitStandardization.StandardizedKd(3));
        assertThat(terms(recipe("stages.distill.terms=[cross-entropy, standardized-kd]"))
                        .loss())
                .isEqualTo(new LogitStandardization.StandardizedKd(2));
    }

    private static TermSpec terms(Recipe recipe) {
        return ((StageSpec.Distill) recipe.stages().get(0)).terms().get(1);
    }

    @Test
    void theExplainedRecipeHasTheLossAndReadsBack() {
        String explained = RecipeText.explain(recipe());
        assertThat(explained).contains("type: standardized-kd").contains("temperature: 3.0");
        assertThat(RecipeReader.readText("again.yaml", explained, List.of())).isEqualTo(recipe());
    }

    @Test
    void aMisspeltKeyOrKindIsGuessed() {
        assertThatThrownBy(() -> recipe("stages.distill.terms=[{type: standardized-kd, temprature: 3}]"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("unknown key 'temprature'; did you mean 'temperature'?");
        assertThatThrownBy(() -> recipe("stages.distill.terms=[{type: standardised-kd}]"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("unknown type 'standardised-kd'; did you mean 'standardized-kd'?");
        assertThatThrownBy(() -> recipe("stages.distill.terms=[{type: standardized-kd, alpha: 3}]"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("'alpha' is a key of dkd, not of standardized-kd, which has temperature");
    }

    @Test
    void theRecordChecksItsOptions() {
        assertThatThrownBy(() -> recipe("stages.distill.terms.standardized-kd.temperature=0"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("temperature=0: must be greater than 0, got 0");
    }

    @Test
    void theTeacherMayBeAverageBecauseItTakesLogitsOnly() {
        Recipe joined = recipe("stages.distill.terms.standardized-kd.teacher=average");
        assertThat(terms(joined).teacher()).contains("average");
    }

    @Test
    void theModelsAreCheckedBeforeTraining() {
        assertThatThrownBy(() -> Runner.check(recipe("stages.distill.terms.standardized-kd.teacher=nobody")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nobody");
        Runner.check(recipe());
    }

    @Test
    void theLogitsOfEachExampleHaveMeanZeroAndDeviationOne() {
        try (Scope scope = Scope.open()) {
            Tensor standardized = LogitStandardization.standardized(Tensor.of(new float[] {1, 2, 3, 10, 10, 10}, 2, 3));
            float[] expected = {-1, 0, 1, 0, 0, 0};
            for (int i = 0; i < expected.length; i++) {
                assertThat(standardized.floats()[i]).isEqualTo(expected[i], within(1e-5f));
            }
        }
    }

    @Test
    void theStudentIsTrained(@TempDir Path folder) {
        Summary summary = Runner.run(recipe(), RECIPE, folder.resolve("run"), false, RunListener.SILENT);
        assertThat(summary.model().metrics()).containsKey("accuracy");
        assertThat(folder.resolve("run/model/model.safetensors")).isNotEmptyFile();
    }
}
