package dev.decant.weights;

import dev.decant.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What a pickle can hold here besides strings, numbers, booleans, byte arrays, {@link List}s and {@link
 * java.util.Map}s. None of these has
 * behaviour, and equality is identity, so that no crafted nesting is ever walked.
 */
sealed interface Pickled {

    /** Python's None. */
    enum None implements Pickled {
        NONE
    }

    final class Tuple implements Pickled {
        private final List<Object> items;

        Tuple(List<Object> items) {
            this.items = items;
        }

        List<Object> items() {
            return items;
        }
    }

    /** A name of the allowed list; a name, nothing more: no class stands behind it. */
    record Global(String name) implements Pickled {}

    /** A harmless value that no weight needs (a NumPy scalar, a device): read past and left out. */
    final class Opaque implements Pickled {}

    /**
     * A stretch of memory that tensors view.
     *
     * @param dtype empty for untyped storages, whose elements are bytes
     * @param key which storage of the file
     * @param offset elements before this storage begins within it (legacy views)
     */
    record Storage(Optional<DType> dtype, String key, long offset, long elements) implements Pickled {}

    /** A strided view of a storage, all in elements; not yet checked against it. */
    final class View implements Pickled {
        private final Storage storage;
        private final DType dtype;
        private final long offset;
        private final long[] shape;
        private final long[] strides;

        View(Storage storage, DType dtype, long offset, long[] shape, long[] strides) {
            this.storage = storage;
            this.dtype = dtype;
            this.offset = offset;
            this.shape = shape;
            this.strides = strides;
        }

        Storage storage() {
            return storage;
        }

        DType dtype() {
            return dtype;
        }

        long offset() {
            return offset;
        }

        long[] shape() {
            return shape;
        }

        long[] strides() {
            return strides;
        }
    }
}
