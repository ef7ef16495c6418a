package dev.decant.weights;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A named tensor as it lies in a file: row-major, little-endian, often a read-only view of the memory-mapped file.
 * Needs no
 * native library until {@link #toTensor}. Immutable; safe to share between threads.
 */
public final class StoredTensor {

    private final String name;
    private final DType dtype;
    private final long[] shape;
    private final ByteBuffer data;

    private StoredTensor(String name, DType dtype, long[] shape, ByteBuffer data) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.data = data;
    }

    /**
     * Takes the remaining bytes of {@code littleEndian} without copying them.
     *
     * @throws IllegalArgumentException if their number is not that of the shape and type
     */
    public static StoredTensor of(String name, DType dtype, long[] shape, ByteBuffer littleEndian) {
        long bytes = Math.multiplyExact(elements(shape), dtype.bytes());
        if (littleEndian.remaining() != bytes) {
            throw new IllegalArgumentException("tensor '" + name + "': " + describe(dtype, shape) + " takes " + bytes
                    + " bytes, found " + littleEndian.remaining());
        }
        return new StoredTensor(name, dtype, shape.clone(), littleEndian.slice().asReadOnlyBuffer());
    }

    /** An F32 tensor from plain numbers, row-major. */
    public static StoredTensor of(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return of(name, DType.F32, shape, bytes);
    }

    public String name() {
        return name;
    }

    public DType dtype() {
        return dtype;
    }

    public long[] shape() {
        return shape.clone();
    }

    public long elements() {
        return elements(shape);
    }

    public long bytes() {
        return data.remaining();
    }

    /** Its bytes, little-endian, positioned at the first element; read-only. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The same bytes under another name. */
    public StoredTensor named(String newName) {
        return new StoredTensor(newName, dtype, shape, data);
    }

    /** The element at a row-major index, BOOL as 0 or 1; a look at one number, not a way to read many. */
    public double at(int index) {
        ByteBuffer d = data();
        return switch (dtype) {
            case F64 -> d.getDouble(index * 8);
            case F32 -> d.getFloat(index * 4);
            case F16 -> half(d.getShort(index * 2));
            case BF16 -> Float.intBitsToFloat(d.getShort(index * 2) << 16);
            case I64 -> d.getLong(index * 8);
            case I32 -> d.getInt(index * 4);
            case I16 -> d.getShort(index * 2);
            case I8 -> d.get(index);
            case U8, BOOL -> d.get(index) & 0xff;
        };
    }

    /** Does it hold a NaN or an infinity? Always false for integers. */
    public boolean hasNonFinite() {
        ByteBuffer d = data();
        int exponent = nonFiniteExponent();
        if (dtype == DType.F64) {
            while (d.hasRemaining()) {
                if (!Double.isFinite(d.getDouble())) {
                    return true;
                }
            }
        } else if (dtype == DType.F32) {
            while (d.hasRemaining()) {
                if ((d.getInt() & exponent) == exponent) {
                    return true;
                }
            }
        } else if (dtype.isFloating()) {
            while (d.hasRemaining()) {
                if ((d.getShort() & exponent) == exponent) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A copy as a tensor on the CPU; any byte but 0 of a BOOL is true. */
    public Tensor toTensor() {
        return Tensor.fromBuffer(dtype == DType.BOOL ? zerosAndOnes() : data(), dtype, shape);
    }

    private ByteBuffer zerosAndOnes() {
        byte[] truths = new byte[data.remaining()];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = (byte) (data.get(i) == 0 ? 0 : 1);
        }
        return ByteBuffer.wrap(truths);
    }

    @Override
    public String toString() {
        return name + " " + describe(dtype, shape);
    }

    static String describe(DType dtype, long[] shape) {
        return dtype + Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", " (", ")"));
    }

    /** Product of the sizes; {@link ArithmeticException} beyond 2^63. */
    static long elements(long[] shape) {
        long n = 1;
        for (long size : shape) {
            n = Math.multiplyExact(n, size);
        }
        return n;
    }

    /** The exponent bits, all of which are set in NaN and infinity. */
    private int nonFiniteExponent() {
        return switch (dtype) {
            case F32 -> 0x7f800000;
            case BF16 -> 0x7f80;
            default -> 0x7c00;
        };
    }

    private static float half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude =
                switch (exponent) {
                    case 0 -> Math.scalb((float) fraction, -24);
                    case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
                };
        return bits < 0 ? -magnitude : magnitude;
    }
}
