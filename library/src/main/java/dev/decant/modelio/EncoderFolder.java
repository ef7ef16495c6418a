package dev.decant.modelio;

import dev.decant.model.Network;
import dev.decant.model.text.Bert;
import dev.decant.model.text.SentenceHead;
import dev.decant.model.text.TransformersConfig;
import dev.decant.tensor.Tensor;
import dev.decant.weights.StoredWeights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model as a folder that Hugging Face's libraries open. An encoder alone is a base model, whose names have no prefix, and,
 * where it is known how it is pooled, a folder of sentence-transformers too.
 */
public final class EncoderFolder {

    private EncoderFolder() {}

    /**
     * Writes the folder whole or not at all, as {@link ModelFolder#write} does.
     *
     * @param others more files, by name
     */
    public static void write(Path folder, Network network, Map<String, byte[]> others, ModelFolder.Existing existing) {
        Map<String, Tensor> state = network.state();
        Map<String, byte[]> files = new LinkedHashMap<>(others);
        if (network instanceof Bert encoder && encoder.isEncoder()) {
            files.putAll(SentenceTransformers.files(encoder, state));
            state = base(encoder, state);
        }
        ModelFolder.write(folder, network.publishedConfig(), state, Map.of("format", "pt"), files, existing);
    }

    /** What a folder's weights are with what is in other files, and without what is derived. */
    public static StoredWeights completed(Path folder, Network network, StoredWeights stored) {
        if (!(network instanceof Bert bert)) {
            return stored;
        }
        StoredWeights whole = bert.isEncoder() ? SentenceTransformers.withDense(folder, stored) : stored;
        return TransformersConfig.completed(bert, whole);
    }

    private static Map<String, Tensor> base(Bert network, Map<String, Tensor> state) {
        Map<String, Tensor> base = new LinkedHashMap<>();
        state.forEach((name, tensor) -> {
            if (!name.startsWith(SentenceHead.DENSE)) {
                base.put(name.substring(network.prefix().length()), tensor);
            }
        });
        return base;
    }
}
