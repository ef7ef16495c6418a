package dev.decant.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.distill.term.CrossEntropyTerm;
import dev.decant.distill.term.KdTerm;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.Inputs;
import dev.decant.optim.Optimizer;
import dev.decant.optim.Sgd;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import dev.decant.train.score.Evaluator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TrainStepTest {

    private static final Map<String, Object> TINY = Map.of("blocks", 1, "channels", List.of(4, 8, 8));

    private final TrainStep step = tiny();
    private final TrainStep.Examples examples = new TrainStep.Examples(
            new Inputs.Images(Tensor.randn(4, 3, 32, 32)), Tensor.of(new long[] {0, 3, 5, 9}), new long[] {0, 1, 2, 3});

    private static TrainStep tiny() {
        Rng.seed(1);
        ImageClassifier student = Catalogue.classifier("resnet20_cifar", TINY);
        ImageClassifier knows = Catalogue.classifier("resnet20_cifar", TINY);
        Objective objective = new Objective(List.of(
                new Objective.Weighted("cross-entropy", 1, new CrossEntropyTerm(0)),
                new Objective.Weighted("kd", 1, new KdTerm(new TeacherChoice.Named("t"), 4))));
        return new TrainStep(
                student,
                Map.of(
                        "t",
                        new NetworkTeacher(knows).preparedFor(student.config().input())),
                objective,
                new Optimizer(objective.groups(student, new Sgd(0.9, true, 0))),
                Optional.empty(),
                Evaluator.Mode.PLAIN);
    }

    private double loss() {
        double loss = step.backward(new StepContext(0, 0, true), examples, 1).values().stream()
                .mapToDouble(v -> v)
                .sum();
        step.update(0.02, 10);
        return loss;
    }

    @Test
    void learnsItsBatch() {
        double first = loss();
        for (int i = 0; i < 20; i++) {
            loss();
        }
        assertThat(loss()).isLessThan(first * 0.8);
    }

    @Test
    @Tag("slow")
    @EnabledOnOs(OS.LINUX)
    void nativeMemoryStaysFlat() throws IOException {
        for (int i = 0; i < 100; i++) {
            loss();
        }
        double before = residentMebibytes();
        for (int i = 0; i < 500; i++) {
            loss();
        }
        // A batch's activations are about 2 MiB; keeping those of every step would take 1000.
        assertThat(residentMebibytes() - before).isLessThan(100);
    }

    private static double residentMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
