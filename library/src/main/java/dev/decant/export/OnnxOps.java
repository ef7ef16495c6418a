package dev.decant.export;

import dev.decant.model.Size;
import dev.decant.tensor.DType;
import dev.decant.tensor.Recording;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Says the operations of a {@link Graph} in ONNX's standard operators (opset 20). */
final class OnnxOps {

    static final long OPSET = 20;

    private static final Map<String, String> UNARY = Map.ofEntries(
            Map.entry("neg", "Neg"),
            Map.entry("abs", "Abs"),
            Map.entry("sign", "Sign"),
            Map.entry("exp", "Exp"),
            Map.entry("log", "Log"),
            Map.entry("sqrt", "Sqrt"),
            Map.entry("sigmoid", "Sigmoid"),
            Map.entry("tanh", "Tanh"),
            Map.entry("relu", "Relu"),
            Map.entry("round", "Round"),
            Map.entry("gelu", "Gelu"));

    private static final Map<String, String> BINARY =
            Map.of("add", "Add", "sub", "Sub", "mul", "Mul", "div", "Div", "pow", "Pow");

    private static final Map<String, String> COMPARISON =
            Map.of("eq", "Equal", "gt", "Greater", "lt", "Less", "ge", "GreaterOrEqual");

    private static final Map<String, String> REDUCTION = Map.of(
            "sum",
            "ReduceSum",
            "mean",
            "ReduceMean",
            "max",
            "ReduceMax",
            "norm",
            "ReduceL2",
            "logSumExp",
            "ReduceLogSumExp");

    private final OnnxGraph out;
    private final Graph graph;
    private final OnnxWeights weights;
    private final Map<Integer, String> values = new HashMap<>();
    private final Map<String, String> unpacked = new HashMap<>();

    private OnnxOps(OnnxGraph out, Graph graph, OnnxWeights weights) {
        this.out = out;
        this.graph = graph;
        this.weights = weights;
    }

    /**
     * @param output name for what the network gives
     * @throws ExportException naming an operation that is not known here
     */
    static OnnxGraph convert(Graph graph, List<String> varying, OnnxWeights weights, String output) {
        OnnxGraph out = new OnnxGraph(varying);
        OnnxOps ops = new OnnxOps(out, graph, weights);
        for (int i = 0; i < graph.inputs().size(); i++) {
            out.input(graph.inputs().get(i));
            ops.values.put(i, graph.inputs().get(i).name());
        }
        DType type = DType.F32;
        for (Graph.Node node : graph.nodes()) {
            ops.values.put(node.result().number(), ops.emit(new Arguments(node)));
            type = node.result().number() == graph.output() ? node.result().dtype() : type;
        }
        out.output(output, type, ops.sizes(graph.output()), ops.value(graph.output()));
        return out;
    }

    /** One operation with typed access to what it was told. */
    private record Arguments(Graph.Node node) {

        Recording.Operand operand(int index) {
            return node.operands().get(index);
        }

        int count() {
            return node.operands().size();
        }

        DType dtype() {
            return node.result().dtype();
        }

        boolean has(String name) {
            return node.attributes().containsKey(name);
        }

        private <T> T get(String name, Class<T> type) {
            Object value = node.attributes().get(name);
            if (!type.isInstance(value)) {
                throw new IllegalStateException("the recorded '" + node.op() + "' lacks " + name);
            }
            return type.cast(value);
        }

        long whole(String name) {
            return get(name, Long.class);
        }

        double number(String name) {
            return get(name, Double.class);
        }

        boolean flag(String name) {
            return get(name, Boolean.class);
        }

        List<Long> wholes(String name) {
            List<?> list = get(name, List.class);
            return list.stream().map(v -> (Long) v).toList();
        }
    }

    private String emit(Arguments a) {
        String op = a.node.op();
        if (UNARY.containsKey(op)) {
            return out.node(UNARY.getOrDefault(op, op), in(a, 0));
        }
        if (BINARY.containsKey(op)) {
            return binary(a);
        }
        if (COMPARISON.containsKey(op)) {
            return comparison(a);
        }
        if (REDUCTION.containsKey(op)) {
            return reduction(a);
        }
        return switch (op) {
            case "detach", "contiguous", "channelsLast", "move", "copy" -> in(a, 0);
            case "setData" -> in(a, 1);
            case "to" -> cast(in(a, 0), a.operand(0).dtype(), a.dtype());
            case "reshape", "flatten", "unsqueeze", "squeeze" -> reshape(a);
            case "expand" -> out.node("Expand", in(a, 0), out.shape(sizes(a)));
            case "full" -> filled(a, a.number("value"));
            case "zerosLike" -> filled(a, 0);
            case "onesLike" -> filled(a, 1);
            case "arange" -> arange(a);
            default ->
                layer(a).or(() -> moves(a))
                        .orElseThrow(() -> new ExportException(
                                "the operation '" + op + "' of the network has no form in ONNX here yet"));
        };
    }

