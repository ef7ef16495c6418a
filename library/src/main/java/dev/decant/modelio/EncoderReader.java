package dev.decant.modelio;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.decant.modelio.Meaning.Attending;
import dev.decant.modelio.Meaning.Heads;
import dev.decant.modelio.Meaning.Hidden;
import dev.decant.modelio.Meaning.Known;
import dev.decant.modelio.Meaning.Role;
import dev.decant.modelio.Meaning.Rows;
import dev.decant.modelio.Meaning.Scores;
import dev.decant.modelio.Meaning.Side;
import dev.decant.modelio.Meaning.Table;
import dev.decant.weights.StoredWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds an encoder of BERT's shape in an ONNX graph, whatever wrote it: each value gets a {@link Meaning}, node by node in the
 * order in which they run, and names count for nothing. The first node that gives its inputs no meaning together is where a
 * graph does not fit.
 */
final class EncoderReader {

    private static final List<String> OUTPUTS = List.of("last_hidden_state", "token_embeddings");

    /** Tables with at most so many rows are of token types, not of positions. */
    private static final int MOST_TYPES = 4;

    private static final Set<String> SAME = Set.of("Identity", "Cast", "Dropout", "CastLike");

    private final OnnxModel model;
    private final Layers layers = new Layers();
    private final Arithmetic arithmetic = new Arithmetic(layers);
    private final Products products = new Products(layers);
    private final FusedNodes fused = new FusedNodes(layers, arithmetic);
    private final Map<String, Meaning> meanings = new HashMap<>();

    private EncoderReader(OnnxModel model) {
        this.model = model;
    }

    /**
     * What was found.
     *
     * @param architecture the catalogue's name
     * @param arguments its sizes
     * @param weights by the names of a base model of transformers
     * @param inputs of the graph, by name
     * @param output of the graph, which is the last layer's
     */
    record Found(
            String architecture,
            Map<String, Object> arguments,
            StoredWeights weights,
            Map<String, Role> inputs,
            String output) {}

    /** @throws ImportException if the file cannot be read, or where the graph is not that of an encoder, naming the first node that does not fit */
    static Found read(Path file) {
        EncoderReader reader = new EncoderReader(OnnxModel.read(file));
        return reader.read();
    }

    private Found read() {
        String output = output();
        model.inputs().forEach(name -> meanings.put(name, Side.of(role(name))));
        for (NodeProto node : model.nodesFor(output)) {
            Meaning meaning = meaning(node);
            node.getOutputList().forEach(name -> meanings.put(name, Side.of(Role.OTHER)));
            meanings.put(node.getOutput(0), meaning);
        }
        Meaning last = Optional.ofNullable(meanings.get(output)).orElseGet(() -> Side.of(Role.OTHER));
        if (!(last instanceof Hidden hidden) || hidden.stage() < 2 || !hidden.isBetweenLayers()) {
            throw model.refused("output '" + output + "' is " + last.words()
                    + ", expected the last layer of an encoder of BERT's shape");
        }
        String architecture = layers.isCounted() ? "roberta-base" : layers.isProjected() ? "electra-base" : "bert-base";
        return new Found(
                architecture,
                layers.arguments(),
                new StoredWeights(model.file(), layers.weights(), Map.of()),
                model.inputs().stream().collect(Collectors.toMap(name -> name, EncoderReader::role)),
                output);
    }

    private String output() {
        List<String> outputs = model.outputs();
        return OUTPUTS.stream()
                .filter(outputs::contains)
                .findFirst()
                .or(() -> outputs.stream().findFirst())
                .orElseThrow(() -> model.refused("the graph has no output"));
    }

    private static Role role(String input) {
        String name = input.toLowerCase(Locale.ROOT);
        if (name.contains("mask")) {
            return Role.MASK;
        }
        if (name.contains("type") || name.contains("segment")) {
            return Role.TYPES;
        }
        return name.contains("position") || !name.contains("id") ? Role.OTHER : Role.IDS;
    }

    private Meaning meaning(NodeProto node) {
        if (node.getOpType().matches(".*(Quantize|MatMulInteger|MatMulNBits|QLinear|QGemm|QAttention).*")) {
            throw model.refused(
                    OnnxModel.describe(node) + ": the file is quantized; import the one in fp32 that it was made from");
        }
        Operands operands =
                new Operands(node, node.getInputList().stream().map(this::input).toList());
        Optional<Meaning> found = rule(operands);
        if (found.isEmpty() && operands.isAside()) {
            found = Optional.of(Asides.of(operands));
        }
        return found.orElseThrow(() -> model.refused(OnnxModel.describe(node)
                + " does not fit an encoder of BERT's shape: it takes " + operands.words() + hint(operands)));
    }

    private Optional<Meaning> input(String name) {
        return name.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(meanings.get(name))
                        .or(() -> model.constant(name).map(tensor -> new Known(tensor, false)));
    }

