package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.optim.Optimizer;
import dev.decant.optim.Schedule;
import dev.decant.optim.UpdateRule;
import dev.decant.recipe.AugmentSpec;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.OptimizerSpec;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.ScheduleSpec;
import dev.decant.recipe.Split;
import dev.decant.recipe.StageSpec;
import dev.decant.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a recipe can say besides terms, a run can build: each kind of each choice is found by being permitted. */
class PartsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource
    void opensEveryDataSet(Class<?> kind) throws IOException {
        DataSpec spec = RecipeReader.readData("{type: " + yaml(kind) + ", workers: 1" + place(kind) + "}");
        DataParts data = DataParts.of(spec);
        assertThat(data.classes()).isGreaterThan(1);
        try (Epoch epoch =
                data.evaluation(Split.TEST, model(4).config().input(), 2).epoch(0, 0)) {
            Batch batch = epoch.next();
            assertThat(batch.images().shape()).containsExactly(2, 3, 16, 16);
        }
        assertThat(data.path().isPresent()).isEqualTo(kind != DataSpec.Shapes.class);
    }

    static Stream<Class<?>> opensEveryDataSet() {
        return Stream.of(DataSpec.OfImages.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource
    void appliesEveryAugmentation(Class<?> kind) {
        DataParts data = DataParts.of(RecipeReader.readData(
                "{type: shapes, size: 16, train: 8, test: 8, workers: 1, augment: [{type: " + yaml(kind) + "}]}"));
        try (Epoch epoch = data.training(model(4).config().input(), 4, 0).epoch(0, 0)) {
            Batch batch = epoch.next();
            assertThat(batch.images().shape()).containsExactly(4, 3, 16, 16);
            assertThat(batch.softLabels().isPresent())
                    .isEqualTo(kind == AugmentSpec.Mixup.class || kind == AugmentSpec.Cutmix.class);
        }
    }

    static Stream<Class<?>> appliesEveryAugmentation() {
        return Stream.of(AugmentSpec.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource
    void buildsEveryOptimizer(Class<?> kind) {
        StageSpec.Distill stage = distill("optimizer={type: " + yaml(kind) + "}");
        Map<String, Tensor> parameters = model(4).parameters();
        UpdateRule rule = TrainingParts.rule(stage.training().optimizer());
        assertThat(Optimizer.of(parameters, rule).state()).hasSizeGreaterThanOrEqualTo(parameters.size());
    }

    static Stream<Class<?>> buildsEveryOptimizer() {
        return Stream.of(OptimizerSpec.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource
    void buildsEverySchedule(Class<?> kind) {
        StageSpec.Distill stage = distill("schedule={type: " + yaml(kind) + ", warmup-epochs: 1, warmup-lr: 0.25}");
        Schedule schedule = TrainingParts.schedule(stage.training());
        assertThat(schedule.at(0)).isEqualTo(0.25);
        assertThat(schedule.at(1)).isNotEqualTo(0.25);
    }

    static Stream<Class<?>> buildsEverySchedule() {
        return Stream.of(ScheduleSpec.class.getPermittedSubclasses());
    }

    private static StageSpec.Distill distill(String set) {
        return (StageSpec.Distill)
                TinyRecipe.read("stages.distill." + set).stages().get(0);
    }

    private static String yaml(Class<?> kind) {
        String words = kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z0-9])", "-");
        return words.toLowerCase(java.util.Locale.ROOT).replace("cifar-", "cifar");
    }

    /** Two classes with two images each in both splits, in whatever form the data set has. */
    private String place(Class<?> kind) throws IOException {
        if (kind == DataSpec.Shapes.class) {
            return ", size: 16, train: 8, test: 8";
        }
        if (kind == DataSpec.Cifar10.class || kind == DataSpec.Cifar100.class) {
            int record = 3072 + (kind == DataSpec.Cifar10.class ? 1 : 2);
            boolean ten = kind == DataSpec.Cifar10.class;
            Files.write(folder.resolve(ten ? "data_batch_1.bin" : "train.bin"), new byte[4 * record]);
            Files.write(folder.resolve(ten ? "test_batch.bin" : "test.bin"), new byte[4 * record]);
        } else if (kind == DataSpec.ImageFolder.class) {
            for (String image : List.of("train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/1.png")) {
                picture(folder.resolve(image));
            }
        } else if (kind == DataSpec.ImageList.class) {
            picture(folder.resolve("images/1.png"));
            for (String split : List.of("train", "test")) {
                Files.writeString(folder.resolve(split + ".tsv"), "file\tlabel\n1.png\t0\n1.png\t1\n");
            }
        } else {
            throw new AssertionError("no data for " + kind);
        }
        return ", path: '" + folder + "'";
    }

    private static void picture(Path file) {
        try {
            Files.createDirectories(file.getParent());
            ImageIO.write(new BufferedImage(20, 16, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ImageClassifier model(int width) {
        return Catalogue.classifier(
                "resnet20_cifar",
                Map.of("num_classes", 8, "img_size", 16, "blocks", 1, "channels", List.of(width, width, width)));
    }
}