    private Optional<String> layer(Arguments a) {
        return Optional.ofNullable(
                switch (a.node.op()) {
                    case "linear" -> linear(a);
                    case "matmul" -> out.node("MatMul", in(a, 0), in(a, 1));
                    case "attention" -> attention(a);
                    case "conv2d" -> conv(a);
                    case "batchNorm" -> batchNorm(a);
                    case "layerNorm" ->
                        out.node("LayerNormalization", all(a), Map.of("axis", -1L, "epsilon", a.number("eps")));
                    case "embedding" -> embedding(a);
                    case "maxPool" ->
                        out.node(
                                "MaxPool",
                                List.of(in(a, 0)),
                                Map.of(
                                        "kernel_shape", twice(a.whole("kernel")),
                                        "strides", twice(a.whole("stride")),
                                        "pads", Collections.nCopies(4, a.whole("padding"))));
                    case "softmax" -> out.node("Softmax", List.of(in(a, 0)), Map.of("axis", a.whole("dim")));
                    case "logSoftmax" -> out.node("LogSoftmax", List.of(in(a, 0)), Map.of("axis", a.whole("dim")));
                    case "maxAbs" ->
                        out.node(
                                "ReduceMax",
                                List.of(out.node("Abs", in(a, 0)), out.wholes(a.wholes("dims"))),
                                Map.of("keepdims", a.flag("keep") ? 1L : 0L));
                    case "square" -> out.node("Mul", in(a, 0), in(a, 0));
                    case "clamp" -> out.node("Clip", in(a, 0), scalar(a, a.number("low")), scalar(a, a.number("high")));
                    case "clampMin" -> out.node("Clip", in(a, 0), scalar(a, a.number("low")));
                    case "logicalNot" ->
                        a.operand(0).dtype() == DType.BOOL
                                ? out.node("Not", in(a, 0))
                                : out.node(
                                        "Equal",
                                        in(a, 0),
                                        out.scalar(0, a.operand(0).dtype()));
                    case "where" -> out.node("Where", in(a, 0), as(a, 1, a.dtype()), as(a, 2, a.dtype()));
                    case "maskedFill" -> out.node("Where", in(a, 1), scalar(a, a.number("value")), in(a, 0));
                    case "argmax" ->
                        out.node("ArgMax", List.of(in(a, 0)), Map.of("axis", a.whole("dim"), "keepdims", 0L));
                    default -> null;
                });
    }

    private Optional<String> moves(Arguments a) {
        return Optional.ofNullable(
                switch (a.node.op()) {
                    case "permute" ->
                        out.node("Transpose", List.of(in(a, 0)), Map.of("perm", positive(a, a.wholes("dims"))));
                    case "transpose" ->
                        out.node(
                                "Transpose",
                                List.of(in(a, 0)),
                                Map.of("perm", swapped(rank(a.operand(0)), a.whole("a"), a.whole("b"))));
                    case "select" ->
                        out.node(
                                "Gather",
                                List.of(in(a, 0), out.scalar(a.whole("index"), DType.I64)),
                                Map.of("axis", a.whole("dim")));
                    case "indexSelect" ->
                        out.node("Gather", List.of(in(a, 0), in(a, 1)), Map.of("axis", a.whole("dim")));
                    case "gather" ->
                        out.node("GatherElements", List.of(in(a, 0), in(a, 1)), Map.of("axis", a.whole("dim")));
                    case "narrow" -> narrow(a);
                    case "every" -> slice(in(a, 0), a.whole("dim"), 0, Long.MAX_VALUE, a.whole("step"));
                    case "flip" -> flipped(a);
                    case "roll" -> rolled(a);
                    case "pad" -> padded(a);
                    case "cat" -> out.node("Concat", all(a), Map.of("axis", a.whole("dim")));
                    case "stack" -> stacked(a);
                    default -> null;
                });
    }

    // ---- operands ----

    private String value(int number) {
        String name = values.get(number);
        if (name == null) {
            throw new IllegalStateException("value " + number + " is used before it is made");
        }
        return name;
    }

    private String in(Arguments a, int index) {
        return name(a.operand(index));
    }

