package dev.decant.weights;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import dev.decant.file.Json;
import dev.decant.file.MappedFile;
import dev.decant.tensor.DType;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The safetensors format: eight bytes of header length, a JSON header (name to dtype, shape, data_offsets), the raw
 * tensors.
 * Files written here have the layout of the reference implementation, so the same tensors give the same bytes.
 */
public final class Safetensors {

    /** Longest header that is read, as in the reference implementation. */
    static final int LONGEST_HEADER = 100_000_000;

    static final String METADATA = "__metadata__";

    /** Widest elements first, as the reference implementation lays them out, so that all are aligned. */
    private static final List<DType> LAYOUT = List.of(
            DType.I64,
            DType.F64,
            DType.F32,
            DType.I32,
            DType.BF16,
            DType.F16,
            DType.I16,
            DType.I8,
            DType.U8,
            DType.BOOL);

    private Safetensors() {}

    /**
     * Maps the file and checks its header; the tensors are views of the file.
     *
     * @throws WeightsException if the header lies: beyond the file, not JSON, a name twice, offsets that overlap,
     * leave gaps,
     *     leave the file or do not match shape and dtype
     */
    public static StoredWeights read(Path file) {
        return SafetensorsHeader.read(MappedFile.open(file));
    }

    /**
     * Writes whole or not at all.
     *
     * @throws java.io.UncheckedIOException if the disk refuses; see {@link AtomicFile}
     */
    public static void write(Path file, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
        List<Piece> pieces = new ArrayList<>();
        tensors.forEach((name, t) -> pieces.add(new Piece(name, t.dtype(), t.shape(), t::data)));
        writePieces(file, sorted(pieces), metadata);
    }

    /** The bytes of such a file, for few and small tensors. */
    public static byte[] bytes(Map<String, Tensor> tensors, Map<String, String> metadata) {
        List<Piece> pieces = pieces(tensors);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(array(header(Path.of("tensors"), pieces, metadata)));
        pieces.forEach(piece -> out.writeBytes(array(piece.data().get())));
        return out.toByteArray();
    }

    private static byte[] array(ByteBuffer bytes) {
        byte[] array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        return array;
    }

    /** As {@link #write}, straight from tensors on any device; one at a time is copied. */
    public static void writeTensors(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        writePieces(file, pieces(tensors), metadata);
    }

    private static List<Piece> pieces(Map<String, Tensor> tensors) {
        List<Piece> pieces = new ArrayList<>();
        tensors.forEach((name, t) -> pieces.add(new Piece(name, t.dtype(), t.shape(), () -> bytes(t))));
        return sorted(pieces);
    }

    private static ByteBuffer bytes(Tensor tensor) {
        try (Scope copies = Scope.open()) {
            return tensor.bytes();
        }
    }

    private static List<Piece> sorted(List<Piece> pieces) {
        pieces.sort(Comparator.comparingInt((Piece p) -> LAYOUT.indexOf(p.dtype()))
                .thenComparing(p -> p.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
        return pieces;
    }

    private static void writePieces(Path file, List<Piece> pieces, Map<String, String> metadata) {
        ByteBuffer header = header(file, pieces, metadata);
        AtomicFile.write(file, channel -> {
            AtomicFile.writeFully(channel, header);
            for (Piece piece : pieces) {
                AtomicFile.writeFully(channel, piece.data().get());
            }
        });
    }

    private static ByteBuffer header(Path file, List<Piece> pieces, Map<String, String> metadata) {
        ObjectNode root = Json.MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode notes = root.putObject(METADATA);
            new TreeMap<>(metadata).forEach(notes::put);
        }
        long offset = 0;
        for (Piece piece : pieces) {
            if (piece.name().equals(METADATA)) {
                throw WeightsException.in(file, "a tensor cannot be named " + METADATA);
            }
            ObjectNode entry = root.putObject(piece.name());
            entry.put("dtype", piece.dtype().name());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(piece.shape()).forEach(shape::add);
            long end = offset
                    + StoredTensor.elements(piece.shape()) * piece.dtype().bytes();
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = bytes(file, root);
        int padded = (json.length + 7) / 8 * 8;
        ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(header.array(), (byte) ' ');
        return header.putLong(padded).put(json).rewind();
    }

    private static byte[] bytes(Path file, ObjectNode root) {
        try {
            return Json.MAPPER.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new WeightsException(file + ": a name cannot be written as UTF-8: " + FileException.reason(e), e);
        }
    }

    /** A tensor to write; its bytes are asked for once, when their turn comes. */
    private record Piece(String name, DType dtype, List<Long> sizes, Supplier<ByteBuffer> data) {

        Piece(String name, DType dtype, long[] shape, Supplier<ByteBuffer> data) {
            this(name, dtype, Arrays.stream(shape).boxed().toList(), data);
        }

        long[] shape() {
            return sizes.stream().mapToLong(Long::longValue).toArray();
        }
    }
}
