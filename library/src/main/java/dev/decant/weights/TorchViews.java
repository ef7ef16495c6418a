package dev.decant.weights;

import dev.decant.file.MappedFile;
import dev.decant.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns strided views of a PyTorch file's storages into plain row-major tensors; checked against the storage, copied
 * only if they must be.
 */
final class TorchViews {

    /** Copies are bounded by the file: a few expanded views are normal, a terabyte out of four bytes is an attack. */
    private static final long COPIES_PER_FILE_BYTE = 8;

    private static final long FREE_COPIES = 16L << 20;

    private final MappedFile file;
    private final Function<Pickled.Storage, Optional<MappedFile.Region>> storages;
    private long copied;

    TorchViews(MappedFile file, Function<Pickled.Storage, Optional<MappedFile.Region>> storages) {
        this.file = file;
        this.storages = storages;
    }

    StoredTensor read(String name, Pickled.View view) {
        try {
            return checked(name, view);
        } catch (ArithmeticException e) {
            throw new WeightsException(file.path() + ": tensor '" + name + "': its shape is beyond all bounds", e);
        }
    }

    private StoredTensor checked(String name, Pickled.View view) {
        DType dtype = view.dtype();
        long width = dtype.bytes();
        MappedFile.Region region = storages.apply(view.storage())
                .orElseThrow(() -> error(
                        name,
                        "its storage '" + TorchObjects.shortened(view.storage().key()) + "' is missing"));
        long elements = StoredTensor.elements(view.shape());
        if (elements == 0) {
            return StoredTensor.of(name, dtype, view.shape(), ByteBuffer.allocate(0));
        }
        long storageWidth = view.storage().dtype().map(DType::bytes).orElse(1);
        long first = Math.addExact(
                Math.multiplyExact(view.storage().offset(), storageWidth), Math.multiplyExact(view.offset(), width));
        long span = Math.multiplyExact(Math.addExact(lastElement(view), 1), width);
        long end = Math.addExact(first, span);
        if (end > region.length()) {
            throw error(name, "reaches to byte " + end + " of a storage of " + region.length());
        }
        ByteBuffer bytes = region.slice(first, span);
        return StoredTensor.of(name, dtype, view.shape(), isContiguous(view) ? bytes : copy(name, view, bytes));
    }

    /** Index of the view's last element, counted from its first. */
    private static long lastElement(Pickled.View view) {
        long last = 0;
        for (int d = 0; d < view.shape().length; d++) {
            last = Math.addExact(last, Math.multiplyExact(view.shape()[d] - 1, view.strides()[d]));
        }
        return last;
    }

    private static boolean isContiguous(Pickled.View view) {
        long expected = 1;
        for (int d = view.shape().length - 1; d >= 0; d--) {
            if (view.shape()[d] != 1 && view.strides()[d] != expected) {
                return false;
            }
            expected *= view.shape()[d];
        }
        return true;
    }

    private ByteBuffer copy(String name, Pickled.View view, ByteBuffer from) {
        int width = view.dtype().bytes();
        long bytes = Math.multiplyExact(StoredTensor.elements(view.shape()), (long) width);
        copied = Math.addExact(copied, bytes);
        if (copied > FREE_COPIES + COPIES_PER_FILE_BYTE * file.size() || bytes > Integer.MAX_VALUE) {
            throw error(name, "would unfold to " + bytes + " bytes out of a file of " + file.size());
        }
        ByteBuffer to = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        long[] shape = view.shape();
        long[] index = new long[shape.length];
        long source = 0;
        while (true) {
            copyElement(from, Math.toIntExact(source * width), to, width);
            int d = shape.length - 1;
            while (d >= 0 && index[d] == shape[d] - 1) {
                source -= index[d] * view.strides()[d];
                index[d--] = 0;
            }
            if (d < 0) {
                return to.flip();
            }
            index[d]++;
            source += view.strides()[d];
        }
    }

    private static void copyElement(ByteBuffer from, int at, ByteBuffer to, int width) {
        switch (width) {
            case 8 -> to.putLong(from.getLong(at));
            case 4 -> to.putInt(from.getInt(at));
            case 2 -> to.putShort(from.getShort(at));
            default -> to.put(from.get(at));
        }
    }

    private WeightsException error(String name, String what) {
        return WeightsException.in(file.path(), "tensor '" + TorchObjects.shortened(name) + "' " + what);
    }
}
