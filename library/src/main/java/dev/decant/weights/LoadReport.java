package dev.decant.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the tensors of a checkpoint met those of a model.
 *
 * @param loaded how many were set
 * @param missing names of the model that the checkpoint lacks
 * @param unexpected names of the checkpoint, after the key map, that the model lacks
 * @param misshapen tensors of another shape or kind, each as "name: expected F32 (10, 64), found F32 (100, 64)"
 * @param nonFinite tensors that hold NaN or infinity
 */
public record LoadReport(
        Path source,
        int loaded,
        List<String> missing,
        List<String> unexpected,
        List<String> misshapen,
        List<String> nonFinite) {

    private static final int SHOWN = 5;

    public LoadReport {
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
        misshapen = List.copyOf(misshapen);
        nonFinite = List.copyOf(nonFinite);
    }

    /** Did every tensor find its place? */
    public boolean matches() {
        return missing.isEmpty() && unexpected.isEmpty() && misshapen.isEmpty();
    }

    /** All of it in one line; of long lists the first five names and a count. */
    public String summary() {
        List<String> parts = new ArrayList<>();
        add(parts, "missing", missing);
        add(parts, "unexpected", unexpected);
        add(parts, "misshapen", misshapen);
        add(parts, "with NaN or infinity", nonFinite);
        return source + ": " + (parts.isEmpty() ? loaded + " tensors loaded" : String.join("; ", parts));
    }

    private static void add(List<String> parts, String what, List<String> names) {
        if (!names.isEmpty()) {
            List<String> shown = names.subList(0, Math.min(SHOWN, names.size()));
            String rest = names.size() > SHOWN ? ", and " + (names.size() - SHOWN) + " more" : "";
            parts.add(names.size() + " " + what + " (" + String.join(", ", shown) + rest + ")");
        }
    }
}
