package dev.decant.build;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.InputException;
import dev.decant.ModelException;
import dev.decant.file.Json;
import dev.decant.model.Catalogue;
import dev.decant.model.Network;
import dev.decant.model.text.SentenceHead;
import dev.decant.model.text.TransformersConfig;
import dev.decant.modelio.EncoderFolder;
import dev.decant.modelio.ModelFolder;
import dev.decant.modelio.ModelSource;
import dev.decant.modelio.SentenceTransformers;
import dev.decant.quantize.Packed;
import dev.decant.quantize.PackedCodes;
import dev.decant.recipe.ModelSpec;
import dev.decant.tensor.Engine;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.KeyMap;
import dev.decant.weights.LoadReport;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import dev.decant.weights.WeightsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Joins a recipe's model to a network: from the catalogue or from a model folder, with the weights it names. */
public final class ModelBuilder {

    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

    private ModelBuilder() {}

    /** What may be new in a network that is loaded. */
    public enum Fresh {
        /** Nothing: every tensor must be found. */
        NOTHING,
        /** The head: a classifier where there was a language model, or other classes. */
        HEAD
    }

    /** The parts of a network that follow its body, by the first words of their names. */
    private static final List<String> HEADS = List.of(
            "classifier.",
            "cls.",
            "lm_head.",
            "head.",
            "fc.",
            "vision_proj.",
            "text_proj.",
            "temp",
            "itm_head.",
            "bbox_head.",
            "ta_head.",
            "cls_head.",
            "text_encoder.cls.",
            "text_decoder.");

    /** What the data says of a head. */
    private static final List<String> OF_HEAD = List.of("head", "num_classes", "task");

    /** As {@link #build(ModelSpec, Map, Fresh)}, with nothing fresh. */
    public static Network build(ModelSpec spec, Map<String, Object> fromData) {
        return build(spec, fromData, Fresh.NOTHING);
    }

    /**
     * Builds a model and loads its weights, strictly.
     *
     * @param fromData arguments that the data knows; taken where the spec says nothing, the number of classes checked against a folder's
     * @param fresh what is made for the data even where a folder has another
     */
    public static Network build(ModelSpec spec, Map<String, Object> fromData, Fresh fresh) {
        Path folder = path(spec);
        boolean isFolder = Files.isDirectory(folder);
        Map<String, Object> args = new LinkedHashMap<>(spec.config());
        if (!isFolder) {
            fromData.forEach(args::putIfAbsent);
        } else if (fresh == Fresh.HEAD) {
            OF_HEAD.forEach(
                    key -> Optional.ofNullable(fromData.get(key)).ifPresent(value -> args.putIfAbsent(key, value)));
        }
        Network model = isFolder ? fromFolder(folder, args, fresh) : Catalogue.create(spec.model(), args);
        spec.weights().ifPresent(w -> load(model, Weights.read(Path.of(w)), fresh));
        requireClasses(
                spec.model(),
                model,
                fromData,
                "; set config.num_classes or the data's classes"
                        + (isFolder ? ", or new-head: true for a student that is to learn them" : ""));
        requireTask(spec.model(), model, fromData.get("task"));
        return model;
    }

    private static void requireTask(String name, Network model, @Nullable Object task) {
        List<String> tasks = model.tasks();
        if (!tasks.isEmpty() && task != null && !tasks.contains(task.toString())) {
            throw new InputException("model '" + name + "' is built for task '" + tasks.get(0) + "', the data is for '"
                    + task + "'; new-head: true makes a student of it for another task");
        }
    }

    /** @param advice for the end of the message */
    public static void requireClasses(String name, Network model, Map<String, Object> fromData, String advice) {
        Object classes = fromData.get("num_classes");
        if (classes != null && !classes.equals(model.classes())) {
            throw new InputException(
                    "model '" + name + "' has " + model.classes() + " classes, the data has " + classes + advice);
        }
    }

    /** Whether a model comes with weights: in its folder, or in a file. */
    public static boolean hasWeights(ModelSpec spec) {
        return spec.weights().isPresent() || isFolder(spec);
    }

    /** Whether a model is a folder, or inside a jar, and not a name of the catalogue. */
    public static boolean isFolder(ModelSpec spec) {
        return Files.isDirectory(path(spec));
    }

    /** Where a model lies; one inside a jar is imported when it is asked for first. */
    public static Path path(ModelSpec spec) {
        return ModelSource.locate(spec.model());
    }

    /** Whether a model is a folder whose weights are packed: codes, without the weights that learned. */
    public static boolean isPacked(ModelSpec spec) {
        Path folder = path(spec);
        return Files.isDirectory(folder) && ModelFolder.read(folder).config().has(Packed.KEY);
    }

    /** A model folder's network with its weights. */
    public static Network fromFolder(Path path, Map<String, Object> overrides) {
        return fromFolder(path, overrides, Fresh.NOTHING);
    }

    private static Network fromFolder(Path path, Map<String, Object> overrides, Fresh fresh) {
        ModelFolder folder = ModelFolder.read(path);
        Map<String, Object> config = Json.MAPPER.convertValue(folder.config(), FIELDS);
        StoredWeights stored = Weights.read(folder.weights());
        boolean isTransformers = TransformersConfig.describes(config);
        Network model = isTransformers
                ? transformers(path, config, stored, overrides, fresh)
                : timm(path, folder.config(), overrides);
        stored = EncoderFolder.completed(path, model, stored);
        Object packed = config.get(Packed.KEY);
        Map<String, PackedCodes> codes = Map.of();
        if (packed != null) {
            Path file = path.resolve(ModelFolder.CONFIG);
            if (!(packed instanceof Map)) {
                throw WeightsException.in(file, Packed.KEY + ": expected a map, found " + packed);
            }
            Map<String, Object> quantization = Json.MAPPER.convertValue(packed, FIELDS);
            Packed.attach(model, quantization, file);
            StoredWeights unpacked = Packed.unpack(stored, quantization, file);
            codes = Engine.bytesAreFast() ? codes(stored, quantization, file) : Map.of();
            stored = unpacked;
        }
        load(model, stored, fresh);
        Packed.hold(model, codes);
        return model;
    }

