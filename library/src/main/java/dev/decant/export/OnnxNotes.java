package dev.decant.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.file.Json;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an ONNX file says of its model besides the graph, so that it can be scored and timed: how inputs are prepared. */
final class OnnxNotes {

    private static final String ARCHITECTURE = "decant.architecture";
    private static final String CLASSES = "decant.classes";
    private static final String PARAMETERS = "decant.parameters";
    private static final String INPUT = "decant.input";

    private OnnxNotes() {}

    static Map<String, String> of(Network network) {
        ModelConfig config = network.config();
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(ARCHITECTURE, config.architecture());
        notes.put(CLASSES, Integer.toString(config.classes()));
        notes.put(PARAMETERS, Long.toString(network.parameterCount()));
        try {
            notes.put(INPUT, Json.MAPPER.writeValueAsString(config.input()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the input of " + config.architecture() + " as JSON", e);
        }
        return notes;
    }

    /** @throws ExportException if the file was not written here */
    static ModelConfig config(String file, Map<String, String> notes) {
        if (!notes.keySet().containsAll(List.of(ARCHITECTURE, CLASSES, INPUT))) {
            throw new ExportException(
                    file + ": does not say how inputs are prepared ('" + INPUT + "'); only files of decant export do");
        }
        try {
            return new ModelConfig(
                    notes.getOrDefault(ARCHITECTURE, ""),
                    Integer.parseInt(notes.getOrDefault(CLASSES, "")),
                    Map.of(),
                    input(Json.MAPPER.readTree(notes.getOrDefault(INPUT, ""))));
        } catch (JsonProcessingException | NumberFormatException e) {
            throw new ExportException(file + ": its notes on inputs cannot be read", e);
        }
    }

    static long parameters(Map<String, String> notes) {
        String count = notes.getOrDefault(PARAMETERS, "");
        return count.matches("\\d{1,18}") ? Long.parseLong(count) : 0;
    }

    private static ModelConfig.Input input(JsonNode input) {
        if (input.has("vocabulary")) {
            return new ModelConfig.TextInput(
                    input.path("vocabulary").asInt(),
                    input.path("positions").asInt(),
                    input.path("padding").asInt());
        }
        return new ModelConfig.ImageInput(
                input.path("size").asInt(),
                doubles(input.path("mean")),
                doubles(input.path("std")),
                input.path("interpolation").asText(),
                input.path("cropPct").asDouble());
    }

    private static List<Double> doubles(JsonNode list) {
        List<Double> values = new ArrayList<>();
        list.forEach(v -> values.add(v.asDouble()));
        return values;
    }
}
