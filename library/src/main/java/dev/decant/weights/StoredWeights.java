package dev.decant.weights;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a weight file (or a folder of shards) holds.
 *
 * @param source the file or folder as the user named it
 * @param tensors by name, in the order of the file
 * @param metadata the file's own notes; empty for PyTorch files
 */
public record StoredWeights(Path source, Map<String, StoredTensor> tensors, Map<String, String> metadata) {

    public StoredWeights {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
