package dev.decant.export;

import dev.decant.quantize.PackedCodes;
import dev.decant.tensor.DType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * How the rounded weights of a network lie in an ONNX file: as codes that the file's own nodes turn into numbers.
 *
 * <p>With a byte a code they are {@code DequantizeLinear}'s. With fewer bits, which no standard operator takes everywhere, they are
 * several to a byte, taken apart by {@code BitShift} and {@code BitwiseAnd}; a runtime does that once, when it loads the file.
 * Of a table only the rows that are looked up are taken apart.
 *
 * @param codes by the weight's name; other weights are numbers
 * @param packed several codes to a byte
 */
record OnnxWeights(Map<String, PackedCodes> codes, boolean packed) {

    static final OnnxWeights PLAIN = new OnnxWeights(Map.of(), false);

    boolean holds(String name) {
        return codes.containsKey(name);
    }

    /** The weight as numbers, of its own shape. */
    String numbers(OnnxGraph graph, String name) {
        PackedCodes weight = codes(name);
        long groups = weight.elements() / weight.group();
        String grouped;
        if (isPacked(weight, weight.group())) {
            String bytes = bytes(graph, name, weight, groups, weight.group());
            grouped =
                    times(graph, unpacked(graph, bytes, weight, List.of(groups, weight.group())), name, weight, groups);
        } else {
            byte[] zeros = new byte[(int) groups];
            Arrays.fill(zeros, (byte) -weight.lowest());
            grouped = graph.node(
                    "DequantizeLinear",
                    List.of(
                            bytes(graph, name, weight, groups, weight.group()),
                            graph.floats(name + ".scales", weight.scales(), groups),
                            graph.bytes(name + ".zeros", zeros, groups)),
                    Map.of("axis", 0L));
        }
        for (float[] offsets : weight.offsets().stream().toList()) {
            grouped = graph.node("Add", grouped, graph.floats(name + ".offsets", offsets, groups, 1));
        }
        boolean isShaped = weight.shape().equals(List.of(groups, weight.group()));
        return isShaped ? grouped : graph.node("Reshape", grouped, graph.wholes(weight.shape()));
    }

    /** The rows of a table (V, D) at indices of a rank; result (..., D). */
    String rows(OnnxGraph graph, String name, String indices, int rank) {
        PackedCodes table = codes(name);
        long rows = table.shape().get(0);
        long width = table.elements() / rows;
        long groups = Math.max(1, width / table.group()); // of a row
        boolean isOne = table.group() > width; // one scale for all
        String bytes = graph.node("Gather", bytes(graph, name, table, rows, width), indices);
        List<Long> shape = new java.util.ArrayList<>(Collections.nCopies(rank, 0L));
        shape.addAll(groups == 1 ? List.of(width) : List.of(groups, width / groups));
        String codes;
        if (isPacked(table, width)) {
            codes = unpacked(graph, bytes, table, shape);
        } else {
            codes = centered(graph, graph.node("Cast", List.of(bytes), Map.of("to", 1L)), table);
            codes = groups == 1 ? codes : graph.node("Reshape", codes, graph.wholes(shape));
        }
        String values =
                graph.node("Mul", codes, ofRows(graph, name + ".scales", table.scales(), indices, isOne, groups));
        for (float[] offsets : table.offsets().stream().toList()) {
            values = graph.node("Add", values, ofRows(graph, name + ".offsets", offsets, indices, isOne, groups));
        }
        if (groups == 1) {
            return values;
        }
        List<Long> flat = new java.util.ArrayList<>(Collections.nCopies(rank, 0L));
        flat.add(width);
        return graph.node("Reshape", values, graph.wholes(flat));
    }

    private static String ofRows(
            OnnxGraph graph, String name, float[] values, String indices, boolean isOne, long groups) {
        if (isOne) {
            return graph.floats(name, values);
        }
        long rows = values.length / groups;
        String table = groups == 1 ? graph.floats(name, values, rows, 1) : graph.floats(name, values, rows, groups, 1);
        return graph.node("Gather", table, indices);
    }

    private PackedCodes codes(String name) {
        PackedCodes weight = codes.get(name);
        if (weight == null) {
            throw new IllegalStateException("no codes of " + name);
        }
        return weight;
    }

    private boolean isPacked(PackedCodes weight, long row) {
        return packed && weight.bits() < 8 && row % (8 / weight.bits()) == 0;
    }

    private String bytes(OnnxGraph graph, String name, PackedCodes weight, long rows, long row) {
        return isPacked(weight, row)
                ? graph.bytes(name + ".codes", weight.packed(), rows, row * weight.bits() / 8)
                : graph.bytes(name + ".codes", weight.bytes(), rows, row);
    }

    /** (..., bytes) to codes less what the lowest stands for, of a shape. */
    private static String unpacked(OnnxGraph graph, String bytes, PackedCodes weight, List<Long> shape) {
        int inByte = 8 / weight.bits();
        byte[] shifts = new byte[inByte];
        for (int i = 0; i < inByte; i++) {
            shifts[i] = (byte) (i * weight.bits());
        }
        String apart = graph.node("Unsqueeze", bytes, graph.wholes(List.of(-1L)));
        apart = graph.node(
                "BitShift",
                List.of(apart, graph.shared("shifts_" + weight.bits(), shifts)),
                Map.of("direction", "RIGHT"));
        apart = graph.node("BitwiseAnd", apart, graph.scalar((1 << weight.bits()) - 1, DType.U8));
        apart = graph.node("Reshape", apart, graph.wholes(shape));
        return centered(graph, graph.node("Cast", List.of(apart), Map.of("to", 1L)), weight);
    }

    private static String centered(OnnxGraph graph, String codes, PackedCodes weight) {
        return weight.lowest() == 0 ? codes : graph.node("Add", codes, graph.scalar(weight.lowest(), DType.F32));
    }

    private static String times(OnnxGraph graph, String codes, String name, PackedCodes weight, long groups) {
        return graph.node("Mul", codes, graph.floats(name + ".scales", weight.scales(), groups, 1));
    }
}
