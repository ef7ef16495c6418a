package dev.decant.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.decant.bench.LatencyRow;
import dev.decant.bench.ModelBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant bench}. */
@Command(name = "bench", description = "Measures models side by side: size, parameters, latency by batch.")
final class BenchCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    @Parameters(
            paramLabel = "MODEL|FOLDER",
            arity = "1..*",
            description = "Catalogue names, model folders or ONNX files.")
    private List<String> models = new ArrayList<>();

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        List<LatencyRow> rows = ModelBenchmark.measure(models);
        if (json) {
            System.out.println(JSON.writeValueAsString(rows));
            return 0;
        }
        int width = rows.stream().mapToInt(r -> r.name().length()).max().orElse(5);
        System.out.printf(
                "%-" + width + "s %14s %10s %9s %8s %10s %10s%n",
                "model",
                "parameters",
                "MB",
                "GFLOP",
                "batch",
                "p50 ms",
                "p90 ms");
        for (LatencyRow r : rows) {
            r.latencyMs()
                    .forEach((batch, t) -> System.out.printf(
                            Locale.ROOT,
                            "%-" + width + "s %,14d %10.2f %9s %8d %10.2f %10.2f%n",
                            r.name(),
                            r.parameters(),
                            r.bytes() / 1e6,
                            r.gigaflops(),
                            batch,
                            t.p50(),
                            t.p90()));
        }
        return 0;
    }
}
