package dev.decant.modelio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.file.FileException;
import dev.decant.file.Json;
import dev.decant.model.text.Bert;
import dev.decant.model.text.Pooling;
import dev.decant.model.text.SentenceHead;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.Weights;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of sentence-transformers around an encoder: {@code modules.json}, {@code 1_Pooling/config.json}, {@code 2_Dense},
 * {@code 2_Normalize}, {@code sentence_bert_config.json}.
 */
public final class SentenceTransformers {

    private static final String MODULES = "modules.json";
    private static final String LENGTH_FILE = "sentence_bert_config.json";
    private static final String LENGTH = "max_seq_length";
    private static final String PACKAGE = "sentence_transformers.models.";
    private static final long LONGEST = 1_000_000;

    private SentenceTransformers() {}

    /** One line of {@code modules.json}: what it is, and in which folder. */
    private record Part(String kind, Path folder) {}

    /**
     * What a folder says of making one vector of a text; empty for a folder without {@code modules.json}.
     *
     * @throws WeightsException for modules that are not known here, or come in another order than transformer, pooling, dense, normalize
     */
    public static Optional<SentenceHead> read(Path folder) {
        if (!Files.isRegularFile(folder.resolve(MODULES))) {
            return Optional.empty();
        }
        List<Part> parts = parts(folder);
        Path normalized = folder.resolve(MODULES);
        List<String> kinds = parts.stream().map(Part::kind).toList();
        if (!String.join(" ", kinds).matches("Transformer Pooling( Dense)?( Normalize)?")) {
            throw WeightsException.in(
                    normalized,
                    "modules " + String.join(", ", kinds)
                            + "; expected Transformer, Pooling, and perhaps Dense and Normalize, in this order");
        }
        if (!parts.get(0).folder.equals(folder)) {
            throw WeightsException.in(
                    normalized, "the encoder is in " + parts.get(0).folder + "; expected it in the folder itself");
        }
        return Optional.of(new SentenceHead(
                poolings(parts.get(1).folder.resolve("config.json")),
                find(parts, "Dense").map(p -> dense(p.folder.resolve("config.json"))),
                kinds.contains("Normalize"),
                longest(folder.resolve(LENGTH_FILE))));
    }

    /** The weights of an encoder, with those of the linear map that lie in a folder of their own. */
    public static StoredWeights withDense(Path folder, StoredWeights encoder) {
        Optional<Part> part =
                Files.isRegularFile(folder.resolve(MODULES)) ? find(parts(folder), "Dense") : Optional.empty();
        if (part.isEmpty()) {
            return encoder;
        }
        StoredWeights dense = Weights.read(part.get().folder);
        Map<String, StoredTensor> all = new LinkedHashMap<>(encoder.tensors());
        dense.tensors().forEach((name, tensor) -> {
            String own = SentenceHead.DENSE + name.replaceFirst("^linear", "");
            all.put(own, tensor.named(own));
        });
        StoredTensor weight = all.get(SentenceHead.DENSE + ".weight");
        if (weight != null && weight.shape().length == 2) {
            int width = Math.toIntExact(weight.shape()[0]);
            String bias = SentenceHead.DENSE + ".bias";
            all.putIfAbsent(bias, StoredTensor.of(bias, new float[width], width));
        }
        return new StoredWeights(encoder.source(), all, encoder.metadata());
    }

    /** The files for an encoder, by their paths in its folder; none where it is not known how it is pooled. */
    static Map<String, byte[]> files(Bert encoder, Map<String, Tensor> state) {
        SentenceHead head = encoder.sentence();
        if (!head.isKnown()) {
            return Map.of();
        }
        long width = encoder.width();
        Map<String, byte[]> files = new LinkedHashMap<>();
        List<Map<String, Object>> modules = new ArrayList<>();
        add(modules, "Transformer", "");
        add(modules, "Pooling", "1_Pooling");
        files.put("1_Pooling/config.json", json(poolingConfig(head, width)));
        head.dense().ifPresent(dense -> {
            String folder = add(modules, "Dense", "2_Dense");
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("in_features", width * head.poolings().size());
            config.put("out_features", dense.width());
            config.put("bias", true);
            config.put("activation_function", activation(dense.activation()));
            files.put(folder + "/config.json", json(config));
            files.put(folder + "/model.safetensors", Safetensors.bytes(linear(state), Map.of("format", "pt")));
        });
        if (head.normalize()) {
            add(modules, "Normalize", modules.size() + "_Normalize");
        }
        files.put(MODULES, json(modules));
        long longest = head.longest() > 0 ? head.longest() : encoder.longest();
        Map<String, Object> length = new LinkedHashMap<>();
        length.put(LENGTH, longest);
        length.put("do_lower_case", false);
        files.put(LENGTH_FILE, json(length));
        return files;
    }

