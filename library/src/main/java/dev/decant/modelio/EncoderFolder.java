package dev.decant.modelio;

import dev.decant.export.ModelFolder;
import dev.decant.model.Bert;
import dev.decant.model.SentenceHead;
import dev.decant.model.TransformersConfig;
import dev.decant.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A network of BERT's shape as a folder of transformers. An encoder alone is a base model, whose names have no prefix, and,
 * where it is known how it is pooled, a folder of sentence-transformers too.
 */
public final class EncoderFolder {

    private EncoderFolder() {}

    /**
     * Writes the folder whole or not at all, as {@link ModelFolder#write} does.
     *
     * @param others more files, by name
     */
    public static void write(Path folder, Bert network, Map<String, byte[]> others, ModelFolder.Existing existing) {
        Map<String, Tensor> state = network.state();
        Map<String, byte[]> files = new LinkedHashMap<>(others);
        if (network.isEncoder()) {
            files.putAll(SentenceTransformers.files(network, state));
            state = base(network, state);
        }
        ModelFolder.write(folder, TransformersConfig.of(network), state, Map.of("format", "pt"), files, existing);
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
