package dev.decant.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.decant.bench.Latency;
import dev.decant.bench.LatencyRow;
import dev.decant.report.TableRow.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class SummaryTest {

    /** Three seeds: 90, 91, 92 against 89, 89, 89; means 91 and 89, spreads 1 and 0, gain 2 with spread 1. */
    public static final Scores STUDENT = scores(90, 91, 92);

    public static final Scores CONTROL = scores(89, 89, 89);

    @TempDir
    private Path folder;

    static Scores scores(double... accuracy) {
        Scores scores = Scores.NONE;
        for (int i = 0; i < accuracy.length; i++) {
            scores = scores.with(i + 1, Map.of("accuracy", accuracy[i]));
        }
        return scores;
    }

    public static Summary summary(Scores student, Scores control) {
        LatencyRow teacher = new LatencyRow(
                "vit_small, \"S\"",
                22_000_000,
                88_000_000,
                4_600_000_000L,
                Map.of(1, new Latency(8.0, 9.0), 16, new Latency(100, 110)));
        LatencyRow alone = new LatencyRow(
                "resnet18 alone", 11_000_000, 44_000_000, 1_800_000_000L, Map.of(1, new Latency(2.0, 2.5)));
        LatencyRow distilled = new LatencyRow(
                "resnet18 <distilled>", 11_000_000, 44_000_000, 1_800_000_000L, Map.of(1, new Latency(2.0, 2.5)));
        return new Summary(
                "recipes/quickstart.yaml",
                "accuracy",
                List.of(StageResult.of("distill", student, control, 12.5)),
                new ModelResult("model", 11_000_000, 44_000_000, student.mean()),
                new ModelResult("teacher/model.safetensors", 22_000_000, 88_000_000, Map.of("accuracy", 95.0)),
                List.of(new ExportResult("onnx/model.onnx", 44_100_000, 2e-6)),
                List.of(new RequireResult("size-ratio", "<= 0.5", 0.5, true)),
                List.of(teacher, alone, distilled),
                List.of(
                        TableRow.of(Role.TEACHER, Scores.of(0, Map.of("accuracy", 95.0)), Scores.NONE, teacher),
                        TableRow.of(Role.CONTROL, control, Scores.NONE, alone),
                        TableRow.of(Role.DISTILLED, student, control, distilled)),
                Map.of("latency", "50 calls after 10 to warm up"),
                Map.of("student", "resnet18"));
    }

    @Test
    void theJsonHasTheDocumentedKeysInTheirOrder() throws Exception {
        JsonNode json = new JsonMapper().readTree(summary(STUDENT, CONTROL).toJson());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "recipe",
                        "metric",
                        "stages",
                        "model",
                        "teacher",
                        "exports",
                        "require",
                        "latency",
                        "table",
                        "measured",
                        "architectures");
        JsonNode stage = json.at("/stages/0");
        assertThat(stage.fieldNames())
                .toIterable()
                .containsExactly("name", "metrics", "control", "seconds", "gain", "spread", "seeds");
        assertThat(stage.at("/metrics/accuracy").asDouble()).isEqualTo(91);
        assertThat(stage.at("/control/accuracy").asDouble()).isEqualTo(89);
        assertThat(stage.at("/gain/accuracy").asDouble()).isEqualTo(2);
        assertThat(stage.at("/spread/gain/accuracy").asDouble()).isEqualTo(1);
        assertThat(stage.at("/seeds/metrics/3/accuracy").asDouble()).isEqualTo(92);
        assertThat(json.at("/model/folder").asText()).isEqualTo("model");
        assertThat(json.at("/exports/0/parity").asDouble()).isEqualTo(2e-6);
        assertThat(json.at("/require/0/met").asBoolean()).isTrue();
        assertThat(json.at("/latency/0/latency_ms/1/p90").asDouble()).isEqualTo(9);
        assertThat(json.at("/table/2/role").asText()).isEqualTo("distilled");
        assertThat(json.at("/table/2/gain_spread/accuracy").asDouble()).isEqualTo(1);
        assertThat(json.at("/table/0/gain").isEmpty()).isTrue();
    }

    @Test
    void aSingleSeedHasNoSpread() {
        StageResult stage = StageResult.of("distill", scores(91), scores(89), 1);
        assertThat(stage.metrics()).containsEntry("accuracy", 91.0);
        assertThat(stage.gain()).containsEntry("accuracy", 2.0);
        assertThat(stage.spread()).isEqualTo(StageResult.Spread.NONE);
        assertThat(stage.seeds()).isEqualTo(StageResult.Seeds.NONE);
    }

    @Test
    void withOtherSeedsTheSpreadsOfADifferenceAddAsVariances() {
        Scores.Difference gain = scores(86, 90, 94).minus(scores(77, 80, 83).with(9, Map.of("accuracy", 80.0)));
        assertThat(gain.mean().get("accuracy")).isEqualTo(10);
        // 4 and sqrt(18 / 3)
        assertThat(gain.spread().get("accuracy")).isCloseTo(Math.sqrt(16 + 6), within(1e-12));
    }

    @Test
    void readsBackWhatItWrote() {
        Summary summary = summary(scores(91, Double.NaN), CONTROL);
        summary.write(folder);
        assertThat(Summary.read(folder)).contains(summary);
        assertThat(Summary.read(folder.resolve("elsewhere"))).isEmpty();
    }

    @Test
    void readsAFileWithFewerAndOtherKeys() throws Exception {
        Files.writeString(
                folder.resolve("summary.json"), "{\"recipe\": \"r\", \"later\": 1, \"stages\": [{\"name\": \"s\"}]}");
        assertThat(Summary.read(folder).orElseThrow().stages().get(0).metrics()).isEmpty();
    }

    @Test
    void aBrokenFileIsNamed() throws Exception {
        Files.writeString(folder.resolve("summary.json"), "{\"recipe\"");
        assertThatThrownBy(() -> Summary.read(folder)).hasMessageContaining("summary.json: not the summary of a run");
    }

    @Test
    void theTableAsCsvQuotesNamesAndLeavesUnknownCellsEmpty() throws Exception {
        summary(STUDENT, CONTROL).write(folder);
        assertThat(Files.readAllLines(folder.resolve("table.csv")))
                .containsExactly(
                        "name,role,accuracy,accuracy_spread,accuracy_gain,accuracy_gain_spread,parameters,bytes,p50_ms_batch1,p50_ms_batch16",
                        "\"vit_small, \"\"S\"\"\",teacher,95.0,,,,22000000,88000000,8.0,100.0",
                        "resnet18 alone,control,89.0,0.0,,,11000000,44000000,2.0,",
                        "resnet18 <distilled>,distilled,91.0,1.0,2.0,1.0,11000000,44000000,2.0,");
    }
}
