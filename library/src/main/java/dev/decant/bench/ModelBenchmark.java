package dev.decant.bench;

import dev.decant.build.ModelBuilder;
import dev.decant.export.OnnxNetwork;
import dev.decant.file.FileException;
import dev.decant.model.Network;
import dev.decant.quantize.Packed;
import dev.decant.recipe.ModelSpec;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Measures models side by side on this machine: parameters, bytes on the disk, latency by batch size. */
public final class ModelBenchmark {

    private ModelBenchmark() {}

    /** @param names catalogue names (fresh weights; bytes are those of the tensors), model folders or ONNX files */
    public static List<LatencyRow> measure(List<String> names) {
        Map<String, Network> models = new LinkedHashMap<>();
        for (String name : names) {
            Optional<Path> onnx = OnnxNetwork.find(Path.of(name));
            models.put(
                    name,
                    onnx.isPresent()
                            ? OnnxNetwork.read(onnx.get())
                            : ModelBuilder.build(new ModelSpec(name, Map.of(), Optional.empty()), Map.of()));
        }
        List<LatencyRow> rows = new ArrayList<>();
        Map<String, LatencyBench.Pass> passes = new LinkedHashMap<>();
        models.forEach((name, model) -> passes.put(name, LatencyBench.Pass.of(model)));
        Map<String, Map<Integer, Latency>> times = LatencyBench.measure(passes);
        models.forEach((name, model) -> rows.add(new LatencyRow(
                name,
                parameters(model),
                bytes(name, model),
                model instanceof OnnxNetwork ? 0 : MultiplyAdds.of(model),
                times.getOrDefault(name, Map.of()))));
        models.values().forEach(model -> {
            if (model instanceof OnnxNetwork onnx) {
                onnx.close();
            }
        });
        return rows;
    }

    private static long parameters(Network model) {
        return model instanceof OnnxNetwork onnx ? onnx.originalParameters() : model.parameterCount();
    }

    /** Bytes of a model folder's files, or, where there is no folder, of the model's tensors. */
    private static long bytes(String name, Network model) {
        if (model instanceof OnnxNetwork onnx) {
            return onnx.bytes();
        }
        Path folder = Path.of(name);
        return Files.isDirectory(folder) ? bytes(folder) : bytes(model);
    }

    /** Bytes of the tensors that it would ship with. */
    public static long bytes(Network model) {
        Map<String, Tensor> state = Packed.concerns(model) ? Packed.of(model).state() : model.state();
        return state.values().stream()
                .mapToLong(t -> t.elements() * t.dtype().bytes())
                .sum();
    }

    public static long bytes(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot measure " + path + ": " + FileException.reason(e), e);
        }
    }
}
