package dev.decant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.data.image.Augment;
import dev.decant.data.image.ImageBatches;
import dev.decant.data.image.ImageDataset;
import dev.decant.data.shapes.Shapes;
import dev.decant.data.shapes.ShapesOptions;
import dev.decant.image.Normalization;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StageSpec;
import dev.decant.report.Summary;
import dev.decant.run.Distillation;
import dev.decant.spec.Interpolation;
import dev.decant.spec.ShapesLabels;
import dev.decant.train.score.Evaluator;
import dev.decant.train.score.Task;
import dev.decant.weights.KeyMap;
import dev.decant.weights.Safetensors;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's examples compile, run, and are quoted there word for word. */
class ReadmeExampleTest {

    private static final Path README = Path.of("../README.md");
    private static final Path SELF = Path.of("src/test/java/dev/decant/docs/ReadmeExampleTest.java");

    // tag::score[]
    /** Accuracy and top-5 accuracy of a CIFAR ResNet, in percent. */
    static Map<String, Double> score(Path weights, ImageDataset images) {
        ImageClassifier model = Catalogue.classifier("resnet20_cifar", Map.of("num_classes", 10));
        Weights.load(model, Weights.read(weights), KeyMap.identity(), Strictness.STRICT);

        ModelConfig.ImageInput input = model.imageInput();
        Augment prepare = Augment.evaluation(
                input.size(), input.cropPct(), Interpolation.BILINEAR, new Normalization(input.mean(), input.std()));
        Loader batches = ImageBatches.loader(images, prepare, LoaderOptions.evaluation(64));
        return Task.classification(10).score(model, batches, Evaluator.Mode.PLAIN);
    }
    // end::score[]

    // tag::distill[]
    /** Distills a ResNet into a transformer, prunes half of it, quantizes it to 2 bits, and exports it. */
    static Summary distill(int epochs, Path folder) {
        return Distillation.of("shapes", Map.of("labels", "color", "train", 1000))
                .teacher("resnet20_cifar", epochs)
                .student("vit_small_patch16_224", Map.of("img_size", 32, "patch_size", 4, "embed_dim", 96, "depth", 4))
                .term("cross-entropy")
                .term("ofa", 1.0, Map.of("eps", 1.5))
                .epochs(epochs)
                .prune(0.5)
                .quantize(Map.of("activations", "off"))
                .export(StageSpec.Format.ONNX_2BIT)
                .run(folder);
    }
    // end::distill[]

    @Test
    void scoresAModel(@TempDir Path folder) {
        Path weights = folder.resolve("model.safetensors");
        Safetensors.writeTensors(
                weights,
                Catalogue.classifier("resnet20_cifar", Map.of("num_classes", 10))
                        .state(),
                Map.of());
        ImageDataset images = Shapes.of(new ShapesOptions(32, 1, 20, 0, 0.5, ShapesLabels.SHAPE), "test");
        assertThat(score(weights, images)).containsOnlyKeys("accuracy", "top5");
    }

    @Test
    @Tag("slow")
    void distillsAStudent(@TempDir Path folder) {
        Summary summary = distill(2, folder.resolve("run"));
        assertThat(summary.model().metrics().get("accuracy")).isBetween(0.0, 100.0);
        assertThat(summary.exports()).hasSize(1);
        assertThat(folder.resolve("run/model/model.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("run/report.html")).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"score", "distill"})
    void theReadmeQuotesThem(String tag) throws IOException {
        Quotes.assertQuoted(README, SELF, tag);
    }

    @Test
    void theRecipeInTheReadmeIsARecipe() throws IOException {
        String readme = Files.readString(README);
        int start = readme.indexOf("```yaml\n") + "```yaml\n".length();
        Recipe recipe =
                RecipeReader.readText("README.md", readme.substring(start, readme.indexOf("```", start)), List.of());
        assertThat(recipe.stages().get(0)).isInstanceOf(StageSpec.Distill.class);
        assertThat(Catalogue.names())
                .contains(
                        recipe.student().model(),
                        recipe.teachers().get(0).spec().model());
    }
}
