package dev.decant.modelio;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.decant.model.Catalogue;
import dev.decant.model.text.Bert;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An encoder with random weights as an ONNX graph, in the manner of one exporter or another; names mean nothing. */
final class TinyGraph {

    /** Manners of writing. */
    enum Manner {
        /** Everything from simple operations, sizes taken from shapes, weights transposed beforehand. */
        SIMPLE,
        /** Norms as one operation, Gemm on flattened rows, the query scaled, weights transposed in the graph. */
        NORMS,
        /** The operations of ONNX Runtime's optimizer. */
        FUSED
    }

    static final int WIDTH = 8;
    static final int HEADS = 2;

    final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiny");
    private final Manner manner;
    private final Map<String, Tensor> state;
    private final String prefix;
    private final int depth;
    private final boolean isRoberta;
    private int count;

    private TinyGraph(Manner manner, Bert encoder) {
        this.manner = manner;
        state = encoder.state();
        prefix = encoder.prefix();
        depth = (int) encoder.config().args().get("num_hidden_layers");
        isRoberta = encoder.config().architecture().startsWith("roberta");
        for (String name : List.of("input_ids", "attention_mask", "token_type_ids")) {
            graph.addInput(value(name, TensorProto.DataType.INT64_VALUE, "batch", "sequence"));
        }
        graph.addOutput(value("hidden", TensorProto.DataType.FLOAT_VALUE, "batch", "sequence", "features"));
    }

    static Map<String, Object> sizes(Map<String, Object> more) {
        Map<String, Object> sizes = new LinkedHashMap<>(Map.of(
                "hidden_size", WIDTH,
                "num_hidden_layers", 2,
                "num_attention_heads", HEADS,
                "intermediate_size", 12,
                "vocab_size", 30,
                "max_position_embeddings", 20,
                "head", "encoder",
                "num_classes", 0,
                "initializer_range", 0.5));
        sizes.putAll(more);
        return sizes;
    }

    static Bert encoder(String name, Map<String, Object> more) {
        Bert encoder = (Bert) Catalogue.create(name, sizes(more));
        encoder.train(false);
        return encoder;
    }

