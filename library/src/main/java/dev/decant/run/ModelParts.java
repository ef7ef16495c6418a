package dev.decant.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.export.ModelFolder;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.recipe.ModelSpec;
import dev.decant.weights.KeyMap;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import dev.decant.weights.WeightsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Joins a recipe's model to a network: from the catalogue or from a model folder, with the weights it names. */
public final class ModelParts {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelParts() {}

    /**
     * Builds a model and loads its weights, strictly.
     *
     * @param fromData arguments that the data knows; taken where the spec says nothing, the number of classes checked against a folder's
     */
    public static Network build(ModelSpec spec, Map<String, Object> fromData) {
        Path folder = Path.of(spec.model());
        boolean isFolder = Files.isDirectory(folder);
        Map<String, Object> args = new LinkedHashMap<>(spec.config());
        if (!isFolder) {
            fromData.forEach(args::putIfAbsent);
        }
        Network model = isFolder ? fromFolder(folder, args) : Catalogue.create(spec.model(), args);
        spec.weights().ifPresent(w -> load(model, Path.of(w)));
        Object classes = fromData.get("num_classes");
        if (classes != null && !classes.equals(model.classes())) {
            throw new InputException("model '" + spec.model() + "' has " + model.classes() + " classes, the data has "
                    + classes + "; set config.num_classes or the data's classes");
        }
        return model;
    }

    /** Whether a model comes with weights: in its folder, or in a file. */
    static boolean hasWeights(ModelSpec spec) {
        return spec.weights().isPresent() || Files.isDirectory(Path.of(spec.model()));
    }

    /** A model folder's network with its weights. */
    public static Network fromFolder(Path path, Map<String, Object> overrides) {
        ModelFolder folder = ModelFolder.read(path);
        JsonNode config = folder.config();
        JsonNode architecture = config.get("architecture");
        if (architecture == null || !architecture.isTextual()) {
            throw new WeightsException(
                    path.resolve(ModelFolder.CONFIG) + ": no 'architecture'; expected timm's fields");
        }
        Map<String, Object> args = new LinkedHashMap<>();
        JsonNode given = config.path("model_args");
        given.properties().forEach(e -> args.put(e.getKey(), JSON.convertValue(e.getValue(), Object.class)));
        if (config.path("num_classes").isInt()) {
            args.put("num_classes", config.path("num_classes").asInt());
        }
        args.putAll(overrides);
        Network model = Catalogue.create(architecture.asText(), args);
        load(model, folder.weights());
        return model;
    }

    private static void load(Network model, Path weights) {
        Weights.load(model, Weights.read(weights), KeyMap.identity(), Strictness.STRICT);
    }

    /** Writes a model folder over an older one. */
    static void write(Path folder, Network model) {
        ModelFolder.write(folder, config(model), model.state(), Map.of("format", "pt"), ModelFolder.Existing.REPLACE);
    }

    /** {@code config.json} as timm reads it. */
    private static Map<String, Object> config(Network model) {
        ModelConfig c = model.config();
        Map<String, Object> args = new LinkedHashMap<>(c.args());
        args.remove("num_classes");
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architecture", c.architecture());
        config.put("num_classes", c.classes());
        if (model instanceof ImageClassifier classifier) {
            config.put("num_features", classifier.featureWidth());
            config.put("model_args", args);
            config.put("pretrained_cfg", pretrained(classifier));
        } else {
            config.put("model_args", args);
        }
        return config;
    }

    private static Map<String, Object> pretrained(ImageClassifier model) {
        ModelConfig.ImageInput input = model.imageInput();
        Map<String, Object> pretrained = new LinkedHashMap<>();
        pretrained.put("input_size", new int[] {3, input.size(), input.size()});
        pretrained.put("num_classes", model.classes());
        pretrained.put("mean", input.mean());
        pretrained.put("std", input.std());
        pretrained.put("interpolation", input.interpolation());
        pretrained.put("crop_pct", input.cropPct());
        return pretrained;
    }
}
