package dev.decant.quantize;

import dev.decant.ModelException;
import dev.decant.model.Network;
import dev.decant.nn.Slot;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Which slots of a network get which quantizer.
 *
 * <p>By default every weight, every looked-up table of words and every activation around a product, as in TernaryBERT (Zhang et
 * al. 2020, arXiv 2009.12812, and the code of Kim et al. 2022, arXiv 2211.11014): inputs of all linear maps, queries, keys, values and
 * probabilities. In full precision stay what the network keeps ({@link Network#precise}: classifiers, stems, tables of positions
 * and segments), norms, biases, scores. Unlike there, switching activations off leaves none of them on.
 *
 * @param weights makes the quantizer of a weight, from the weight; absent to leave weights alone
 * @param embeddings the same for tables of words
 * @param activations makes the quantizer of an activation
 * @param include if there are any, only slots whose path one of them matches ({@code *} stands for anything)
 * @param exclude never slots whose path one of them matches
 */
public record Placement(
        Optional<Function<Tensor, CodeQuantizer>> weights,
        Optional<Function<Tensor, CodeQuantizer>> embeddings,
        Optional<Function<Tensor, CodeQuantizer>> activations,
        List<String> include,
        List<String> exclude) {

    public Placement {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** A slot and what sits in it. */
    public record Placed(String path, Slot.Kind kind, String quantizer) {}

    /**
     * Fills the slots. What was in a slot before gives way.
     *
     * @return what was placed, in the order of the network
     * @throws ModelException if a pattern of {@code include} or {@code exclude} matches no slot
     */
    public List<Placed> attach(Network network) {
        Map<String, Slot> slots = network.slots();
        requireMatches(include, slots);
        requireMatches(exclude, slots);
        Map<String, Tensor> state = network.state();
        List<Placed> placed = new ArrayList<>();
        chosen(network).forEach((path, slot) -> maker(slot.kind()).ifPresent(make -> {
            CodeQuantizer quantizer =
                    make.apply(Optional.ofNullable(state.get(path)).orElseGet(() -> Tensor.zeros(1)));
            slot.fill(quantizer);
            placed.add(new Placed(path, slot.kind(), quantizer.description() + ", " + words(quantizer.grouping())));
        }));
        return placed;
    }

    /** The slots that a quantizer may sit in, whatever kinds are asked for. */
    public Map<String, Slot> chosen(Network network) {
        Map<String, Slot> chosen = new LinkedHashMap<>();
        List<String> precise = network.fullPrecisionModules();
        network.slots().forEach((path, slot) -> {
            boolean kept = precise.stream().anyMatch(p -> path.startsWith(p + "."));
            boolean wanted = include.isEmpty() || matches(include, path);
            if (!kept && wanted && !matches(exclude, path)) {
                chosen.put(path, slot);
            }
        });
        return chosen;
    }

    /** Paths of weights and tables that are in full precision: no quantizer sits on them. */
    public static List<String> leftPrecise(Network network) {
        List<String> left = new ArrayList<>();
        network.slots().forEach((path, slot) -> {
            if (slot.kind() != Slot.Kind.ACTIVATION && !slot.isFilled()) {
                left.add(path);
            }
        });
        return left;
    }

    /** Empties every slot. */
    public static void detach(Network network) {
        network.slots().values().forEach(Slot::clear);
    }

    private Optional<Function<Tensor, CodeQuantizer>> maker(Slot.Kind kind) {
        return switch (kind) {
            case WEIGHT -> weights;
            case EMBEDDING -> embeddings;
            case ACTIVATION -> activations;
        };
    }

    private static void requireMatches(List<String> patterns, Map<String, Slot> slots) {
        for (String pattern : patterns) {
            if (slots.keySet().stream().noneMatch(path -> matches(List.of(pattern), path))) {
                throw new ModelException("quantize: no slot matches '" + pattern + "'; there are "
                        + String.join(", ", slots.keySet().stream().limit(8).toList())
                        + (slots.size() > 8 ? ", ... (" + slots.size() + " in all; see decant inspect)" : ""));
            }
        }
    }

    private static boolean matches(List<String> patterns, String path) {
        return patterns.stream().anyMatch(p -> path.matches(Pattern.quote(p).replace("*", "\\E.*\\Q")));
    }

    private static String words(Grouping grouping) {
        return switch (grouping.kind()) {
            case TENSOR -> "per tensor";
            case ROW -> "per row";
            case TOKEN -> "per token";
            case BLOCK -> "per block of " + grouping.block();
        };
    }
}
