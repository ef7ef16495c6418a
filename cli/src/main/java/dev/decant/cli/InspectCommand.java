package dev.decant.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.build.ModelBuilder;
import dev.decant.build.QuantizationPlan;
import dev.decant.distill.term.StageFeatures;
import dev.decant.export.OnnxNetwork;
import dev.decant.file.Json;
import dev.decant.model.Catalogue;
import dev.decant.model.Network;
import dev.decant.model.TapSignature;
import dev.decant.modelio.EncoderImport;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.RecipeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant inspect}. */
@Command(name = "inspect", description = "Prints what a model is made of; without a model, the catalogue.")
final class InspectCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "MODEL|FOLDER|FILE.onnx",
            arity = "0..1",
            description = "A catalogue name, a model folder or an encoder's ONNX file.")
    private @Nullable String model;

    @Option(names = "--set", paramLabel = "model.k=v", description = "Sets an argument of the model.")
    private List<String> sets = new ArrayList<>();

    @Option(
            names = "--quantize",
            paramLabel = "YAML",
            description = "As a stage's quantize, in flow style: what it would round (default: ${DEFAULT-VALUE}).")
    private String quantize = "{}";

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        if (model == null) {
            Catalogue.names().forEach(System.out::println);
            return 0;
        }
        ModelSpec spec = RecipeReader.readModel(model, sets);
        Network network = isOnnx(model) ? EncoderImport.read(Path.of(model)) : ModelBuilder.build(spec, Map.of());
        TapSignature signature = network.signature();
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("model", model);
        found.put("parameters", network.parameterCount());
        found.put("classes", network.classes());
        found.put("input", network.config().input());
        found.put("taps", new ArrayList<>(signature.taps().keySet()));
        found.put("shapes", shapes(signature));
        found.put("modalities", new TreeSet<>(network.modalities().keySet()));
        found.put("gates", gates(network));
        if (signature.has(StageFeatures.tap(1))) {
            StageFeatures features = StageFeatures.of(signature);
            found.put("features", features.featureWidth());
            found.put("stages", features.stages().stream().map(Object::toString).toList());
        }
        QuantizationPlan plan = QuantizationPlan.of(RecipeReader.readQuantize(quantize), network);
        if (json) {
            found.put("quantization", plan);
            System.out.println(Json.MAPPER.writeValueAsString(found));
        } else {
            found.forEach((k, v) -> System.out.printf("%-11s %s%n", k, v));
            plan.lines().forEach(line -> System.out.printf("%-11s %s%n", "quantize", line));
        }
        return 0;
    }

    /** Of every tap, in N examples and S tokens: {@code (N, S, 768)}. */
    private static Map<String, String> shapes(TapSignature signature) {
        Map<String, String> shapes = new LinkedHashMap<>();
        signature.taps().forEach((tap, shape) -> shapes.put(tap, shape.toString()));
        return shapes;
    }

    private static boolean isOnnx(String name) {
        return name.endsWith(OnnxNetwork.SUFFIX) && !Files.isDirectory(Path.of(name));
    }

    /** Where pruning may take something away: {@code blocks.0.attn.heads: 6 of 98496 parameters}. */
    private static List<String> gates(Network network) {
        return network.gates().entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue().units() + " of "
                        + e.getValue().parametersPerUnit() + " parameters")
                .toList();
    }
}
