package dev.decant.benchmark;

import java.util.Arrays;
import java.util.Locale;

/**
 * Prints what gates cost: the same step with and without them by turns, in one process.
 *
 * <p>Arguments: works separated by commas, the steps of either kind, and precisions separated by commas.
 */
final class GateCost {

    private static final int WARM_UP = 2;

    private GateCost() {}

    public static void main(String[] args) {
        int steps = Integer.parseInt(args[1]);
        System.out.println(
                """
                | work | precision | without ms | with gates ms | cost | quartiles |
                |---|---|---|---|---|---|""");
        for (String work : args[0].split(",", -1)) {
            for (String precision : args[2].split(",", -1)) {
                System.out.println(row(Work.of(work), precision.equals("bf16"), steps));
            }
        }
    }

    /** The cost is the median of neighbouring steps' ratios, less 1. */
    private static String row(Work work, boolean bf16, int steps) {
        Stepper stepper = new Stepper(work, bf16, true);
        double[] without = new double[steps];
        double[] with = new double[steps];
        for (int i = -WARM_UP; i < steps; i++) {
            double[] pair = {time(stepper, false), time(stepper, true)};
            if (i >= 0) {
                without[i] = pair[0];
                with[i] = pair[1];
            }
        }
        double[] cost = new double[steps];
        for (int i = 0; i < steps; i++) {
            cost[i] = 100 * (with[i] / without[i] - 1);
        }
        Arrays.sort(cost);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.1f | %.1f | **%.1f %%** | %.1f to %.1f %% |",
                work.name().toLowerCase(Locale.ROOT),
                bf16 ? "bf16" : "fp32",
                Comparison.median(without),
                Comparison.median(with),
                Comparison.median(cost),
                cost[steps / 4],
                cost[3 * steps / 4]);
    }

    private static double time(Stepper stepper, boolean gated) {
        stepper.gate(gated);
        long start = System.nanoTime();
        stepper.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
