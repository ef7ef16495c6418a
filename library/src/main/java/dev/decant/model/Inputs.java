package dev.decant.model;

import dev.decant.tensor.Device;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/** What a network is run on: one batch of examples of the kind that it takes. */
public sealed interface Inputs {

    /** N, the number of examples. */
    int size();

    /** The same on a device. */
    Inputs to(Device device);

    /** In words, for messages. */
    String kind();

    /** @param pixels (N, 3, H, W), normalized */
    record Images(Tensor pixels) implements Inputs {
        @Override
        public int size() {
            return (int) pixels.size(0);
        }

        @Override
        public Images to(Device device) {
            return new Images(pixels.to(device));
        }

        @Override
        public String kind() {
            return "images";
        }
    }

    /**
     * Sentences or pairs of them as tokens.
     *
     * @param ids (N, S), I64
     * @param types (N, S), I64: 0, or 1 for tokens of the second sentence
     * @param mask (N, S), I64: 1 for a token, 0 for padding
     * @param asked (M), I64: places in the flattened (N S) where a language model is to answer; everywhere if absent
     */
    record Text(Tensor ids, Tensor types, Tensor mask, Optional<Tensor> asked) implements Inputs {

        /** Without particular places. */
        public Text(Tensor ids, Tensor types, Tensor mask) {
            this(ids, types, mask, Optional.empty());
        }

        @Override
        public int size() {
            return (int) ids.size(0);
        }

        @Override
        public Text to(Device device) {
            return new Text(ids.to(device), types.to(device), mask.to(device), asked.map(a -> a.to(device)));
        }

        @Override
        public String kind() {
            return "text";
        }
    }
}
