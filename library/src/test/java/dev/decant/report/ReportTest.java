package dev.decant.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.decant.InputException;
import dev.decant.train.LogEntry;
import dev.decant.train.MetricsLog;
import dev.decant.train.RunKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTest {

    @TempDir
    private Path folder;

    /** The page without the chart library. */
    private String page() throws Exception {
        String page = Files.readString(Report.write(folder));
        return page.replaceFirst("(?s)<script>\\s*/\\*\\s*\\* Licensed.*?</script>", "");
    }

    private static JsonNode charts(String page) throws Exception {
        Matcher data = Pattern.compile("(?s)<script type=\"application/json\" id=\"charts\">(.*?)</script>")
                .matcher(page);
        assertThat(data.find()).isTrue();
        return new JsonMapper().readTree(data.group(1));
    }

    private void file(String name, String content) throws Exception {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), content);
    }

    @Test
    void showsTheTableWithControlSpreadGainAndRatios() throws Exception {
        SummaryTest.summary(SummaryTest.STUDENT, SummaryTest.CONTROL).write(folder);
        String page = page();
        assertThat(page)
                .contains("<h1>quickstart</h1>")
                .contains("<dd>91.00 ± 1.00</dd>")
                .contains("<dd>+2.00 ± 1.00</dd>")
                .contains("<dd>0.50×</dd>")
                .contains("<dd>4.00×</dd>")
                .contains("<th scope=\"row\">vit_small, &quot;S&quot;<small>teacher</small></th>")
                .contains("<td>89.00 ± 0.00</td>")
                .contains("44.0 MB<small>0.50× teacher</small>")
                .contains("✓ met")
                .contains("50 calls after 10 to warm up");
        assertThat(charts(page).at("/0/dots/2/spread").asDouble()).isEqualTo(1);
    }

    @Test
    void nothingOfAUserBecomesMarkup() throws Exception {
        String evil = "</script><script>alert(1)</script>{{library}}";
        SummaryTest.summary(SummaryTest.STUDENT, SummaryTest.CONTROL).write(folder);
        file("recipe.resolved.yaml", "name: " + evil);
        file("provenance.json", new JsonMapper().writeValueAsString(Map.of(evil, evil)));
        file(
                "figures/cka.json",
                new JsonMapper()
                        .writeValueAsString(Map.of(
                                "kind", "heatmap",
                                "title", evil,
                                "x", new String[] {evil},
                                "y", new String[] {"b"},
                                "values", new double[][] {{0.5}})));
        try (MetricsLog log = MetricsLog.open(folder.resolve("metrics.jsonl"))) {
            log.append(LogEntry.evaluation(new RunKey(evil, evil, 1), 1, 1, Map.of(evil, 1.0)));
        }
        String page = page();
        assertThat(page)
                .doesNotContain("<script>alert")
                .contains("&lt;script&gt;alert(1)")
                .contains("{{library}}");
        assertThat(charts(page).get(2).at("/x/0").asText()).isEqualTo(evil);
    }

    @Test
    void asksForNothingFromANetwork() throws Exception {
        SummaryTest.summary(SummaryTest.STUDENT, SummaryTest.CONTROL).write(folder);
        assertThat(page())
                .contains(
                        "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\"")
                .doesNotContain("http:", "https:", "src=\"/", "@import", "url(");
        assertThat(Files.readString(folder.resolve("report.html"))).contains("echarts");
    }

    @Test
    void aRunThatStoppedHalfWaySaysSoAndShowsItsCurves() throws Exception {
        try (MetricsLog log = MetricsLog.open(folder.resolve("metrics.jsonl"))) {
            log.append(LogEntry.step(new RunKey("distill", "student", 2), 300, 3, Map.of("loss", 2.0), Map.of()));
        }
        assertThat(page())
                .contains("This run has not ended")
                .contains("stage distill, student, seed 2, step 300, epoch 3.00")
                .contains("There is no provenance.json")
                .contains("<h3>Stage: distill</h3>")
                .doesNotContain("<h2>Models</h2>", "<h2>Figures</h2>", "<h2>Recipe</h2>");
    }

    @Test
    void anEmptyFolderAndBrokenFilesStillGiveAPage() throws Exception {
        assertThat(page()).contains("Nothing was logged.");
        file("summary.json", "{");
        file("provenance.json", "{");
        file("figures/pie.json", "{\"kind\": \"pie\"}");
        file(
                "figures/torn.json",
                "{\"kind\": \"heatmap\", \"title\": \"t\", \"x\": [\"a\"], \"y\": [], \"values\": [[1]]}");
        assertThat(page())
                .contains("summary.json cannot be used", "provenance.json is not JSON")
                .contains("figures/pie.json is left out", "figures/torn.json is left out")
                .doesNotContain("has not ended");
    }

    @Test
    void embedsImagesExceptThoseThatAreChartsToo() throws Exception {
        file("figures/loss-land_scape.png", "P");
        file("figures/cka.png", "Q");
        file("figures/cka.json", "{\"kind\":\"heatmap\",\"title\":\"t\",\"x\":[\"a\"],\"y\":[\"b\"],\"values\":[[1]]}");
        assertThat(page())
                .contains("<img src=\"data:image/png;base64,UA==\" alt=\"loss land scape\">")
                .contains("aria-label=\"Heat map, t: 1 rows by 1 columns, values from 1.00 to 1.00\"")
                .doesNotContain("base64,UQ==");
    }

    @Test
    void aLongProvenanceIsFoldedAndCut() throws Exception {
        Map<String, String> hashes = new TreeMap<>();
        IntStream.range(1000, 1300).forEach(i -> hashes.put("a_dir/b_" + i, "0f"));
        file("provenance.json", new JsonMapper().writeValueAsString(Map.of("sha256", hashes)));
        assertThat(page())
                .contains("<summary>300 entries</summary>", "<dt>a_dir/b_1199</dt>", "and 100 more in the file")
                .doesNotContain("b_1200");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Report.write(folder.resolve("nowhere")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nowhere: not a run folder");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.9, 0.90", "0.00114, 0.0011", "7.104, 7.10", "48, 48.0", "123.4, 123", "2.4e-6, 2.4e-06"})
    void numbersAreShort(double value, String text) {
        assertThat(Numbers.plain(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "999, 999 B", "1000, 1.00 kB", "85700000, 85.7 MB", "999900, 1.00 MB"})
    void sizesHaveDecimalUnits(long bytes, String text) {
        assertThat(Numbers.bytes(bytes)).isEqualTo(text);
    }
}
