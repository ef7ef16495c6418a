package dev.decant.model.text;

import dev.decant.model.ModelArgs;
import dev.decant.nn.Linear;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How an encoder makes one vector of the vectors of a text's tokens, as sentence-transformers does: poolings of (N, S, C),
 * side by side, perhaps a linear map with an activation, perhaps division by the Euclidean norm.
 *
 * @param poolings in sentence-transformers' order; none where it is not known how the encoder is to be pooled
 * @param dense the map after pooling
 * @param normalize whether the vector gets length 1
 * @param longest tokens of a text, with special ones, that the encoder was made for; 0 for as many as it has positions
 */
public record SentenceHead(List<Pooling> poolings, Optional<Dense> dense, boolean normalize, int longest) {

    /** Nothing is known. */
    public static final SentenceHead UNKNOWN = new SentenceHead(List.of(), Optional.empty(), false, 0);

    /** Path of the linear map after pooling. */
    public static final String DENSE = "dense.linear";

    private static final String NOT_KNOWN = "unknown";

    /** Names of the arguments that say all this. */
    static final List<String> ARGUMENTS =
            List.of("pooling", "normalize", "dense", "dense_activation", "max_seq_length");

    public SentenceHead {
        poolings = List.copyOf(poolings);
    }

    /** @param width of the vector that comes out */
    public record Dense(int width, Squash activation) {}

    /** What follows the linear map. */
    public enum Squash {
        IDENTITY,
        TANH;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static SentenceHead of(ModelArgs args) {
        List<Pooling> poolings = poolings(args.text("pooling", NOT_KNOWN));
        int width = args.count("dense", 0);
        List<String> squashes = Arrays.stream(Squash.values()).map(Squash::word).toList();
        int squash = squashes.indexOf(args.choice("dense_activation", Squash.IDENTITY.word(), squashes));
        boolean normalize = args.flag("normalize", false);
        int longest = args.count("max_seq_length", 0);
        return new SentenceHead(
                poolings,
                width == 0 ? Optional.empty() : Optional.of(new Dense(width, Squash.values()[squash])),
                normalize,
                longest);
    }

    /**
     * From a word such as {@code mean}, or several joined by {@code +}.
     *
     * @throws dev.decant.ModelException for another word, naming those there are
     */
    public static List<Pooling> poolings(String words) {
        return words.equals(NOT_KNOWN)
                ? List.of()
                : Arrays.stream(words.split("\\+")).map(Pooling::of).sorted().toList();
    }

    public boolean isKnown() {
        return !poolings.isEmpty();
    }

    /** The word that {@link #poolings} reads. */
    public String pooling() {
        return isKnown() ? poolings.stream().map(Pooling::word).collect(Collectors.joining("+")) : NOT_KNOWN;
    }

    /** As arguments of the architecture; only what differs from their defaults. */
    public Map<String, Object> arguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("pooling", pooling());
        if (normalize) {
            arguments.put("normalize", true);
        }
        dense.ifPresent(d -> {
            arguments.put("dense", d.width);
            arguments.put("dense_activation", d.activation.word());
        });
        if (longest > 0) {
            arguments.put("max_seq_length", longest);
        }
        return arguments;
    }

    /** Width of what the poolings give. */
    int pooledWidth(int width) {
        return width * poolings.size();
    }

    /**
     * The vector of each text, (N, D).
     *
     * @param hidden (N, S, C)
     * @param mask (N, S), 1 for a token
     * @param map the linear map, if there is one
     */
    Tensor embed(Tensor hidden, Tensor mask, Optional<Linear> map) {
        Tensor weights = mask.to(hidden.dtype());
        List<Tensor> parts = poolings.stream().map(p -> p.of(hidden, weights)).toList();
        Tensor vector = parts.size() == 1 ? parts.get(0) : Tensor.cat(parts, 1);
        if (map.isPresent()) {
            vector = map.get().forward(vector);
            vector = dense.orElseThrow().activation == Squash.TANH ? vector.tanh() : vector;
        }
        return normalize ? vector.div(vector.norm(1, true).clampMin(1e-12)) : vector;
    }
}
