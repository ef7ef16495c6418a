package dev.decant.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The index of a checkpoint in several files: {@code {"weight_map": {name: file}}}, as the transformers library writes
 * it.
 */
final class ShardIndex {

    private static final long LONGEST = 100_000_000;

    private ShardIndex() {}

    /** The tensors the index names, each from the file it names; files must lie beside the index. */
    static StoredWeights read(Path index, Function<Path, StoredWeights> reader) {
        Map<String, StoredWeights> shards = new HashMap<>();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap(index).properties()) {
            String name = entry.getKey();
            String file = entry.getValue().asText();
            if (!entry.getValue().isTextual()
                    || file.isBlank()
                    || file.contains("/")
                    || file.contains("\\")
                    || file.startsWith("..")) {
                throw WeightsException.in(
                        index,
                        "tensor '" + name + "' lies in '" + file + "', expected the name of a file beside the index");
            }
            StoredWeights shard = shards.computeIfAbsent(file, f -> reader.apply(index.resolveSibling(f)));
            StoredTensor tensor = shard.tensors().get(name);
            if (tensor == null) {
                throw WeightsException.in(index, "tensor '" + name + "' is not in '" + file + "' as the index says");
            }
            tensors.put(name, tensor);
            shard.metadata().forEach(metadata::putIfAbsent);
        }
        return new StoredWeights(index, tensors, metadata);
    }

    private static JsonNode weightMap(Path index) {
        try {
            if (Files.size(index) > LONGEST) {
                throw WeightsException.in(index, "an index of more than " + LONGEST + " bytes");
            }
            JsonNode map = Json.MAPPER.readTree(Files.readAllBytes(index)).path("weight_map");
            if (!map.isObject()) {
                throw WeightsException.in(index, "has no object 'weight_map'");
            }
            return map;
        } catch (JsonProcessingException e) {
            throw new WeightsException(index + ": not valid JSON", e);
        } catch (IOException e) {
            throw WeightsException.unreadable(index, e);
        }
    }
}