    private static Map<String, Tensor> linear(Map<String, Tensor> state) {
        Map<String, Tensor> linear = new LinkedHashMap<>();
        state.forEach((name, tensor) -> {
            if (name.startsWith(SentenceHead.DENSE)) {
                linear.put("linear" + name.substring(SentenceHead.DENSE.length()), tensor);
            }
        });
        return linear;
    }

    private static Map<String, Object> poolingConfig(SentenceHead head, long width) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("word_embedding_dimension", width);
        for (Pooling pooling : Pooling.values()) {
            config.put(pooling.key(), head.poolings().contains(pooling));
        }
        config.put("include_prompt", true);
        return config;
    }

    private static String add(List<Map<String, Object>> modules, String kind, String folder) {
        Map<String, Object> module = new LinkedHashMap<>();
        module.put("idx", modules.size());
        module.put("name", Integer.toString(modules.size()));
        module.put("path", folder);
        module.put("type", PACKAGE + kind);
        modules.add(module);
        return folder;
    }

    private static List<Part> parts(Path folder) {
        List<Part> parts = new ArrayList<>();
        for (JsonNode module : parse(folder.resolve(MODULES))) {
            String type = module.path("type").asText();
            Path place = folder.resolve(module.path("path").asText()).normalize();
            if (!place.startsWith(folder.normalize())) {
                throw WeightsException.in(
                        folder.resolve(MODULES), "path '" + module.path("path").asText() + "' leaves the folder");
            }
            boolean isSame = place.equals(folder.normalize());
            parts.add(new Part(type.substring(type.lastIndexOf('.') + 1), isSame ? folder : place));
        }
        return parts;
    }

    private static Optional<Part> find(List<Part> parts, String kind) {
        return parts.stream().filter(p -> p.kind.equals(kind)).findFirst();
    }

    private static List<Pooling> poolings(Path file) {
        JsonNode config = parse(file);
        List<Pooling> poolings = config.path("pooling_mode").isTextual()
                ? SentenceHead.poolings(config.path("pooling_mode").asText())
                : Arrays.stream(Pooling.values())
                        .filter(p -> config.path(p.key()).asBoolean())
                        .toList();
        if (poolings.isEmpty()) {
            throw WeightsException.in(file, "no pooling mode is on; expected at least one of pooling_mode_...");
        }
        return poolings;
    }

    private static SentenceHead.Dense dense(Path file) {
        JsonNode config = parse(file);
        String wanted = config.path("activation_function").asText(activation(SentenceHead.Squash.TANH));
        SentenceHead.Squash squash = Arrays.stream(SentenceHead.Squash.values())
                .filter(s ->
                        wanted.endsWith(activation(s).substring(activation(s).lastIndexOf('.'))))
                .findFirst()
                .orElseThrow(() -> WeightsException.in(
                        file, "activation_function '" + wanted + "' is not known here, only Tanh and Identity"));
        int width = config.path("out_features").asInt();
        if (width < 1) {
            throw WeightsException.in(file, "out_features: expected a number above 0");
        }
        return new SentenceHead.Dense(width, squash);
    }

    private static String activation(SentenceHead.Squash squash) {
        return switch (squash) {
            case IDENTITY -> "torch.nn.modules.linear.Identity";
            case TANH -> "torch.nn.modules.activation.Tanh";
        };
    }

    private static int longest(Path file) {
        return Files.isRegularFile(file) ? Math.max(0, parse(file).path(LENGTH).asInt()) : 0;
    }

    private static JsonNode parse(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw WeightsException.in(file, "more than " + LONGEST + " bytes");
            }
            return Json.MAPPER.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new WeightsException(file + ": not valid JSON", e);
        } catch (IOException e) {
            throw new WeightsException(file + ": " + FileException.reason(e), e);
        }
    }

    private static byte[] json(Object content) {
        try {
            return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
