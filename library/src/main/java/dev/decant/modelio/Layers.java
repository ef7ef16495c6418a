package dev.decant.modelio;

import dev.decant.modelio.Meaning.Embedded;
import dev.decant.modelio.Meaning.Gathered;
import dev.decant.modelio.Meaning.Hidden;
import dev.decant.modelio.Meaning.Known;
import dev.decant.modelio.Meaning.Mapped;
import dev.decant.modelio.Meaning.Pointwise;
import dev.decant.modelio.Meaning.Residual;
import dev.decant.modelio.Meaning.Rows;
import dev.decant.modelio.Meaning.Scores;
import dev.decant.modelio.Meaning.Table;
import dev.decant.tensor.DType;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.StoredTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;
import org.hipparchus.special.Erf;

/** The layers of an encoder as they are found, one norm after the other: their weights by transformers' names, and their sizes. */
final class Layers {

    private static final Map<String, DoubleUnaryOperator> ACTIVATIONS = Map.of(
            "gelu", x -> x / 2 * (1 + Erf.erf(x / Math.sqrt(2))),
            "gelu_new", x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
            "relu", x -> Math.max(x, 0));

    private static final double CLOSE = 1e-5;

    private final Map<String, StoredTensor> weights = new LinkedHashMap<>();
    private Optional<Mapped> projection = Optional.empty();
    private OptionalDouble eps = OptionalDouble.empty();
    private OptionalInt heads = OptionalInt.empty();
    private Optional<String> activation = Optional.empty();
    private boolean isCounted;
    private OptionalLong padding = OptionalLong.empty();
    private int stage = -1;
    private String complaint = "";

    /** Why a norm did not fit, in words; empty if none was refused. */
    String complaint() {
        return complaint;
    }

    /** Positions leave padding out, as RoBERTa's do. */
    void countPositions() {
        isCounted = true;
    }

    /** The token ids are compared with a number: that of padding. */
    void compared(double id) {
        padding = OptionalLong.of((long) id);
    }

    /** Whether a linear map is the last of a branch: of an attention's context or an activation. */
    static boolean isBranch(Mapped map) {
        return map.input() instanceof Gathered || map.input() instanceof Pointwise;
    }

    /** What flows between layers: a norm's result, or the embeddings after their projection to another width. */
    Optional<Hidden> flow(Meaning m) {
        if (m instanceof Hidden hidden) {
            return projection.isPresent() && hidden.stage() == 0 ? Optional.empty() : Optional.of(hidden);
        }
        if (!(m instanceof Mapped map) || !map.input().equals(new Hidden(0)) || stage > 0) {
            return Optional.empty();
        }
        if (projection.isEmpty() && weights.keySet().stream().noneMatch(n -> n.startsWith("encoder."))) {
            projection = Optional.of(map);
            linear("embeddings_project", map);
        }
        return projection.equals(Optional.of(map)) ? Optional.of(new Hidden(0)) : Optional.empty();
    }

    /** A norm is complete: of the embeddings, of an attention, of an FFN. Empty if it is none of these, in this order. */
    Optional<Meaning> normalized(Meaning base, Known gamma, Known beta, double newEps) {
        if (eps.isPresent() && Math.abs(eps.getAsDouble() - newEps) > 1e-3 * newEps) {
            return refused("norms with eps " + eps.getAsDouble() + " and " + newEps);
        }
        Optional<String> place = base instanceof Embedded e && stage < 0
                ? embeddings(e)
                : base instanceof Residual r && r.skip().stage() == stage ? layer(r) : Optional.empty();
        if (place.isEmpty()) {
            return Optional.empty();
        }
        eps = OptionalDouble.of(newEps);
        stage++;
        vector(place.get() + ".LayerNorm.weight", gamma);
        vector(place.get() + ".LayerNorm.bias", beta);
        return Optional.of(new Hidden(stage));
    }

    private Optional<Meaning> refused(String why) {
        complaint = why;
        return Optional.empty();
    }

    private Optional<String> embeddings(Embedded sum) {
        for (Rows rows : sum.rows()) {
            weights.put("embeddings." + rows.table().key + ".weight", rows.weight());
        }
        for (Table table : new Table[] {Table.WORD, Table.POSITION}) {
            if (!weights.containsKey("embeddings." + table.key + ".weight")) {
                complaint = "the embeddings have no table of " + (table == Table.WORD ? "words" : "absolute positions");
                return Optional.empty();
            }
        }
        return Optional.of("embeddings");
    }

    private Optional<String> layer(Residual sum) {
        String name = "encoder.layer." + stage / 2;
        if (sum.branch().input() instanceof Gathered context && sum.skip().isBetweenLayers()) {
            return attention(name, sum, context);
        }
        if (sum.branch().input() instanceof Pointwise inner
                && !sum.skip().isBetweenLayers()
                && inner.base().input().equals(sum.skip())) {
            return feedForward(name, sum.branch(), inner);
        }
        return Optional.empty();
    }

