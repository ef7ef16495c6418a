package dev.decant.benchmark;

import com.sun.management.OperatingSystemMXBean;
import dev.decant.tensor.Engine;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Prints the cost of gates: the time of the same step with and without them, alternating in one process.
 *
 * <p>Arguments: workloads separated by commas, the number of steps of each kind, and precisions separated by commas.
 */
final class GateCost {

    private static final int WARM_UP = 2;
    private static final OperatingSystemMXBean MACHINE =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private GateCost() {}

    public static void main(String[] args) {
        Engine.tuneProcess();
        int steps = Integer.parseInt(args[1]);
        System.out.println(
                """
                | workload | precision | without ms | with gates ms | cost | quartiles | cost in CPU time |
                |---|---|---|---|---|---|---|""");
        for (String work : args[0].split(",", -1)) {
            for (String precision : args[2].split(",", -1)) {
                System.out.println(row(Work.of(work), precision.equals("bf16"), steps));
            }
        }
    }

    /**
     * Time of one step.
     *
     * @param wall milliseconds
     * @param cpu CPU milliseconds of all threads; other processes disturb it less
     */
    private record Time(double wall, double cpu) {}

    /** The cost is the median of the ratios of neighboring steps, minus 1. */
    private static String row(Work work, boolean bf16, int steps) {
        Stepper stepper = new Stepper(work, bf16, true);
        List<Time> without = new ArrayList<>();
        List<Time> with = new ArrayList<>();
        for (int i = -WARM_UP; i < steps; i++) {
            List<Time> pair = List.of(time(stepper, false), time(stepper, true));
            if (i >= 0) {
                without.add(pair.get(0));
                with.add(pair.get(1));
            }
        }
        double[] cost = costs(without, with, Time::wall);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.1f | %.1f | **%.1f %%** | %.1f to %.1f %% | %.1f %% |",
                work.name().toLowerCase(Locale.ROOT),
                bf16 ? "bf16" : "fp32",
                Comparison.median(without.stream().mapToDouble(Time::wall).toArray()),
                Comparison.median(with.stream().mapToDouble(Time::wall).toArray()),
                Comparison.median(cost),
                cost[steps / 4],
                cost[3 * steps / 4],
                Comparison.median(costs(without, with, Time::cpu)));
    }

    /** Costs in percent, ascending. */
    private static double[] costs(List<Time> without, List<Time> with, ToDoubleFunction<Time> of) {
        return IntStream.range(0, with.size())
                .mapToDouble(i -> 100 * (of.applyAsDouble(with.get(i)) / of.applyAsDouble(without.get(i)) - 1))
                .sorted()
                .toArray();
    }

    private static Time time(Stepper stepper, boolean gated) {
        stepper.gate(gated);
        long start = System.nanoTime();
        long cpu = MACHINE.getProcessCpuTime();
        stepper.run();
        return new Time((System.nanoTime() - start) / 1e6, (MACHINE.getProcessCpuTime() - cpu) / 1e6);
    }
}
