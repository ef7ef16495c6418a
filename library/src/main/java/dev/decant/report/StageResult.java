package dev.decant.report;

import java.util.Map;
import java.util.Objects;

/**
 * What one stage reached. {@code metrics} and {@code control} are plain numbers by name, the mean where there are
 * several seeds; what does not apply is empty, never left out.
 *
 * @param name the stage, as the recipe names it
 * @param metrics scores of the student after the stage
 * @param control scores of the same student trained without its teacher; empty where the stage has no control
 * @param seconds wall-clock time of the stage, all seeds and the control
 * @param gain {@code metrics} minus {@code control}
 * @param spread standard deviations over seeds of the three
 * @param seeds the scores of each seed
 */
public record StageResult(
        String name,
        Map<String, Double> metrics,
        Map<String, Double> control,
        double seconds,
        Map<String, Double> gain,
        Spread spread,
        Seeds seeds) {

    public StageResult {
        metrics = Copies.of(metrics);
        control = Copies.of(control);
        gain = Copies.of(gain);
        spread = Objects.requireNonNullElse(spread, Spread.NONE);
        seeds = Objects.requireNonNullElse(seeds, Seeds.NONE);
    }

    /** The result of a stage from the scores of its seeds; pass {@link Scores#NONE} for a stage without control. */
    public static StageResult of(String name, Scores scores, Scores control, double seconds) {
        Scores.Difference gain = scores.minus(control);
        return new StageResult(
                name,
                scores.mean(),
                control.mean(),
                seconds,
                gain.mean(),
                new Spread(scores.spread(), control.spread(), gain.spread()),
                scores.bySeed().size() > 1 ? new Seeds(scores.byName(), control.byName()) : Seeds.NONE);
    }

    /** Standard deviations over seeds, by metric. */
    public record Spread(Map<String, Double> metrics, Map<String, Double> control, Map<String, Double> gain) {

        static final Spread NONE = new Spread(Map.of(), Map.of(), Map.of());

        public Spread {
            metrics = Copies.of(metrics);
            control = Copies.of(control);
            gain = Copies.of(gain);
        }
    }

    /** Scores by seed and metric. */
    public record Seeds(Map<String, Map<String, Double>> metrics, Map<String, Map<String, Double>> control) {

        static final Seeds NONE = new Seeds(Map.of(), Map.of());

        public Seeds {
            metrics = Copies.of(metrics);
            control = Copies.of(control);
        }
    }
}
