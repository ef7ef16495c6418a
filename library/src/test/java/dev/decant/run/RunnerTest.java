package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.InputException;
import dev.decant.build.ModelBuilder;
import dev.decant.model.Network;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Split;
import dev.decant.report.Summary;
import dev.decant.report.SummaryTest;
import dev.decant.report.TableRow;
import dev.decant.stage.Evaluation;
import dev.decant.stage.RunListener;
import dev.decant.stage.RunLock;
import dev.decant.tensor.StoppedException;
import dev.decant.train.RunKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path shared;

    private static Path run = Path.of("");
    private static Summary summary = SummaryTest.summary(SummaryTest.STUDENT, SummaryTest.CONTROL);

    @TempDir
    Path folder;

    @BeforeAll
    static void runs() {
        run = shared.resolve("run");
        summary = TinyRecipe.run(run, false);
    }

    @Test
    void leavesEverythingInTheRunFolder() {
        assertThat(List.of(
                        "recipe.yaml",
                        "recipe.resolved.yaml",
                        "provenance.json",
                        "metrics.jsonl",
                        "tensorboard",
                        "checkpoints/distill/student/seed-2/last.safetensors",
                        "checkpoints/distill/control/seed-1/best.safetensors",
                        "teachers/teacher/config.json",
                        "model/config.json",
                        "model/model.safetensors",
                        "figures/cka.json",
                        "figures/cka.png",
                        "summary.json",
                        "table.csv",
                        "report.html"))
                .allSatisfy(name -> assertThat(run.resolve(name)).exists());
    }

    @Test
    void theSummarySaysWhatTheContractSays() throws IOException {
        JsonNode json = JSON.readTree(Files.readString(run.resolve("summary.json")));
        assertThat(json.path("recipe").asText()).isEqualTo("tiny");
        assertThat(json.path("stages")).extracting(s -> s.path("name").asText()).containsExactly("distill", "evaluate");
        JsonNode distill = json.path("stages").get(0);
        assertThat(distill.path("metrics").path("accuracy").asDouble()).isBetween(0.0, 100.0);
        assertThat(distill.path("control").path("accuracy").isNumber()).isTrue();
        assertThat(distill.path("gain").path("accuracy").asDouble())
                .isCloseTo(
                        distill.path("metrics").path("accuracy").asDouble()
                                - distill.path("control").path("accuracy").asDouble(),
                        within(1e-9));
        assertThat(distill.path("seeds").path("metrics").size()).isEqualTo(2);
        assertThat(distill.path("seconds").asDouble()).isPositive();
        assertThat(json.path("model").path("parameters").asLong()).isPositive();
        assertThat(json.path("model").path("folder").asText()).isEqualTo("model");
        assertThat(json.path("teacher").path("metrics").has("accuracy")).isTrue();
        assertThat(json.path("require")).hasSize(2).allMatch(r -> r.path("met").asBoolean());
        assertThat(json.path("table"))
                .extracting(r -> r.path("role").asText())
                .containsExactly("teacher", "control", "distilled");
        JsonNode export = json.path("exports").get(0);
        assertThat(export.path("file").asText()).isEqualTo("model/model.safetensors");
        assertThat(export.path("bytes").asLong())
                .isEqualTo(Files.size(run.resolve("model/model.safetensors")))
                .isPositive();
        assertThat(export.path("parity").asDouble()).isZero();
    }

    @Test
    void theModelFolderScoresWhatTheSummarySays() {
        Network model = ModelBuilder.fromFolder(run.resolve("model"), Map.of());
        assertThat(model.config().args()).containsEntry("embed_dim", 16);
        Evaluation found = Evaluation.of(
                new ModelSpec(run.resolve("model").toString(), Map.of(), Optional.empty()),
                TinyRecipe.read().data(),
                Split.TEST);
        assertThat(found.examples()).isEqualTo(32);
        assertThat(found.metrics().get("accuracy"))
                .isEqualTo(summary.stages().get(1).seeds().metrics().get("1").get("accuracy"));
    }

    @Test
    void logsEachStepOnce() throws IOException {
        assertEachStepOnce(run.resolve("metrics.jsonl"), 5 * (4 + 2)); // trainings of 4 steps and 2 evaluations
    }

    static void assertEachStepOnce(Path metrics, int lines) throws IOException {
        List<String> seen = new ArrayList<>();
        for (String line : Files.readAllLines(metrics)) {
            JsonNode json = JSON.readTree(line);
            seen.add(json.path("stage") + " " + json.path("run") + " " + json.path("seed") + " " + json.path("step")
                    + " " + json.has("metrics"));
        }
        assertThat(seen).hasSize(lines);
        assertThat(new HashSet<>(seen)).hasSize(lines);
    }

    @Test
    void aFolderThatHoldsARunIsRefused() {
        assertThatThrownBy(() -> TinyRecipe.run(run, false))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        run + ": already holds a run; go on with it by --resume, or choose another folder with --out");
        assertThatThrownBy(() -> TinyRecipe.run(run, true, "seeds=[1]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds a run of another recipe");
    }

    @Test
    void aFolderOfSomethingElseIsRefusedEvenToResume() throws IOException {
        Files.writeString(folder.resolve("thesis.tex"), "");
        assertThatThrownBy(() -> TinyRecipe.run(folder, true))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("already holds files, and no run to go on with");
        assertThat(folder.toFile().list()).containsExactly("thesis.tex");
    }

    @Test
    void aFinishedRunIsNotRunAgain() throws IOException {
        long before = Files.getLastModifiedTime(run.resolve("metrics.jsonl")).toMillis();
        assertThat(TinyRecipe.run(run, true)).isEqualTo(Summary.read(run).orElseThrow());
        assertThat(Files.getLastModifiedTime(run.resolve("metrics.jsonl")).toMillis())
                .isEqualTo(before);
    }

    @Test
    void aSecondProcessIsKeptOut() throws IOException {
        try (RunLock lock = RunLock.hold(folder)) {
            assertThatThrownBy(() -> TinyRecipe.run(folder, false))
                    .isInstanceOf(InputException.class)
                    .hasMessage(folder + ": another process is at work on this run");
        }
    }

    @Test
    void aMistakeInTheLastStageIsFoundBeforeTheFirstStepAndLeavesNoFolder() {
        Path out = folder.resolve("out");
        assertThatThrownBy(() -> TinyRecipe.run(out, false, "stages.analyze.student-taps=[block.9]"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("analyze.student-taps: no tap 'block.9' in vit_small_patch16_224; it offers ");
        assertThatThrownBy(() -> TinyRecipe.run(out, false, "stages.distill.batch-size=65"))
                .hasMessage("batch-size 65 is more than the 64 training images");
        assertThatThrownBy(() -> TinyRecipe.run(out, false, "teacher.config.img_size=32"))
                .hasMessageContaining("teacher 'teacher' wants images of 32 px, the student of 16 px");
        assertThatThrownBy(() -> TinyRecipe.run(out, false, "student.config.num_classes=3"))
                .hasMessageContaining("has 3 classes, the data has 8");
        assertThatThrownBy(() -> TinyRecipe.run(out, false, "data.validation=0.001"))
                .hasMessageContaining("leaves none to validate on");
        assertThat(out).doesNotExist();
    }

    @Test
    void goesOnWithTheBestEpochIfToldTo() {
        String[] best = {
            "seeds=[1]", "stages.distill.save=best", "stages.distill.epochs=3", "data.validation=0.25", "require={}"
        };
        Summary found = TinyRecipe.run(folder.resolve("best"), false, best);
        Path training = folder.resolve("best/checkpoints/distill/student/seed-1");
        assertThat(training.resolve("student.safetensors"))
                .hasSameBinaryContentAs(training.resolve("best.safetensors"));
        assertThat(found.stages().get(0).metrics()).containsKey("best_epoch_accuracy");
    }

    /** What a stage made must not depend on whether the stages before it were run just now or read back. */
    @Test
    void aStageRunAgainAfterOthersWereReadBackComesToTheSameBits() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> all = Files.walk(run)) {
            for (Path from : all.toList()) {
                Files.copy(from, copy.resolve(run.relativize(from).toString()));
            }
        }
        Files.delete(copy.resolve("summary.json"));
        for (String seed : List.of("seed-1", "seed-2")) {
            Path training = copy.resolve("checkpoints/distill/student").resolve(seed);
            try (Stream<Path> files = Files.list(training)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
        Summary again = TinyRecipe.run(copy, true);
        String weights = "checkpoints/distill/student/seed-2/student.safetensors";
        assertThat(copy.resolve(weights)).hasSameBinaryContentAs(run.resolve(weights));
        assertThat(copy.resolve("model/model.safetensors"))
                .hasSameBinaryContentAs(run.resolve("model/model.safetensors"));
        assertThat(again.stages().get(0).metrics())
                .isEqualTo(summary.stages().get(0).metrics());
        assertEachStepOnce(copy.resolve("metrics.jsonl"), 5 * (4 + 2));
    }

    @Test
    void severalTeachersAreJoined() {
        String second = "{name: b, model: resnet20_cifar, config: {img_size: 16, blocks: 1, channels: [4, 8, 8]},"
                + " train: {epochs: 1, batch-size: 32}}";
        String yaml = TinyRecipe.YAML
                .replaceFirst(
                        "(?s)teacher:.*?student:",
                        "teachers:\n  - " + second.replace("name: b", "name: a") + "\n  - " + second + "\nstudent:")
                .replace(
                        "{type: ofa, eps: auto}",
                        "{type: ofa, teacher: average}\n        - {type: kd, teacher: confidence}"
                                + "\n        - {type: rkd, teacher: b, weight: 0.01}");
        var recipe = dev.decant.recipe.RecipeReader.readText("two.yaml", yaml, List.of("seeds=[1]"));
        Summary found = Runner.run(recipe, yaml, folder.resolve("two"), false, RunListener.SILENT);
        assertThat(found.teacher().folder()).isEqualTo("a + b");
        assertThat(found.table())
                .extracting(TableRow::role)
                .containsExactly(
                        TableRow.Role.TEACHER, TableRow.Role.TEACHER, TableRow.Role.CONTROL, TableRow.Role.DISTILLED);
    }

    @Test
    void anInterruptStopsTheRunAndResumeGoesOnToTheSameBits() {
        Path out = folder.resolve("stopped");
        RunListener interrupting = new RunListener() {
            @Override
            public void stepped(RunKey key, long step, double loss) {
                if (key.stage().equals("distill") && key.run().equals("student") && key.seed() == 2 && step == 3) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        assertThatThrownBy(() -> Runner.run(TinyRecipe.read(), TinyRecipe.YAML, out, false, interrupting))
                .isInstanceOf(StoppedException.class)
                .hasMessage(out + ": stopped; --resume goes on from the last checkpoint");
        assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        TinyRecipe.run(out, true);
        assertThat(out.resolve("checkpoints/distill/student/seed-2/student.safetensors"))
                .hasSameBinaryContentAs(run.resolve("checkpoints/distill/student/seed-2/student.safetensors"));
    }
}
