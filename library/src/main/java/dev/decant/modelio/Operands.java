package dev.decant.modelio;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.decant.modelio.Meaning.Known;
import dev.decant.modelio.Meaning.Side;
import dev.decant.tensor.DType;
import dev.decant.weights.StoredTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * One node with the meanings of what it reads.
 *
 * @param inputs in the node's order; an input that is left out is absent
 */
record Operands(NodeProto node, List<Optional<Meaning>> inputs) {

    private static final int FEW = 16;

    String op() {
        return node.getOpType();
    }

    Optional<Meaning> input(int i) {
        return i < inputs.size() ? inputs.get(i) : Optional.empty();
    }

    <T extends Meaning> Optional<T> input(int i, Class<T> kind) {
        return input(i).filter(kind::isInstance).map(kind::cast);
    }

    Optional<AttributeProto> attribute(String name) {
        return node.getAttributeList().stream()
                .filter(a -> a.getName().equals(name))
                .findFirst();
    }

    long integer(String name, long otherwise) {
        return attribute(name).map(AttributeProto::getI).orElse(otherwise);
    }

    double number(String name, double otherwise) {
        return attribute(name).map(a -> (double) a.getF()).orElse(otherwise);
    }

    /** A list of whole numbers: an attribute, in older files, or the second input. */
    List<Long> integers(String name) {
        Optional<AttributeProto> attribute = attribute(name);
        if (attribute.isPresent()) {
            return attribute.get().getIntsList();
        }
        return input(1).map(Operands::entries).orElse(List.of()).stream()
                .map(e -> e.orElse(Long.MIN_VALUE))
                .toList();
    }

    /** Whether it reads nothing but constants and what lies beside the flow. */
    boolean isAside() {
        return inputs.stream().flatMap(Optional::stream).allMatch(m -> m instanceof Side || m instanceof Known);
    }

    /** A single number that is known. */
    static OptionalDouble scalar(Meaning meaning) {
        return meaning instanceof Known known && known.tensor().elements() == 1
                ? OptionalDouble.of(known.tensor().at(0))
                : OptionalDouble.empty();
    }

    /** A list of whole numbers, as far as it is known. */
    static List<OptionalLong> entries(Meaning meaning) {
        if (meaning instanceof Side side) {
            return side.entries();
        }
        List<OptionalLong> entries = new ArrayList<>();
        if (meaning instanceof Known known && known.tensor().elements() <= FEW) {
            for (int i = 0; i < known.tensor().elements(); i++) {
                entries.add(OptionalLong.of((long) known.tensor().at(i)));
            }
        }
        return entries;
    }

    static Known known(String name, double value) {
        return new Known(StoredTensor.of(name, new float[] {(float) value}), false);
    }

    /** Whether it is a table of numbers that were learned: of two dimensions at least, not a number or a list of sizes. */
    static boolean isTable(Meaning meaning) {
        return meaning instanceof Known known
                && known.tensor().dtype().isFloating()
                && known.tensor().shape().length > 1
                && known.tensor().elements() > 1
                && known.tensor().dtype() != DType.F64;
    }

    /** For messages: what the node reads. */
    String words() {
        return inputs.stream().flatMap(Optional::stream).map(Meaning::words).collect(Collectors.joining(" and "));
    }
}
