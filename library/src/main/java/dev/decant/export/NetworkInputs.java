package dev.decant.export;

import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A network's inputs under the names that exported files commonly have. */
final class NetworkInputs {

    static final String PIXELS = "pixel_values";
    static final String IDS = "input_ids";
    static final String TYPES = "token_type_ids";
    static final String MASK = "attention_mask";

    private NetworkInputs() {}

    static Map<String, Tensor> named(Inputs inputs) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        if (inputs instanceof Inputs.Images images) {
            named.put(PIXELS, images.pixels());
        } else if (inputs instanceof Inputs.Text text) {
            named.put(IDS, text.ids());
            named.put(TYPES, text.types());
            named.put(MASK, text.mask());
        } else {
            throw new ExportException("a network of " + inputs.kind() + " cannot be exported to ONNX yet");
        }
        return named;
    }

    /** What varies from call to call: batch, and for texts length. */
    static List<String> varying(ModelConfig.Input input) {
        return input instanceof ModelConfig.TextInput ? List.of("batch", "length") : List.of("batch");
    }

    /**
     * Examples at random; texts have padding.
     *
     * @param sizes of what varies
     */
    static Inputs sample(Network network, List<Long> sizes) {
        int batch = Math.toIntExact(sizes.get(0));
        if (!(network.config().input() instanceof ModelConfig.TextInput text)) {
            return network.sample(batch);
        }
        long length = sizes.get(1);
        Tensor ids = Tensor.rand(batch, length).mul(text.vocabulary() - 1).to(DType.I64);
        return new Inputs.Text(ids, ids.zerosLike(), mask(batch, Math.toIntExact(length)));
    }

    /** Text i of n has its last i n-ths padded, but never its first token. */
    private static Tensor mask(int batch, int length) {
        long[] mask = IntStream.range(0, batch * length)
                .mapToLong(i -> i % length == 0 || i % length < length - (i / length) * length / batch ? 1 : 0)
                .toArray();
        return Tensor.of(mask, batch, length);
    }
}
