package dev.decant.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.InputException;
import dev.decant.file.Json;
import dev.decant.recipe.StageSpec.Format;
import dev.decant.report.ExportResult;
import dev.decant.run.Exports;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant export}. */
@Command(name = "export", description = "Writes a model folder in another form and compares the outputs.")
final class ExportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FOLDER", description = "A model folder.")
    private Path folder = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "What to write: a file whose name ends in .onnx, or a folder.")
    private Path out = Path.of("");

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description = "onnx, onnx-int8, onnx-2bit or safetensors.")
    private String format = "";

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        ExportResult result = Exports.export(folder, format(), out);
        if (json) {
            System.out.println(Json.MAPPER.writeValueAsString(result));
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.2f MB, outputs within %.1e of the model's%n",
                    result.file(),
                    result.bytes() / 1e6,
                    result.parity());
        }
        return 0;
    }

    private Format format() {
        return Arrays.stream(Format.values())
                .filter(f -> f.word().equals(format.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new InputException("--format: unknown format '" + format + "'; there are "
                        + Arrays.stream(Format.values()).map(Format::word).collect(Collectors.joining(", "))));
    }
}