    /** The codes of a folder's packed weights, by the weight's name; none where weights are numbers. */
    public static Map<String, PackedCodes> codes(Path path) {
        ModelFolder folder = ModelFolder.read(path);
        Object packed = Json.MAPPER.convertValue(folder.config(), FIELDS).get(Packed.KEY);
        if (packed == null) {
            return Map.of();
        }
        return codes(
                Weights.read(folder.weights()),
                Json.MAPPER.convertValue(packed, FIELDS),
                path.resolve(ModelFolder.CONFIG));
    }

    private static Map<String, PackedCodes> codes(StoredWeights stored, Map<String, Object> config, Path file) {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> state = new LinkedHashMap<>();
            stored.tensors().forEach((name, tensor) -> {
                if (PackedCodes.isPart(name)) {
                    state.put(name, tensor.toTensor());
                }
            });
            return Packed.codes(state, config, file);
        }
    }

    /** @param file for messages */
    public static Map<String, PackedCodes> codes(Packed packed, Path file) {
        return Packed.codes(packed.state(), Json.MAPPER.convertValue(packed.config(), FIELDS), file);
    }

    private static Network transformers(
            Path path, Map<String, Object> config, StoredWeights stored, Map<String, Object> overrides, Fresh fresh) {
        try {
            Map<String, Object> args = new LinkedHashMap<>(TransformersConfig.arguments(config));
            args.putAll(asEncoder(path, config, stored));
            if (fresh == Fresh.HEAD) {
                args.put("head", "auto");
            }
            args.putAll(overrides);
            if (!"encoder".equals(args.get("head"))) {
                args.keySet().removeAll(TransformersConfig.ofEncoder());
            }
            return Catalogue.create(TransformersConfig.architecture(config), args);
        } catch (ModelException e) {
            throw new WeightsException(path.resolve(ModelFolder.CONFIG) + ": " + e.getMessage(), e);
        }
    }

    /** Arguments of an encoder alone, if a folder is one: of sentence-transformers, or a base model without a pooler. */
    private static Map<String, Object> asEncoder(Path path, Map<String, Object> config, StoredWeights stored) {
        Optional<SentenceHead> sentence = SentenceTransformers.read(path);
        boolean hasPooler = TransformersConfig.architecture(config).equals("bert-base")
                && stored.tensors().keySet().stream().anyMatch(name -> name.contains("pooler."));
        Map<String, Object> args = new LinkedHashMap<>();
        if (sentence.isPresent() || (TransformersConfig.isBase(config) && !hasPooler)) {
            args.put("head", "encoder");
            sentence.ifPresent(s -> args.putAll(s.arguments()));
        }
        return args;
    }

    private static Network timm(Path path, JsonNode config, Map<String, Object> overrides) {
        JsonNode architecture = config.get("architecture");
        if (architecture == null || !architecture.isTextual()) {
            throw new WeightsException(path.resolve(ModelFolder.CONFIG)
                    + ": neither 'architecture', as timm writes it, nor transformers' 'model_type'");
        }
        Map<String, Object> args = new LinkedHashMap<>();
        JsonNode given = config.path("model_args");
        given.properties().forEach(e -> args.put(e.getKey(), Json.MAPPER.convertValue(e.getValue(), Object.class)));
        if (config.path("num_classes").isInt()) {
            args.put("num_classes", config.path("num_classes").asInt());
        }
        args.putAll(overrides);
        return Catalogue.create(architecture.asText(), args);
    }

    private static void load(Network model, StoredWeights given, Fresh fresh) {
        StoredWeights stored = model.fit(given);
        KeyMap keys = model.publishedKeys();
        if (fresh == Fresh.NOTHING) {
            Weights.load(model, stored, keys, Strictness.STRICT);
            return;
        }
        LoadReport report = Weights.load(model, stored, keys, Strictness.LENIENT);
        Stream<String> misfits = Stream.of(report.missing(), report.unexpected(), report.misshapen())
                .flatMap(List::stream);
        if (misfits.anyMatch(name -> !isHead(name))) {
            throw new WeightsException(stored.source() + ": weights of another model, not in the head alone: "
                    + report.summary().substring(report.source().toString().length() + 2));
        }
    }

    private static boolean isHead(String name) {
        return HEADS.stream().anyMatch(name::startsWith) || name.contains(".pooler.");
    }

    /**
     * Writes a model folder over an older one; a quantized network's weights are packed.
     *
     * @param others more files, by name
     */
    public static void write(Path folder, Network model, Map<String, byte[]> others) {
        if (!Packed.concerns(model)) {
            EncoderFolder.write(folder, model, others, ModelFolder.Existing.REPLACE);
            return;
        }
        Map<String, Object> config = new LinkedHashMap<>(model.publishedConfig());
        Packed packed = Packed.of(model);
        config.put(Packed.KEY, packed.config());
        ModelFolder.write(folder, config, packed.state(), Map.of("format", "pt"), others, ModelFolder.Existing.REPLACE);
    }
}
