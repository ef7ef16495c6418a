package dev.decant.model.multimodal;

import dev.decant.spec.ImageTextTask;
import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Weights of an X-VLM as another one wants them, which is built for another task or another size of images.
 *
 * <p>Names differ between tasks: pre-training has the text stack under {@code text_encoder.bert}, captions under {@code
 * text_decoder.bert}, the others under {@code text_encoder}. Both copies of a cross layer for statements about two images
 * begin as that layer; the decoder of answers begins as the cross layers. The table of positions is resized (bicubic).
 */
final class XvlmWeights {

    private static final Pattern LAYER = Pattern.compile("(.*\\.encoder\\.layer\\.)(\\d+)(\\..*)");
    private static final Pattern DERIVED =
            Pattern.compile(".*(\\.|^)position_ids|.*\\.cls\\.predictions\\.decoder\\..*");
    private static final Pattern SHARED = Pattern.compile(".*\\.crossattention\\.self\\.(key|value)\\..*");
    private static final Set<String> POSITIONS = Set.of("vision_encoder.pos_embed.weight", "vision_encoder.pos_embed");

    private final XvlmConfig config;
    private final Set<String> stored;

    private XvlmWeights(XvlmConfig config, Set<String> stored) {
        this.config = config;
        this.stored = stored;
    }

    /**
     * The same tensors under the network's names. What the network has no use for keeps its name, unless it follows from
     * the rest.
     */
    static StoredWeights fit(Xvlm network, StoredWeights given) {
        XvlmWeights names = new XvlmWeights(network.sizes(), given.tensors().keySet());
        Map<String, StoredTensor> fitted = new LinkedHashMap<>();
        Set<String> used = new LinkedHashSet<>();
        network.state().forEach((name, tensor) -> names.source(name).ifPresent(source -> {
            used.add(source);
            StoredTensor found =
                    Optional.ofNullable(given.tensors().get(source)).orElseThrow();
            fitted.put(name, (POSITIONS.contains(name) ? resized(found, tensor.shape()) : found).named(name));
        }));
        given.tensors().forEach((name, tensor) -> {
            if (!used.contains(name) && !names.follows(name)) {
                fitted.putIfAbsent(name, tensor);
            }
        });
        return new StoredWeights(given.source(), fitted, given.metadata());
    }

    /** Which stored tensor a tensor of the network begins as. */
    private Optional<String> source(String own) {
        String first = canonical(own);
        List<String> candidates = List.of(
                isSame() ? own : first,
                isSame()
                        ? numbered(own, i -> i < config.textLayers() ? i : i - (i - config.textLayers()) % copies())
                        : first,
                first,
                first.replaceFirst("^text_encoder\\.bert\\.", "text_encoder."),
                first.replaceFirst("^text_encoder\\.", "text_decoder."));
        return candidates.stream().filter(stored::contains).findFirst();
    }

    private int copies() {
        return config.copies();
    }

    /** Whether the file's text stack is laid out as the network's, whatever its heads. */
    private boolean isSame() {
        return switch (config.task()) {
            case ASSIGN, NLVR -> has("ta_head.") || has("cls_head.");
            case CAPTION -> !has("text_encoder.");
            case VQA -> has("text_decoder.");
            default -> true;
        };
    }

    private boolean has(String prefix) {
        return stored.stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** The name that pre-training has for it. */
    private String canonical(String own) {
        int text = config.textLayers();
        if (config.task() == ImageTextTask.VQA && own.startsWith("text_decoder.")) {
            return numbered(own, i -> text + i).replaceFirst("^text_decoder", "text_encoder");
        }
        String name = own.replaceFirst("^text_decoder\\.", "text_encoder.");
        if (name.startsWith("text_encoder.") && !name.matches("text_encoder\\.(bert|cls)\\..*")) {
            name = name.replaceFirst("^text_encoder\\.", "text_encoder.bert.");
        }
        return numbered(name, i -> i < text ? i : text + (i - text) / copies());
    }

    private static String numbered(String name, IntUnaryOperator number) {
        Matcher m = LAYER.matcher(name);
        return m.matches() ? m.group(1) + number.applyAsInt(Integer.parseInt(m.group(2))) + m.group(3) : name;
    }

    /** Tables of 0, 1, 2, ..., tied maps, and the second of two copies that share. */
    private boolean follows(String name) {
        boolean shared = config.task().showsTwo()
                && config.sharesKeys()
                && SHARED.matcher(name).matches();
        return DERIVED.matcher(name).matches() || shared;
    }

    /** ([1,] 1 + h h, C) to ([1,] 1 + g g, C): the class token's row as it is, the others as a picture. */
    private static StoredTensor resized(StoredTensor table, long[] wanted) {
        long[] shape = table.shape();
        int rank = shape.length;
        if (rank < 2 || rank != wanted.length || shape[rank - 1] != wanted[rank - 1] || Arrays.equals(shape, wanted)) {
            return table;
        }
        long width = shape[rank - 1];
        long from = Math.round(Math.sqrt((double) shape[rank - 2] - 1));
        long to = Math.round(Math.sqrt((double) wanted[rank - 2] - 1));
        if (from * from != shape[rank - 2] - 1) {
            return table;
        }
        try (Scope scope = Scope.open()) {
            Tensor all = table.toTensor().to(DType.F32).reshape(-1, width);
            Tensor grid =
                    all.narrow(0, 1, from * from).reshape(1, from, from, width).permute(0, 3, 1, 2);
            Tensor patches =
                    Ops.resizeBicubic(grid.contiguous(), to).permute(0, 2, 3, 1).reshape(to * to, width);
            Tensor rows = Tensor.cat(List.of(all.narrow(0, 0, 1), patches), 0);
            return StoredTensor.of(table.name(), rows.contiguous().floats(), wanted);
        }
    }
}
