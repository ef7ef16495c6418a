package dev.decant.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.decant.file.MappedFile;
import dev.decant.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Parses a safetensors header and believes none of it before it is checked against the file. */
final class SafetensorsHeader {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final MappedFile file;
    private final long dataStart;
    private final JsonNode root;

    private SafetensorsHeader(MappedFile file, long dataStart, JsonNode root) {
        this.file = file;
        this.dataStart = dataStart;
        this.root = root;
    }

    static StoredWeights read(MappedFile file) {
        Path path = file.path();
        if (file.size() < 8) {
            throw WeightsException.in(
                    path, "not a safetensors file: " + file.size() + " bytes, not even a header length");
        }
        long length = file.head().getLong();
        if (length < 0 || length > Safetensors.LONGEST_HEADER) {
            throw WeightsException.in(
                    path,
                    "not a safetensors file: its header would be " + Long.toUnsignedString(length) + " bytes, at most "
                            + Safetensors.LONGEST_HEADER + " are read");
        }
        if (length > file.size() - 8) {
            throw WeightsException.in(
                    path,
                    "truncated or corrupt: a header of " + length + " bytes in a file of " + file.size() + " bytes");
        }
        JsonNode root = parse(path, file.region(8, length).all());
        return new SafetensorsHeader(file, 8 + length, root).weights();
    }

    private static JsonNode parse(Path path, ByteBuffer bytes) {
        if (!bytes.hasRemaining() || bytes.get(0) != '{') {
            throw WeightsException.in(path, "not a safetensors file: the header does not begin with '{'");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return JSON.readTree(text);
        } catch (CharacterCodingException e) {
            throw new WeightsException(path + ": the safetensors header is not UTF-8", e);
        } catch (JsonProcessingException e) {
            String what = e.getOriginalMessage();
            String line = what == null ? "" : what.lines().findFirst().orElse("");
            throw new WeightsException(path + ": the safetensors header is not valid JSON: " + line, e);
        }
    }

    private StoredWeights weights() {
        Map<String, String> metadata = metadata();
        List<Entry> entries = new ArrayList<>();
        root.properties().forEach(field -> {
            if (!field.getKey().equals(Safetensors.METADATA)) {
                entries.add(entry(field.getKey(), field.getValue()));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        checkLayout(entries);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Entry e : entries) {
            ByteBuffer data =
                    file.region(dataStart + e.begin(), e.end() - e.begin()).all();
            long[] shape = e.shape().stream().mapToLong(Long::longValue).toArray();
            tensors.put(e.name(), StoredTensor.of(e.name(), e.dtype(), shape, data));
        }
        return new StoredWeights(file.path(), tensors, metadata);
    }

    private Map<String, String> metadata() {
        Map<String, String> notes = new LinkedHashMap<>();
        Optional.ofNullable(root.get(Safetensors.METADATA)).ifPresent(node -> {
            if (!node.isObject()) {
                throw error(Safetensors.METADATA + " is not an object of strings");
            }
            node.properties().forEach(field -> {
                if (!field.getValue().isTextual()) {
                    throw error(Safetensors.METADATA + " '" + field.getKey() + "' is not a string");
                }
                notes.put(field.getKey(), field.getValue().textValue());
            });
        });
        return notes;
    }

    private Entry entry(String name, JsonNode node) {
        DType dtype = dtype(name, node.path("dtype"));
        List<Long> shape = naturals(name, "shape", node.path("shape"));
        List<Long> offsets = naturals(name, "data_offsets", node.path("data_offsets"));
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw error("tensor '" + name + "': data_offsets " + offsets + ", expected [begin, end]");
        }
        long expected = bytes(name, dtype, shape);
        long found = offsets.get(1) - offsets.get(0);
        if (expected != found) {
            throw error("tensor '" + name + "': " + dtype + " " + shape + " takes " + expected
                    + " bytes, but its data_offsets span " + found);
        }
        return new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private DType dtype(String name, JsonNode node) {
        return Stream.of(DType.values())
                .filter(d -> d.name().equals(node.textValue()))
                .findFirst()
                .orElseThrow(() -> error("tensor '" + name + "' has dtype "
                        + (node.isTextual() ? shortened(node.textValue()) : "(none)")
                        + ", which is not read here; convert it to one of " + List.of(DType.values())));
    }

    private List<Long> naturals(String name, String key, JsonNode node) {
        if (!node.isArray()) {
            throw error("tensor '" + name + "': no list '" + key + "'");
        }
        List<Long> values = new ArrayList<>();
        for (JsonNode item : node) {
            if (!item.isIntegralNumber() || !item.canConvertToLong() || item.longValue() < 0) {
                throw error("tensor '" + name + "': " + key + " holds " + shortened(item.asText())
                        + ", expected whole numbers from 0 on");
            }
            values.add(item.longValue());
        }
        return values;
    }

    private long bytes(String name, DType dtype, List<Long> shape) {
        try {
            long elements = StoredTensor.elements(
                    shape.stream().mapToLong(Long::longValue).toArray());
            return Math.multiplyExact(elements, dtype.bytes());
        } catch (ArithmeticException e) {
            throw new WeightsException(
                    file.path() + ": tensor '" + name + "': shape " + shape + " is beyond all bounds", e);
        }
    }

    /** The tensors must tile the data exactly: no overlap, no gap, no rest. */
    private void checkLayout(List<Entry> entries) {
        long position = 0;
        String before = "the header";
        for (Entry e : entries) {
            if (e.begin() != position) {
                throw error("tensor '" + e.name() + "' begins at " + e.begin() + ", but " + before + " ends at "
                        + position + ": tensors " + (e.begin() < position ? "overlap" : "leave a gap"));
            }
            position = e.end();
            before = "'" + e.name() + "'";
        }
        long available = file.size() - dataStart;
        if (position != available) {
            throw error((position > available ? "truncated" : "corrupt") + ": its tensors take " + position
                    + " bytes, the file has " + available);
        }
    }

    private WeightsException error(String what) {
        return WeightsException.in(file.path(), what);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + " ..." : text;
    }

    private record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {}
}
