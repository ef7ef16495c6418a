package dev.decant.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.nn.Module;
import dev.decant.tensor.Tensor;
import dev.decant.weights.KeyMap;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small random network with the outputs that timm computes from it, as {@code reference/timm_logits.py} stored them. */
public record StoredReference(JsonNode facts, StoredWeights stored) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RESOURCES = Path.of("src/test/resources");

    public static StoredReference read(String name) {
        return read("logits", name);
    }

    public static StoredReference read(String folder, String name) {
        try {
            return new StoredReference(
                    JSON.readTree(Files.readString(RESOURCES.resolve(folder + "/" + name + ".json"))),
                    Weights.read(RESOURCES.resolve(folder + "/" + name + ".safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of a stored layout: the count of parameters, then {@code key shape dtype}. */
    static List<String> stateDict(String name) {
        try {
            return Files.readAllLines(RESOURCES.resolve("state-dict/" + name + ".txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Tensor get(String name) {
        return Optional.ofNullable(stored.tensors().get(name)).orElseThrow().toTensor();
    }

    /** The network's arguments under the catalogue's names. */
    Map<String, Object> arguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        facts.get("kwargs")
                .properties()
                .forEach(e -> arguments.put(
                        e.getKey().equals("widths") ? "channels" : e.getKey(),
                        JSON.convertValue(e.getValue(), Object.class)));
        arguments.remove("bottleneck"); // the name says it
        arguments.put("num_classes", facts.get("classes").asInt());
        arguments.put("img_size", facts.get("image").asInt());
        return arguments;
    }

    /** Sets everything the model has, leaving the stored outputs aside. */
    void loadInto(Module model) {
        Map<String, StoredTensor> weights = new LinkedHashMap<>(stored.tensors());
        weights.keySet().retainAll(model.state().keySet());
        Weights.load(
                model, new StoredWeights(stored.source(), weights, Map.of()), KeyMap.identity(), Strictness.STRICT);
    }
}
