package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.nn.Module;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small random network with the outputs that timm computes from it, as {@code reference/timm_logits.py} stored them. */
record StoredReference(JsonNode facts, Map<String, Tensor> tensors) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static StoredReference read(String name) {
        try {
            ByteBuffer file = ByteBuffer.wrap(resource("/logits/" + name + ".safetensors"))
                    .order(ByteOrder.LITTLE_ENDIAN);
            byte[] header = new byte[(int) file.getLong()];
            file.get(header);
            ByteBuffer data = file.slice();
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            JSON.readTree(header).properties().stream()
                    .filter(e -> !e.getKey().equals("__metadata__"))
                    .forEach(e -> tensors.put(e.getKey(), tensor(e.getValue(), data)));
            return new StoredReference(JSON.readTree(resource("/logits/" + name + ".json")), tensors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of the stored layout: the count of parameters, then {@code key shape dtype}. */
    static List<String> stateDict(String name) {
        try {
            return new String(resource("/state-dict/" + name + ".txt"), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no stored '" + name + "'");
        }
        return tensor;
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

    void loadInto(Module model) {
        model.state().forEach((name, tensor) -> {
            assertThat(get(name).shape()).as(name).isEqualTo(tensor.shape());
            tensor.setData(get(name));
        });
    }

    private static Tensor tensor(JsonNode entry, ByteBuffer data) {
        long[] shape = new long[entry.get("shape").size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = entry.get("shape").get(i).asLong();
        }
        int begin = entry.get("data_offsets").get(0).asInt();
        int end = entry.get("data_offsets").get(1).asInt();
        return Tensor.fromBuffer(
                data.slice(begin, end - begin), DType.valueOf(entry.get("dtype").asText()), shape);
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream in = StoredReference.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + path);
            }
            return in.readAllBytes();
        }
    }
}
