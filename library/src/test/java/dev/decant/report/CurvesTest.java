package dev.decant.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.train.LogEntry;
import dev.decant.train.MetricsLog;
import dev.decant.train.RunKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("metrics.jsonl");
    }

    @Test
    void aStageHasAChartPerScoreThenLossThenTermsThenTheRest() throws Exception {
        try (MetricsLog log = MetricsLog.open(file())) {
            for (long seed : new long[] {1, 2}) {
                RunKey student = new RunKey("distill", "student", seed);
                log.append(LogEntry.step(
                        student, 1, 0.5, Map.of("loss", 2.0, "lr", 0.1, "data_share", 0.01), Map.of("ofa", 1.5)));
                log.append(LogEntry.evaluation(student, 2, 1, Map.of("accuracy", 90.0 + seed)));
            }
            log.append(LogEntry.evaluation(new RunKey("distill", "control", 1), 2, 1, Map.of("accuracy", 88.0)));
        }
        Curves curves = Curves.read(file());
        List<Chart> charts = curves.charts("distill", Map.of("accuracy", 95.0));
        assertThat(charts)
                .extracting(Chart::title)
                .containsExactly(
                        "accuracy",
                        "loss, total",
                        "loss term: ofa",
                        "learning rate",
                        "share of the step spent waiting for data");
        List<Chart.Line> accuracy = ((Chart.Lines) charts.get(0)).lines();
        assertThat(accuracy)
                .extracting(Chart.Line::name)
                .containsExactly("student, seed 1", "student, seed 2", "control, seed 1", "teacher");
        assertThat(accuracy).extracting(Chart.Line::role).containsExactly("student", "student", "control", "teacher");
        assertThat(charts.get(0).alt())
                .isEqualTo(
                        "Line chart, accuracy over epoch: student, seed 1 ends at 91.0; student, seed 2 ends at 92.0;"
                                + " control, seed 1 ends at 88.0; teacher ends at 95.0");
        assertThat(curves.last()).isEqualTo("stage distill, control, seed 1, step 2, epoch 1.00");
    }

    @Test
    void linesThatAreNoObjectsAreCountedAndNaNIsAPoint() throws Exception {
        Files.writeString(
                file(), "{\"stage\":\"s\",\"run\":\"student\",\"seed\":1,\"epoch\":1,\"loss\":\"NaN\"}\n[1]\n{\"st");
        Curves curves = Curves.read(file());
        assertThat(curves.unreadable()).isEqualTo(2);
        Chart.Lines loss = (Chart.Lines) curves.charts("s", Map.of()).get(0);
        assertThat(loss.lines().get(0).y()).containsExactly(Double.NaN);
    }

    @Test
    void longCurvesAreMeansOfEqualStretches() {
        List<Double> ten = DoubleStream.iterate(1, x -> x + 1).limit(10).boxed().toList();
        assertThat(Curves.means(ten, 5)).containsExactly(1.5, 3.5, 5.5, 7.5, 9.5);
        assertThat(Curves.means(ten, 10)).hasSize(10);
        assertThat(Curves.means(List.of(), 5)).isEmpty();
    }
}