    private String name(Recording.Operand operand) {
        if (operand instanceof Recording.Value v) {
            return value(v.number());
        }
        Recording.Constant constant = (Recording.Constant) operand;
        if (!weights.holds(constant.name())) {
            return out.initializer(constant.name(), constant.tensor());
        }
        String known = unpacked.get(constant.name());
        if (known == null) {
            known = weights.numbers(out, constant.name());
            unpacked.put(constant.name(), known);
        }
        return known;
    }

    private List<String> all(Arguments a) {
        return a.node.operands().stream().map(this::name).toList();
    }

    private String as(Arguments a, int index, DType dtype) {
        return cast(in(a, index), a.operand(index).dtype(), dtype);
    }

    private String cast(String name, DType from, DType to) {
        return from == to ? name : out.node("Cast", List.of(name), Map.of("to", (long) OnnxGraph.type(to)));
    }

    private String scalar(Arguments a, double value) {
        return out.scalar(value, a.dtype());
    }

    private static int rank(Recording.Operand operand) {
        return operand.shape().size();
    }

    private List<Size> sizes(int value) {
        List<Size> sizes = graph.sizes().get(value);
        if (sizes == null) {
            throw new IllegalStateException("no sizes of value " + value);
        }
        return sizes;
    }

    private List<Size> sizes(Arguments a) {
        return sizes(a.node.result().number());
    }

    // ---- arithmetic ----

    private String binary(Arguments a) {
        DType type = a.dtype();
        if (type == DType.BOOL) {
            return out.node(a.node.op().equals("mul") ? "And" : "Or", in(a, 0), in(a, 1));
        }
        String other = a.count() > 1 ? as(a, 1, type) : scalar(a, a.number("other"));
        if (a.has("alpha") && a.number("alpha") != 1) {
            other = out.node("Mul", other, scalar(a, a.number("alpha")));
        }
        return out.node(BINARY.getOrDefault(a.node.op(), ""), as(a, 0, type), other);
    }

    private String comparison(Arguments a) {
        DType own = a.operand(0).dtype();
        DType type = a.count() > 1 ? wider(own, a.operand(1).dtype()) : own;
        if (type == DType.BOOL || (a.count() == 1 && !own.isFloating() && a.number("other") % 1 != 0)) {
            type = DType.F32;
        }
        String other = a.count() > 1 ? as(a, 1, type) : out.scalar(a.number("other"), type);
        return out.node(COMPARISON.getOrDefault(a.node.op(), ""), as(a, 0, type), other);
    }

    private static DType wider(DType a, DType b) {
        if (a.isFloating() == b.isFloating()) {
            return a.bytes() >= b.bytes() ? a : b;
        }
        return a.isFloating() ? a : b;
    }

    private String reduction(Arguments a) {
        List<String> inputs = new ArrayList<>(List.of(as(a, 0, a.dtype())));
        List<Long> dims = a.wholes("dims");
        if (!dims.isEmpty()) {
            inputs.add(out.wholes(dims));
        }
        return out.node(REDUCTION.getOrDefault(a.node.op(), ""), inputs, Map.of("keepdims", a.flag("keep") ? 1L : 0L));
    }

    // ---- layers ----

    private String linear(Arguments a) {
        String transposed = unpacked.get("transposed " + in(a, 1));
        if (transposed == null) {
            transposed = out.node("Transpose", List.of(in(a, 1)), Map.of("perm", List.of(1L, 0L)));
            unpacked.put("transposed " + in(a, 1), transposed);
        }
        String product = out.node("MatMul", in(a, 0), transposed);
        return a.count() > 2 ? out.node("Add", product, in(a, 2)) : product;
    }

    private String attention(Arguments a) {
        String query = out.node("Mul", in(a, 0), scalar(a, a.number("scale")));
        String key = out.node("Transpose", List.of(in(a, 1)), Map.of("perm", swapped(rank(a.operand(1)), -1, -2)));
        String scores = out.node("MatMul", query, key);
        scores = a.count() > 3 ? out.node("Add", scores, in(a, 3)) : scores;
        return out.node("MatMul", out.node("Softmax", List.of(scores), Map.of("axis", -1L)), in(a, 2));
    }

    private String conv(Arguments a) {
        return out.node(
                "Conv",
                all(a),
                Map.of(
                        "strides", twice(a.whole("stride")),
                        "pads", Collections.nCopies(4, a.whole("padding")),
                        "group", a.whole("groups")));
    }