    private String hint(Operands o) {
        if (!layers.complaint().isEmpty()) {
            return "; " + layers.complaint();
        }
        boolean hasTable = o.inputs().stream()
                .flatMap(Optional::stream)
                .anyMatch(m -> Operands.isTable(m) || (m instanceof Side s && s.isLearned()));
        boolean isOfScores =
                o.input(0, Scores.class).or(() -> o.input(1, Scores.class)).isPresent();
        if (isOfScores && hasTable) {
            return "; relative positions and masks of its own are not known here, only absolute positions";
        }
        boolean isOfHeads =
                o.input(0, Heads.class).or(() -> o.input(1, Heads.class)).isPresent();
        boolean isOfRows = o.input(0, Rows.class).isPresent();
        return isOfHeads && o.op().matches("Mul|Slice|Split|RotaryEmbedding")
                ? "; rotary positions are not known here, only absolute ones"
                : isOfRows && o.op().matches("Transpose|Unsqueeze|Reshape")
                        ? "; relative positions are not known here, only absolute ones"
                        : "";
    }

    private Optional<Meaning> rule(Operands o) {
        String op = o.op();
        Optional<Meaning> a = o.input(0);
        Optional<Meaning> b = o.input(1);
        if (op.equals("Constant")) {
            return constant(o);
        }
        if (SAME.contains(op)
                || (op.matches("Unsqueeze|Squeeze")
                        && a.filter(Known.class::isInstance).isPresent())) {
            return a;
        }
        if (a.isEmpty()) {
            return Optional.empty();
        }
        if (Arithmetic.isUnary(op)) {
            return arithmetic.unary(op, a.get());
        }
        if (Arithmetic.isBinary(op) && b.isPresent()) {
            return arithmetic.binary(op, a.get(), b.get());
        }
        return switch (op) {
            case "Gather" -> gather(o);
            case "ReduceMean" -> isOverFeatures(o) ? Arithmetic.mean(a.get()) : Optional.empty();
            case "MatMul" -> b.flatMap(right -> products.product(a.get(), right, false, 1));
            case "FusedMatMul" ->
                o.integer("transA", 0) == 0
                        ? b.flatMap(right ->
                                products.product(a.get(), right, o.integer("transB", 0) == 1, o.number("alpha", 1)))
                        : Optional.empty();
            case "Gemm" -> products.gemm(o);
            case "Reshape" -> b.flatMap(shape -> products.reshape(a.get(), Operands.entries(shape)));
            case "Transpose" ->
                Products.transpose(
                        a.get(),
                        o.attribute("perm").map(AttributeProto::getIntsList).orElse(List.of()));
            case "Softmax" -> softmax(o);
            case "Where" -> chosen(o);
            case "Equal" -> compared(o);
            case "Shape", "IsNaN" -> Optional.of(Side.of(Role.OTHER));
            case "Gelu", "FastGelu", "BiasGelu" -> fused.gelu(o);
            case "Attention" -> products.attention(o);
            case "MultiHeadAttention" -> products.multiHeadAttention(o);
            case "LayerNormalization" -> fused.layerNorm(o);
            case "SkipLayerNormalization" -> fused.skipNorm(o);
            case "EmbedLayerNormalization" -> fused.embedNorm(o);
            default -> Optional.empty();
        };
    }

    private Optional<Meaning> constant(Operands o) {
        if (o.attribute("value").isPresent()) {
            String name = o.node().getOutput(0);
            return Optional.of(
                    new Known(model.constant(name, o.attribute("value").get().getT()), false));
        }
        return o.attribute("value_float")
                .map(v -> (Meaning) Operands.known("constant", v.getF()))
                .or(() -> o.attribute("value_int").map(v -> Operands.known("constant", v.getI())));
    }

    /** Rows of a table by token ids, types or positions. */
    private Optional<Meaning> gather(Operands o) {
        Optional<Known> table = o.input(0, Known.class);
        Optional<Side> index = o.input(1, Side.class);
        boolean isTable = table.isPresent()
                && index.isPresent()
                && table.get().tensor().shape().length == 2
                && table.get().tensor().dtype().isFloating()
                && o.integer("axis", 0) == 0;
        if (!isTable) {
            return Optional.empty();
        }
        boolean isSmall = table.get().tensor().shape()[0] <= MOST_TYPES;
        Table kind =
                switch (index.get().role()) {
                    case IDS -> Table.WORD;
                    case TYPES -> Table.TYPE;
                    default -> isSmall ? Table.TYPE : Table.POSITION;
                };
        if (kind == Table.POSITION && index.get().isCounted()) {
            layers.countPositions();
        }
        return Optional.of(new Rows(kind, table.get().tensor()));
    }

    private static boolean isOverFeatures(Operands o) {
        List<Long> axes = o.integers("axes");
        return axes.equals(List.of(-1L)) || axes.equals(List.of(2L));
    }

    private static Optional<Meaning> softmax(Operands o) {
        long axis = o.integer("axis", -1);
        return o.input(0, Scores.class).filter(s -> axis == -1 || axis == 3).map(Attending::new);
    }

    /** Scores, or a map, where a mask says so, and a constant elsewhere. */
    private static Optional<Meaning> chosen(Operands o) {
        List<Meaning> others = new ArrayList<>();
        for (int i = 1; i < 3; i++) {
            o.input(i)
                    .filter(m -> m instanceof Scores || m instanceof Attending)
                    .ifPresent(others::add);
        }
        boolean isMask = o.input(0, Side.class).isPresent() && others.size() == 1;
        return isMask ? Optional.of(others.get(0)) : Optional.empty();
    }

    private Optional<Meaning> compared(Operands o) {
        if (o.input(0, Side.class).filter(s -> s.role() == Role.IDS).isPresent()) {
            o.input(1).map(Operands::scalar).ifPresent(id -> id.ifPresent(layers::compared));
        }
        return Optional.empty();
    }
}
