package dev.decant.report;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.decant.bench.LatencyRow;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * One model in the table that a run ends with.
 *
 * @param name as the reader should see it, such as {@code resnet18 from vit_small}
 * @param metrics scores, mean over seeds, in percent where they are shares
 * @param spread standard deviation over seeds; empty with a single seed
 * @param gain {@code metrics} minus the control's; empty for the teacher and the control themselves
 * @param gainSpread standard deviation of the gain over seeds
 * @param latencyMs median time of one call in milliseconds, by batch size; empty if it was not measured
 */
public record TableRow(
        String name,
        Role role,
        Map<String, Double> metrics,
        Map<String, Double> spread,
        Map<String, Double> gain,
        Map<String, Double> gainSpread,
        long parameters,
        long bytes,
        Map<Integer, Double> latencyMs) {

    /** What a row stands for. */
    public enum Role {
        TEACHER,
        /** The student trained without the teacher. */
        CONTROL,
        DISTILLED,
        PRUNED,
        QUANTIZED,
        OTHER;

        @JsonValue
        String json() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the row is measured against the teacher and the control rather than being one of them. */
        boolean isOutcome() {
            return this != TEACHER && this != CONTROL;
        }
    }

    public TableRow {
        metrics = Copies.of(metrics);
        spread = Copies.of(spread);
        gain = Copies.of(gain);
        role = Objects.requireNonNullElse(role, Role.OTHER);
        gainSpread = Copies.of(gainSpread);
        latencyMs = Copies.sorted(latencyMs);
    }

    /**
     * The row of a model from its scores and its costs.
     *
     * @param control scores of the same student alone, {@link Scores#NONE} for none; of no effect on a teacher's or a
     *     control's row
     */
    public static TableRow of(Role role, Scores scores, Scores control, LatencyRow cost) {
        Scores.Difference gain = role.isOutcome() ? scores.minus(control) : Scores.Difference.NONE;
        Map<Integer, Double> medians = new LinkedHashMap<>();
        cost.latencyMs().forEach((batch, latency) -> medians.put(batch, latency.p50()));
        return new TableRow(
                cost.name(),
                role,
                scores.mean(),
                scores.spread(),
                gain.mean(),
                gain.spread(),
                cost.parameters(),
                cost.bytes(),
                medians);
    }
}