    private String batchNorm(Arguments a) {
        if (a.flag("training")) {
            throw new ExportException("a batch norm that uses the statistics of its batch cannot be exported");
        }
        return out.node("BatchNormalization", all(a), Map.of("epsilon", a.number("eps")));
    }

    private String embedding(Arguments a) {
        if (a.operand(0) instanceof Recording.Constant table && weights.holds(table.name())) {
            return weights.rows(out, table.name(), in(a, 1), rank(a.operand(1)));
        }
        return out.node("Gather", in(a, 0), in(a, 1));
    }

    private static List<Long> twice(long value) {
        return List.of(value, value);
    }

    // ---- shapes ----

    /** A dimension that stays in its place is 0 for ONNX, one that follows from the others -1. */
    private String reshape(Arguments a) {
        List<Size> from = a.operand(0) instanceof Recording.Value v ? sizes(v.number()) : List.of();
        List<Size> to = sizes(a);
        List<Long> shape = new ArrayList<>();
        int open = 0;
        for (int i = 0; i < to.size(); i++) {
            Size size = to.get(i);
            if (size.isFixed()) {
                shape.add(size.times());
            } else if (i < from.size() && from.get(i).equals(size)) {
                shape.add(0L);
            } else {
                shape.add(-1L);
                open++;
            }
        }
        return out.node("Reshape", in(a, 0), open > 1 ? out.shape(to) : out.wholes(shape));
    }

    private String filled(Arguments a, double value) {
        return out.node("Expand", scalar(a, value), out.shape(sizes(a)));
    }

    private String arange(Arguments a) {
        String end = out.node("Squeeze", out.size(sizes(a).get(0)));
        return out.node("Range", out.scalar(0, DType.I64), end, out.scalar(1, DType.I64));
    }

    private static List<Long> positive(Arguments a, List<Long> dims) {
        int rank = rank(a.operand(0));
        return dims.stream().map(d -> Math.floorMod(d, (long) rank)).toList();
    }

    private static List<Long> swapped(int rank, long a, long b) {
        List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        Collections.swap(order, Math.floorMod((int) a, rank), Math.floorMod((int) b, rank));
        return order;
    }

    private String slice(String x, long dim, long start, long end, long step) {
        return out.node(
                "Slice",
                x,
                out.wholes(List.of(start)),
                out.wholes(List.of(end)),
                out.wholes(List.of(dim)),
                out.wholes(List.of(step)));
    }

    private String narrow(Arguments a) {
        long start = a.whole("start");
        int dim = Math.floorMod((int) a.whole("dim"), rank(a.operand(0)));
        Size length = sizes(a).get(dim);
        if (length.isFixed()) {
            return slice(in(a, 0), dim, start, start + length.times(), 1);
        }
        String from = out.wholes(List.of(start));
        String end = out.node("Add", from, out.size(length));
        return out.node("Slice", in(a, 0), from, end, out.wholes(List.of((long) dim)));
    }

    private String flipped(Arguments a) {
        String x = in(a, 0);
        for (long dim : a.wholes("dims")) {
            x = slice(x, dim, -1, Long.MIN_VALUE, -1);
        }
        return x;
    }

    private String rolled(Arguments a) {
        String x = in(a, 0);
        List<Long> shifts = a.wholes("shifts");
        for (int i = 0; i < shifts.size(); i++) {
            long dim = a.wholes("dims").get(i);
            String tail = slice(x, dim, -shifts.get(i), Long.MAX_VALUE, 1);
            String head = slice(x, dim, 0, -shifts.get(i), 1);
            x = shifts.get(i) == 0 ? x : out.node("Concat", List.of(tail, head), Map.of("axis", dim));
        }
        return x;
    }

    /** Pairs from the last dimension on become all beginnings and then all ends. */
    private String padded(Arguments a) {
        int rank = rank(a.operand(0));
        List<Long> beforeAfter = a.wholes("beforeAfter");
        Long[] pads = new Long[2 * rank];
        java.util.Arrays.fill(pads, 0L);
        for (int i = 0; i < beforeAfter.size() / 2; i++) {
            pads[rank - 1 - i] = beforeAfter.get(2 * i);
            pads[2 * rank - 1 - i] = beforeAfter.get(2 * i + 1);
        }
        return out.node("Pad", in(a, 0), out.wholes(List.of(pads)));
    }

    private String stacked(Arguments a) {
        List<String> parts = all(a).stream()
                .map(part -> out.node("Unsqueeze", part, out.wholes(List.of(a.whole("dim")))))
                .toList();
        return out.node("Concat", parts, Map.of("axis", a.whole("dim")));
    }
}
