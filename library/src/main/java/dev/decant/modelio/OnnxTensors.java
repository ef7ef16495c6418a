package dev.decant.modelio;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.decant.file.FileException;
import dev.decant.tensor.DType;
import dev.decant.weights.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The tensors of an ONNX file: in it as bytes or as lists of numbers, or in files beside it. */
final class OnnxTensors {

    private final Path file;

    /** @param file in whose folder other files must lie */
    OnnxTensors(Path file) {
        this.file = file;
    }

    /** @throws ImportException if sizes lie, the type is none of ours, or its bytes are not there */
    StoredTensor read(String name, TensorProto proto) {
        DType type = type(name, proto.getDataType());
        long[] shape = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
        long bytes = bytes(name, shape, type);
        ByteBuffer data = proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL
                ? external(name, proto, bytes)
                : internal(name, proto, type, bytes);
        if (data.remaining() != bytes) {
            throw refused(
                    name,
                    "of " + type + " and shape " + Arrays.toString(shape) + " takes " + bytes + " bytes, found "
                            + data.remaining());
        }
        return StoredTensor.of(name, type, shape, data);
    }

    private long bytes(String name, long[] shape, DType type) {
        long bytes = type.bytes();
        try {
            for (long size : shape) {
                if (size < 0) {
                    throw refused(name, "has a size below 0: " + Arrays.toString(shape));
                }
                bytes = Math.multiplyExact(bytes, size);
            }
        } catch (ArithmeticException e) {
            throw refused(name, "has sizes beyond all bounds: " + Arrays.toString(shape));
        }
        if (bytes > Integer.MAX_VALUE) {
            throw refused(name, "takes " + bytes + " bytes; at most 2 GiB each are read");
        }
        return bytes;
    }

    private DType type(String name, int number) {
        return switch (number) {
            case TensorProto.DataType.FLOAT_VALUE -> DType.F32;
            case TensorProto.DataType.DOUBLE_VALUE -> DType.F64;
            case TensorProto.DataType.FLOAT16_VALUE -> DType.F16;
            case TensorProto.DataType.BFLOAT16_VALUE -> DType.BF16;
            case TensorProto.DataType.INT64_VALUE -> DType.I64;
            case TensorProto.DataType.INT32_VALUE -> DType.I32;
            case TensorProto.DataType.INT16_VALUE -> DType.I16;
            case TensorProto.DataType.INT8_VALUE -> DType.I8;
            case TensorProto.DataType.UINT8_VALUE -> DType.U8;
            case TensorProto.DataType.BOOL_VALUE -> DType.BOOL;
            default -> throw refused(name, "has data type " + number + ", which is not read here");
        };
    }

    private ByteBuffer internal(String name, TensorProto proto, DType type, long bytes) {
        if (proto.hasRawData()) {
            return proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        int listed = Math.max(
                Math.max(proto.getFloatDataCount(), proto.getDoubleDataCount()),
                Math.max(proto.getInt64DataCount(), proto.getInt32DataCount()));
        if (listed * (long) type.bytes() != bytes) {
            throw refused(name, "takes " + bytes / type.bytes() + " numbers, found " + listed);
        }
        ByteBuffer data = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> proto.getFloatDataList().forEach(data::putFloat);
            case F64 -> proto.getDoubleDataList().forEach(data::putDouble);
            case I64 -> proto.getInt64DataList().forEach(data::putLong);
            case I32 -> proto.getInt32DataList().forEach(data::putInt);
            case F16, BF16, I16 -> proto.getInt32DataList().forEach(v -> data.putShort(v.shortValue()));
            case I8, U8, BOOL -> proto.getInt32DataList().forEach(v -> data.put(v.byteValue()));
        }
        return data.flip();
    }

    /** A stretch of a file in the folder of this one or below it; links that lead elsewhere are refused too. */
    private ByteBuffer external(String name, TensorProto proto, long bytes) {
        Map<String, String> where = new HashMap<>();
        for (StringStringEntryProto entry : proto.getExternalDataList()) {
            where.put(entry.getKey(), entry.getValue());
        }
        String location = where.getOrDefault("location", "");
        long offset = number(name, where.getOrDefault("offset", "0"));
        long length = number(name, where.getOrDefault("length", Long.toString(bytes)));
        try {
            Path folder = file.toAbsolutePath().resolveSibling(".").toRealPath();
            Path data = folder.resolve(location).toRealPath();
            if (location.isEmpty() || !data.startsWith(folder)) {
                throw refused(name, "lies in '" + location + "', outside the folder of the model");
            }
            try (FileChannel channel = FileChannel.open(data)) {
                if (length != bytes || offset < 0 || offset > channel.size() - bytes) {
                    throw refused(
                            name,
                            "takes " + bytes + " bytes from " + offset + " on, '" + location + "' has "
                                    + channel.size());
                }
                return channel.map(FileChannel.MapMode.READ_ONLY, offset, bytes).order(ByteOrder.LITTLE_ENDIAN);
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof ImportException known) {
                throw known;
            }
            String reason = e instanceof IOException io ? FileException.reason(io) : "is no path";
            throw new ImportException(file + ": tensor '" + name + "' lies in '" + location + "', which " + reason, e);
        }
    }

    private long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ImportException(file + ": tensor '" + name + "': '" + text + "' is no number of bytes", e);
        }
    }

    private ImportException refused(String name, String what) {
        return new ImportException(file + ": tensor '" + name + "' " + what);
    }
}
