package dev.decant.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.decant.bench.LatencyRow;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a run found, as {@code summary.json} holds it and {@code run --json} prints it. Keys are the components' names
 * in snake case. Numbers that JSON does not know are the strings {@code "NaN"}, {@code "Infinity"} and
 * {@code "-Infinity"}.
 *
 * @param recipe path of the recipe as it was given
 * @param metric name of the score that decides; tables show this one
 * @param stages in the order they ran
 * @param model what the run ends with
 * @param teacher {@link ModelResult#NONE} in a recipe without one
 * @param exports in the order they were made
 * @param require the recipe's conditions, met or not
 * @param latency cost of each model of the table on the machine of the run
 * @param table one row per model: teacher, control, and what the stages made
 * @param measured how each kind of number was measured, a sentence each: {@code accuracy}, {@code latency} ...
 * @param architectures catalogue names of teachers and student, by their labels in the table
 */
public record Summary(
        String recipe,
        String metric,
        List<StageResult> stages,
        ModelResult model,
        ModelResult teacher,
        List<ExportResult> exports,
        List<RequireResult> require,
        List<LatencyRow> latency,
        List<TableRow> table,
        Map<String, String> measured,
        Map<String, String> architectures) {

    /** Name of the file in a run folder. */
    public static final String FILE = "summary.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final DefaultPrettyPrinter PRETTY =
            new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));

    public Summary {
        metric = Objects.requireNonNullElse(metric, "accuracy");
        stages = Copies.of(stages);
        model = Objects.requireNonNullElse(model, ModelResult.NONE);
        teacher = Objects.requireNonNullElse(teacher, ModelResult.NONE);
        exports = Copies.of(exports);
        require = Copies.of(require);
        latency = Copies.of(latency);
        table = Copies.of(table);
        measured = Copies.of(measured);
        architectures = Copies.of(architectures);
    }

    /** The line above the table: {@code teacher: resnet20_cifar, student: vit_small_patch16_224}. */
    public String who() {
        return architectures.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Whether every {@code require} is met. */
    public boolean allMet() {
        return require.stream().allMatch(RequireResult::met);
    }

    /** The content of {@code summary.json}, indented, with a line break at the end. */
    public String toJson() {
        try {
            return JSON.writer(PRETTY).writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("summary cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Writes {@code summary.json} and {@code table.csv} into the run folder, each whole or not at all. */
    public void write(Path runFolder) {
        AtomicFile.write(
                runFolder.resolve(TableCsv.FILE), TableCsv.format(table).getBytes(StandardCharsets.UTF_8));
        AtomicFile.write(runFolder.resolve(FILE), toJson().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the summary of a run; empty if the run has none, because it has not ended.
     *
     * @throws UncheckedIOException naming the file, if it is not a summary
     */
    public static Optional<Summary> read(Path runFolder) {
        Path file = runFolder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), Summary.class));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(file + ": not the summary of a run: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + FileException.reason(e), e);
        }
    }
}
