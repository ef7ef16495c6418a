package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.report.ModelResult;
import dev.decant.report.Summary;
import dev.decant.report.TableRow;
import dev.decant.report.TableRow.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {

    private static final Map<Integer, Double> TIMES = Map.of(1, 1234.56, 16, 12345.67);

    @Test
    void fitsAHundredColumnsAndEightyWithoutTimes() {
        assertThat(ResultTable.format(summary(TIMES)).lines()).allMatch(line -> line.length() <= 100);
        assertThat(ResultTable.format(summary(Map.of())).lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void saysTheArchitecturesOnceAndThenShortLabels() {
        List<String> lines = ResultTable.format(summary(TIMES)).lines().toList();
        assertThat(lines.get(0)).isEqualTo("student: vit_small_patch16_224");
        assertThat(lines.get(2)).startsWith("model ").contains("accuracy", "gain", "parameters", "MB");
        assertThat(lines.subList(3, 6))
                .extracting(l -> l.substring(0, 16).strip())
                .containsExactly("teacher", "alone + pruned +", "+ pruned + 2-bit");
    }

    private static Summary summary(Map<Integer, Double> times) {
        return new Summary(
                "r.yaml",
                "accuracy",
                List.of(),
                ModelResult.NONE,
                ModelResult.NONE,
                List.of(),
                List.of(),
                List.of(),
                List.of(
                        row("teacher", Role.TEACHER, times),
                        row("alone + pruned + 2-bit", Role.CONTROL, times),
                        row("+ pruned + 2-bit", Role.QUANTIZED, times)),
                Map.of(),
                Map.of("student", "vit_small_patch16_224"));
    }

    private static TableRow row(String name, Role role, Map<Integer, Double> times) {
        Map<String, Double> score = Map.of("accuracy", 100.0);
        Map<String, Double> spread = Map.of("accuracy", 12.34);
        return new TableRow(name, role, score, spread, score, spread, 123_456_789, 1_234_567_890L, times);
    }
}