    private Optional<String> attention(String name, Residual sum, Gathered context) {
        Scores scores = context.scores();
        double wanted = Math.sqrt(scores.heads() / (double) scores.query().width());
        if (Math.abs(scores.scale() - wanted) > 1e-3 * wanted) {
            complaint =
                    "its scores are multiplied with " + scores.scale() + ", expected 1 / sqrt(head width) = " + wanted;
            return Optional.empty();
        }
        if (heads.isPresent() && heads.getAsInt() != scores.heads()) {
            complaint = scores.heads() + " heads; the layer before has " + heads.getAsInt();
            return Optional.empty();
        }
        for (Mapped map : new Mapped[] {scores.query(), scores.key(), context.value()}) {
            if (!flow(map.input()).equals(Optional.of(sum.skip()))) {
                complaint = "query, key and value are not of what the attention is added to";
                return Optional.empty();
            }
        }
        heads = OptionalInt.of(scores.heads());
        linear(name + ".attention.self.query", scores.query());
        linear(name + ".attention.self.key", scores.key());
        linear(name + ".attention.self.value", context.value());
        linear(name + ".attention.output.dense", sum.branch());
        return Optional.of(name + ".attention.output");
    }

    private Optional<String> feedForward(String name, Mapped out, Pointwise inner) {
        Optional<String> found = ACTIVATIONS.keySet().stream()
                .filter(key -> isSame(inner.function(), activation(key)))
                .findFirst();
        if (found.isEmpty() || activation.filter(a -> !a.equals(found.get())).isPresent()) {
            complaint = "its activation is not "
                    + activation.orElse("one of "
                            + String.join(
                                    ", ", ACTIVATIONS.keySet().stream().sorted().toList()));
            return Optional.empty();
        }
        activation = found;
        linear(name + ".intermediate.dense", inner.base());
        linear(name + ".output.dense", out);
        return Optional.of(name + ".output");
    }

    /** A function that may lie between the two maps of an FFN, by transformers' name. */
    static DoubleUnaryOperator activation(String name) {
        return Optional.ofNullable(ACTIVATIONS.get(name)).orElseThrow();
    }

    private static boolean isSame(DoubleUnaryOperator f, DoubleUnaryOperator g) {
        for (double x = -6; x <= 6; x += 0.25) {
            if (!(Math.abs(f.applyAsDouble(x) - g.applyAsDouble(x)) < CLOSE)) {
                return false;
            }
        }
        return true;
    }

    private void linear(String name, Mapped map) {
        StoredTensor weight = map.weight().tensor();
        weights.put(name + ".weight", map.isRowsOutputs() ? weight : transposed(weight));
        if (map.bias().isPresent()) {
            vector(name + ".bias", map.bias().get());
        } else {
            int width = Math.toIntExact(map.width());
            weights.put(name + ".bias", StoredTensor.of(name, new float[width], width));
        }
    }

    private void vector(String name, Known vector) {
        weights.put(name, shaped(vector.tensor(), vector.tensor().elements()));
    }

    /** The same numbers in another shape. */
    static StoredTensor shaped(StoredTensor tensor, long... shape) {
        return StoredTensor.of(tensor.name(), tensor.dtype(), shape, tensor.data());
    }

    private static StoredTensor transposed(StoredTensor weight) {
        try (Scope scope = Scope.open()) {
            Tensor rows = weight.toTensor().to(DType.F32).transpose(0, 1).contiguous();
            return StoredTensor.of(weight.name(), rows.floats(), rows.shape());
        }
    }

    /** Layers that are complete. */
    int depth() {
        return stage / 2;
    }

    /** Tensors by the names of a base model of transformers. */
    Map<String, StoredTensor> weights() {
        Map<String, StoredTensor> all = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> all.put(name, tensor.named(name)));
        String types = "embeddings." + Table.TYPE.key + ".weight";
        int width = Math.toIntExact(shape("embeddings.word_embeddings.weight")[1]);
        all.putIfAbsent(types, StoredTensor.of(types, new float[width], 1, width));
        return all;
    }

    /** Whether it has RoBERTa's positions. */
    boolean isCounted() {
        return isCounted;
    }

    boolean isProjected() {
        return projection.isPresent();
    }

    /** The sizes, by transformers' names. */
    Map<String, Object> arguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        long[] words = shape("embeddings.word_embeddings.weight");
        long width = shape("encoder.layer.0.attention.self.query.weight")[1];
        arguments.put("vocab_size", (int) words[0]);
        arguments.put("hidden_size", (int) width);
        arguments.put("num_hidden_layers", depth());
        arguments.put("num_attention_heads", heads.orElseThrow());
        arguments.put("intermediate_size", (int) shape("encoder.layer.0.intermediate.dense.weight")[0]);
        arguments.put("max_position_embeddings", (int) shape("embeddings.position_embeddings.weight")[0]);
        String types = "embeddings." + Table.TYPE.key + ".weight";
        arguments.put("type_vocab_size", weights.containsKey(types) ? (int) shape(types)[0] : 1);
        arguments.put("embedding_size", (int) words[1]);
        arguments.put("pad_token_id", (int) padding.orElse(isCounted ? 1 : 0));
        arguments.put("layer_norm_eps", Double.parseDouble(Float.toString((float) eps.orElseThrow())));
        activation.filter(a -> !a.equals("gelu")).ifPresent(a -> arguments.put("hidden_act", a));
        return arguments;
    }

    private long[] shape(String name) {
        StoredTensor tensor = weights.get(name);
        return tensor == null ? new long[2] : tensor.shape();
    }
}
