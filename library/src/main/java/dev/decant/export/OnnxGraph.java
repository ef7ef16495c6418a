package dev.decant.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.decant.model.Size;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX graph while it is put together: nodes, initializers, and what says the sizes of a call. */
final class OnnxGraph {

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("decant");
    private final List<String> varying;
    private final Set<String> names = new HashSet<>();
    private final IdentityHashMap<Tensor, String> tensors = new IdentityHashMap<>();
    private final Map<String, String> constants = new HashMap<>();
    private final Map<Size, String> sizes = new HashMap<>();
    private String measured = "";

    /** @param varying names of the dimensions that vary from call to call */
    OnnxGraph(List<String> varying) {
        this.varying = varying;
    }

    GraphProto build() {
        return graph.build();
    }

    /** An input; the first one is where the sizes of a call are read, from its first dimensions. */
    void input(Graph.Port port) {
        names.add(port.name());
        measured = measured.isEmpty() ? port.name() : measured;
        graph.addInput(info(port.name(), port.dtype(), port.sizes()));
    }

    void output(String name, DType dtype, List<Size> shape, String value) {
        add("Identity", name, List.of(value), Map.of());
        graph.addOutput(info(name, dtype, shape));
    }

    /** Adds a node; returns the name of its result. */
    String node(String op, List<String> inputs, Map<String, Object> attributes) {
        String name = fresh(op);
        add(op, name, inputs, attributes);
        return name;
    }

    String node(String op, String... inputs) {
        return node(op, List.of(inputs), Map.of());
    }

    /** A parameter, under its name. */
    String initializer(String name, Tensor tensor) {
        return tensors.computeIfAbsent(
                tensor,
                t -> raw(
                        name.isEmpty() ? fresh("constant") : name,
                        t.dtype(),
                        t.shape(),
                        UnsafeByteOperations.unsafeWrap(t.detach().bytes())));
    }

    /** Bytes as they are. */
    String bytes(String name, byte[] values, long... shape) {
        return raw(name, DType.U8, shape, UnsafeByteOperations.unsafeWrap(values));
    }

    String floats(String name, float[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return raw(name, DType.F32, shape, UnsafeByteOperations.unsafeWrap(buffer));
    }

    /** Bytes that several nodes take. */
    String shared(String name, byte[] values) {
        return constants.computeIfAbsent("bytes " + name, key -> bytes(name, values, values.length));
    }

    /** One number of a type, without dimensions. */
    String scalar(double value, DType dtype) {
        return constants.computeIfAbsent(dtype + " " + value, key -> {
            ByteBuffer buffer = ByteBuffer.allocate(dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            switch (dtype) {
                case F32 -> buffer.putFloat((float) value);
                case F64 -> buffer.putDouble(value);
                case I64 -> buffer.putLong((long) value);
                case U8, I8, BOOL -> buffer.put((byte) value);
                default -> throw new ExportException("a constant of type " + dtype + " cannot be exported");
            }
            return raw(fresh("scalar"), dtype, new long[0], UnsafeByteOperations.unsafeWrap(buffer.flip()));
        });
    }

    /** A list of whole numbers. */
    String wholes(List<Long> values) {
        return constants.computeIfAbsent("list " + values, key -> {
            ByteBuffer buffer = ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            values.forEach(buffer::putLong);
            return raw(
                    fresh("list"),
                    DType.I64,
                    new long[] {values.size()},
                    UnsafeByteOperations.unsafeWrap(buffer.flip()));
        });
    }

    /** A shape as it is in a call: a list of whole numbers. */
    String shape(List<Size> shape) {
        if (shape.stream().allMatch(Size::isFixed)) {
            return wholes(shape.stream().map(Size::times).toList());
        }
        List<String> parts = new ArrayList<>();
        List<Long> run = new ArrayList<>();
        for (Size size : shape) {
            if (size.isFixed()) {
                run.add(size.times());
            } else {
                if (!run.isEmpty()) {
                    parts.add(wholes(List.copyOf(run)));
                    run.clear();
                }
                parts.add(size(size));
            }
        }
        if (!run.isEmpty()) {
            parts.add(wholes(run));
        }
        return parts.size() == 1 ? parts.get(0) : node("Concat", parts, Map.of("axis", 0L));
    }

    /** A size as it is in a call: a list of one whole number. */
    String size(Size size) {
        String known = sizes.get(size);
        if (known != null) {
            return known;
        }
        String product = "";
        if (size.times() != 1 || size.isFixed()) {
            product = wholes(List.of(size.times()));
        }
        for (int i = 0; i < size.powers().size(); i++) {
            for (int p = 0; p < size.powers().get(i); p++) {
                String base = base(i);
                product = product.isEmpty() ? base : node("Mul", product, base);
            }
        }
        sizes.put(size, product);
        return product;
    }

    private String base(int index) {
        return constants.computeIfAbsent(
                "size " + index,
                key -> node("Shape", List.of(measured), Map.of("start", (long) index, "end", index + 1L)));
    }

    private String fresh(String op) {
        String base = op.toLowerCase(java.util.Locale.ROOT);
        int number = names.size();
        while (!names.add(base + "_" + number)) {
            number++;
        }
        return base + "_" + number;
    }

    private String raw(String name, DType dtype, long[] shape, ByteString content) {
        names.add(name);
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(type(dtype)).setRawData(content);
        for (long side : shape) {
            tensor.addDims(side);
        }
        graph.addInitializer(tensor);
        return name;
    }

    private void add(String op, String result, List<String> inputs, Map<String, Object> attributes) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType(op)
                .setName(result)
                .addAllInput(inputs)
                .addOutput(result);
        attributes.forEach((name, value) -> node.addAttribute(attribute(name, value)));
        graph.addNode(node);
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        if (value instanceof Long whole) {
            attribute.setType(AttributeProto.AttributeType.INT).setI(whole);
        } else if (value instanceof Double number) {
            attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number.floatValue());
        } else if (value instanceof String word) {
            attribute.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(word));
        } else if (value instanceof List<?> list) {
            attribute.setType(AttributeProto.AttributeType.INTS);
            list.forEach(i -> attribute.addInts((Long) i));
        } else {
            throw new AssertionError(name + " " + value);
        }
        return attribute.build();
    }

    private ValueInfoProto info(String name, DType dtype, List<Size> shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (Size size : shape) {
            TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
            dims.addDim(size.isFixed() ? dim.setDimValue(size.times()) : dim.setDimParam(words(size)));
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type(dtype)).setShape(dims);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private String words(Size size) {
        List<String> factors = new ArrayList<>();
        if (size.times() != 1) {
            factors.add(Long.toString(size.times()));
        }
        for (int i = 0; i < varying.size(); i++) {
            for (int p = 0; p < size.powers().get(i); p++) {
                factors.add(varying.get(i));
            }
        }
        return String.join("*", factors);
    }

    /** ONNX's number of a type. */
    static int type(DType dtype) {
        return switch (dtype) {
            case F32 -> 1;
            case U8 -> 2;
            case I8 -> 3;
            case I16 -> 5;
            case I32 -> 6;
            case I64 -> 7;
            case BOOL -> 9;
            case F16 -> 10;
            case F64 -> 11;
            case BF16 -> 16;
        };
    }
}
