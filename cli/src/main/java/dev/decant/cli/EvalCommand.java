package dev.decant.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.file.Json;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.Split;
import dev.decant.stage.Evaluation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant eval}. */
@Command(name = "eval", description = "Scores a model on a data set.")
final class EvalCommand implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL|FOLDER", description = "A catalogue name, a model folder or an ONNX file.")
    private String model = "";

    @Option(names = "--weights", paramLabel = "FILE", description = "Weights: .safetensors, .pth or a folder.")
    private @Nullable Path weights;

    @Option(names = "--data", required = true, paramLabel = "YAML", description = "As a recipe's data, in flow style.")
    private String data = "";

    @Option(names = "--split", description = "train, validation or test.")
    private Split split = Split.TEST;

    @Option(names = "--set", paramLabel = "model.k=v", description = "Sets an argument of the model.")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        ModelSpec named = RecipeReader.readModel(model, sets);
        Optional<String> file = weights == null ? named.weights() : Optional.of(weights.toString());
        DataSpec spec = RecipeReader.readData(data);
        Evaluation found = Evaluation.of(new ModelSpec(named.model(), named.config(), file), spec, split);
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("model", model);
            document.put("examples", found.examples());
            document.put("metrics", found.metrics());
            System.out.println(Json.MAPPER.writeValueAsString(document));
        } else {
            System.out.println(model + ", " + found.examples() + " examples");
            found.metrics().forEach((k, v) -> System.out.printf(java.util.Locale.ROOT, "%-10s %.2f%n", k, v));
        }
        return 0;
    }
}