    /** The whole encoder. */
    static TinyGraph of(Manner manner, Bert encoder, String activation) {
        TinyGraph g = new TinyGraph(manner, encoder);
        String x = g.embeddings();
        String mask = g.mask();
        for (int i = 0; i < g.depth; i++) {
            x = g.layer("encoder.layer." + i, x, mask, activation);
        }
        g.graph.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(x).addOutput("hidden"));
        return g;
    }

    ModelProto model() {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setDomain("com.microsoft")
                        .setVersion(1))
                .setGraph(graph)
                .build();
    }

    Path write(Path file) throws IOException {
        return Files.write(file, model().toByteArray());
    }

    private String embeddings() {
        String words = weight("embeddings.word_embeddings.weight");
        String places = weight("embeddings.position_embeddings.weight");
        String types = weight("embeddings.token_type_embeddings.weight");
        if (manner == Manner.FUSED && !isRoberta) {
            String gamma = weight("embeddings.LayerNorm.weight");
            String beta = weight("embeddings.LayerNorm.bias");
            String out = node(
                    "EmbedLayerNormalization",
                    List.of(
                            int32("input_ids"),
                            int32("token_type_ids"),
                            words,
                            places,
                            types,
                            gamma,
                            beta,
                            int32("attention_mask")),
                    attribute("epsilon", 1e-12f));
            graph.getNodeBuilder(graph.getNodeCount() - 1).addOutput("mask_index");
            return out;
        }
        String typed = node("Gather", List.of(types, isRoberta ? zeros() : "token_type_ids"));
        String sum = node("Add", List.of(node("Gather", List.of(words, "input_ids")), typed));
        sum = node("Add", List.of(sum, node("Gather", List.of(places, positions()))));
        return norm("embeddings", sum);
    }

    private String int32(String x) {
        return node("Cast", List.of(x), attribute("to", TensorProto.DataType.INT32_VALUE));
    }

    private String zeros() {
        return node("Mul", List.of("token_type_ids", integers(0)));
    }

    private String positions() {
        if (!isRoberta) {
            long[] all = new long[20];
            Arrays.setAll(all, i -> i);
            String length = node("Gather", List.of(node("Shape", List.of("input_ids")), integers(1)));
            String buffer = node("Unsqueeze", List.of(vector(all), vector(0)));
            return node("Slice", List.of(buffer, vector(0), node("Unsqueeze", List.of(length, vector(0))), vector(1)));
        }
        String there = node(
                "Cast",
                List.of(node("Not", List.of(node("Equal", List.of("input_ids", integers(1)))))),
                attribute("to", TensorProto.DataType.INT64_VALUE));
        String counted = node("Mul", List.of(node("CumSum", List.of(there, integers(1))), there));
        return node("Add", List.of(counted, integers(1)));
    }

    private String mask() {
        String mask = node("Unsqueeze", List.of("attention_mask", vector(1, 2)));
        mask = node("Cast", List.of(mask), attribute("to", TensorProto.DataType.FLOAT_VALUE));
        return node("Mul", List.of(node("Sub", List.of(number(1), mask)), number(-1e9f)));
    }

    private String layer(String name, String x, String mask, String activation) {
        String self = name + ".attention.self.";
        String context = manner == Manner.FUSED ? fusedAttention(self, x) : attention(self, x, mask);
        String out = name + ".attention.output";
        String y = residual(out, linear(out + ".dense", context, manner != Manner.FUSED), x);
        String inner = name + ".intermediate.dense";
        String wide = linear(inner, y, manner != Manner.FUSED);
        String act = manner == Manner.FUSED
                ? node("BiasGelu", List.of(wide, weight(inner + ".bias")))
                : activation(activation, wide);
        String end = name + ".output";
        return residual(end, linear(end + ".dense", act, manner != Manner.FUSED), y);
    }

    private String activation(String name, String x) {
        if (name.equals("relu")) {
            return node("Relu", List.of(x));
        }
        if (name.equals("gelu_new")) {
            String cube = node("Mul", List.of(node("Pow", List.of(x, number(3))), number(0.044715f)));
            String tanh = node("Tanh", List.of(node("Mul", List.of(node("Add", List.of(x, cube)), number((float)
                    Math.sqrt(2 / Math.PI))))));
            return node("Mul", List.of(node("Mul", List.of(number(0.5f), x)), node("Add", List.of(tanh, number(1)))));
        }
        String erf = node("Erf", List.of(node("Div", List.of(x, number((float) Math.sqrt(2))))));
        return node("Mul", List.of(node("Mul", List.of(x, node("Add", List.of(erf, number(1))))), number(0.5f)));
    }

    private String attention(String self, String x, String mask) {
        boolean scalesQuery = manner == Manner.NORMS;
        float scale = (float) Math.sqrt(WIDTH / HEADS);
        String query = linear(self + "query", x, true);
        query = scalesQuery ? node("Div", List.of(query, number(scale))) : query;
        String q = turned(split(query), 0, 2, 1, 3);
        String k = turned(split(linear(self + "key", x, true)), 0, 2, 3, 1);
        String v = turned(split(linear(self + "value", x, true)), 0, 2, 1, 3);
        String scores = node("MatMul", List.of(q, k));
        scores = scalesQuery ? scores : node("Div", List.of(scores, number(scale)));
        scores = node("Add", List.of(scores, mask));
        String map = node("Softmax", List.of(scores), attribute("axis", -1));
        String context = turned(node("MatMul", List.of(map, v)), 0, 2, 1, 3);
        return node("Reshape", List.of(context, vector(0, 0, WIDTH)));
    }

    private String split(String x) {
        if (manner == Manner.NORMS) {
            return node("Reshape", List.of(x, vector(0, 0, -1, WIDTH / HEADS)));
        }
        String shape = node("Shape", List.of(x));
        String batch = node("Unsqueeze", List.of(node("Gather", List.of(shape, integers(0))), vector(0)));
        String length = node("Unsqueeze", List.of(node("Gather", List.of(shape, integers(1))), vector(0)));
        String sizes =
                node("Concat", List.of(batch, length, vector(HEADS), vector(WIDTH / HEADS)), attribute("axis", 0));
        return node("Reshape", List.of(x, sizes));
    }

    private String turned(String x, long... order) {
        return node(
                "Transpose",
                List.of(x),
                AttributeProto.newBuilder()
                        .setName("perm")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(Arrays.stream(order).boxed().toList())
                        .build());
    }

    private String fusedAttention(String self, String x) {
        List<Tensor> weights = new ArrayList<>();
        List<Tensor> biases = new ArrayList<>();
        for (String part : List.of("query", "key", "value")) {
            weights.add(state.get(prefix + self + part + ".weight").detach().transpose(0, 1));
            biases.add(state.get(prefix + self + part + ".bias").detach());
        }
        String weight = constant(Tensor.cat(weights, 1).contiguous());
        String bias = constant(Tensor.cat(biases, 0));
        return node("Attention", List.of(x, weight, bias, int32("attention_mask")), attribute("num_heads", HEADS));
    }

    private String linear(String name, String x, boolean biased) {
        Tensor weight = state.get(prefix + name + ".weight").detach();
        if (manner == Manner.NORMS) {
            String rows = node("Reshape", List.of(x, vector(-1, weight.size(1))));
            String y = node(
                    "Gemm", List.of(rows, weight(name + ".weight"), weight(name + ".bias")), attribute("transB", 1));
            String shape = node("Slice", List.of(node("Shape", List.of(x)), vector(0), vector(2)));
            return node(
                    "Reshape",
                    List.of(y, node("Concat", List.of(shape, vector(weight.size(0))), attribute("axis", 0))));
        }
        String y = node("MatMul", List.of(x, constant(weight.transpose(0, 1).contiguous())));
        return biased ? node("Add", List.of(weight(name + ".bias"), y)) : y;
    }

    private String residual(String name, String branch, String x) {
        if (manner == Manner.FUSED) {
            return node(
                    "SkipLayerNormalization",
                    List.of(
                            branch,
                            x,
                            weight(name + ".LayerNorm.weight"),
                            weight(name + ".LayerNorm.bias"),
                            weight(name + ".dense.bias")),
                    attribute("epsilon", isRoberta ? 1e-5f : 1e-12f));
        }
        return norm(name, node("Add", List.of(branch, x)));
    }

    private String norm(String name, String x) {
        String gamma = weight(name + ".LayerNorm.weight");
        String beta = weight(name + ".LayerNorm.bias");
        float eps = isRoberta ? 1e-5f : 1e-12f;
        if (manner != Manner.SIMPLE) {
            return node(
                    "LayerNormalization", List.of(x, gamma, beta), attribute("epsilon", eps), attribute("axis", -1));
        }
        AttributeProto axes = AttributeProto.newBuilder()
                .setName("axes")
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(-1)
                .build();
        String centered = node("Sub", List.of(x, node("ReduceMean", List.of(x), axes)));
        String variance = node("ReduceMean", List.of(node("Pow", List.of(centered, number(2)))), axes);
        String root = node("Sqrt", List.of(node("Add", List.of(variance, number(eps)))));
        String unit = node("Div", List.of(centered, root));
        return node("Add", List.of(node("Mul", List.of(unit, gamma)), beta));
    }

    /** Adds a node and gives the name of its result. */
    String node(String op, List<String> inputs, AttributeProto... attributes) {
        String output = "v" + count++;
        boolean isContrib = List.of("EmbedLayerNormalization", "SkipLayerNormalization", "Attention", "BiasGelu")
                .contains(op);
        graph.addNode(NodeProto.newBuilder()
                .setName("n" + output.substring(1))
                .setOpType(op)
                .setDomain(isContrib ? "com.microsoft" : "")
                .addAllInput(inputs)
                .addAllAttribute(List.of(attributes))
                .addOutput(output));
        return output;
    }

    private String weight(String name) {
        return constant(state.get(prefix + name).detach());
    }

    String constant(Tensor tensor) {
        ByteBuffer bytes = tensor.bytes();
        return initializer(TensorProto.DataType.FLOAT_VALUE, ByteString.copyFrom(bytes), tensor.shape());
    }

    private String number(float value) {
        ByteBuffer bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .flip();
        return initializer(TensorProto.DataType.FLOAT_VALUE, ByteString.copyFrom(bytes));
    }

    private String integers(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .flip();
        return initializer(TensorProto.DataType.INT64_VALUE, ByteString.copyFrom(bytes));
    }

    private String vector(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).forEach(bytes::putLong);
        return initializer(TensorProto.DataType.INT64_VALUE, ByteString.copyFrom(bytes.flip()), values.length);
    }

    private String initializer(int type, ByteString bytes, long... shape) {
        String name = "c" + count++;
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type)
                .addAllDims(Arrays.stream(shape).boxed().toList())
                .setRawData(bytes));
        return name;
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    private static ValueInfoProto value(String name, int type, String... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String size : sizes) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }
}
