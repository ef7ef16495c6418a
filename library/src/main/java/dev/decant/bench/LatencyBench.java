package dev.decant.bench;

import dev.decant.distill.Teacher;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Times forward passes of several models side by side: rounds go model by model, so that a machine that slows down
 * slows them all.
 */
public final class LatencyBench {

    static final List<Integer> BATCHES = List.of(1, 16);

    private static final int WARM_UP = 3;
    private static final long WINDOW_NANOS = 250_000_000;
    private static final double QUIET = 0.1; // share of a window that the JVM may still spend compiling what runs often
    private static final long LONGEST_NANOS = 5_000_000_000L;
    private static final long BUDGET_NANOS = 600_000_000; // for each model and batch size
    private static final int FEWEST = 5;
    private static final int MOST = 60;

    private LatencyBench() {}

    /** What is timed: one forward pass, and nothing around it. */
    @FunctionalInterface
    public interface Pass {

        /** Runs a batch of random examples; returns milliseconds. */
        double time(int batch);

        static Pass of(Network model) {
            return batch -> LatencyBench.time(model, batch);
        }

        /** Of a teacher's network, or, where there is none, of all that it can answer. */
        static Pass of(Teacher teacher) {
            return teacher.network().map(Pass::of).orElse(batch -> LatencyBench.time(teacher, batch));
        }
    }

    /** Median and ninth decile by model and batch size, in fp32 on the CPU, on random examples. */
    public static Map<String, Map<Integer, Latency>> measure(Map<String, Pass> models) {
        Map<String, Map<Integer, Latency>> result = new LinkedHashMap<>();
        models.keySet().forEach(name -> result.put(name, new LinkedHashMap<>()));
        for (int batch : BATCHES) {
            measure(models, batch).forEach((name, latency) -> result.getOrDefault(name, new LinkedHashMap<>())
                    .put(batch, latency));
        }
        return result;
    }

    private static Map<String, Latency> measure(Map<String, Pass> models, int batch) {
        Map<String, double[]> times = new LinkedHashMap<>();
        int rounds = MOST;
        for (var model : models.entrySet()) {
            double last = warmUp(model.getValue(), batch);
            rounds = Math.min(rounds, (int) Math.max(FEWEST, BUDGET_NANOS / 1e6 / last));
        }
        for (String name : models.keySet()) {
            times.put(name, new double[rounds]);
        }
        for (int round = 0; round < rounds; round++) {
            for (var model : models.entrySet()) {
                times.getOrDefault(model.getKey(), new double[rounds])[round] =
                        model.getValue().time(batch);
            }
        }
        Map<String, Latency> result = new LinkedHashMap<>();
        times.forEach((name, t) -> {
            Arrays.sort(t);
            result.put(name, new Latency(t[t.length / 2], t[(int) (t.length * 0.9)]));
        });
        return result;
    }

    /** Runs until the JVM has compiled what runs often: its compiler shares the cores. Returns what the last pass took. */
    private static double warmUp(Pass model, int batch) {
        long start = System.nanoTime();
        double last = 0;
        int passes = 0;
        boolean isQuiet = false;
        while (passes < WARM_UP || (!isQuiet && System.nanoTime() - start < LONGEST_NANOS)) {
            long from = System.nanoTime();
            double before = compiledMs();
            do {
                last = model.time(batch);
                passes++;
            } while (System.nanoTime() - from < WINDOW_NANOS);
            isQuiet = (compiledMs() - before) * 1e6 < QUIET * (System.nanoTime() - from);
        }
        return last;
    }

    private static double compiledMs() {
        return Optional.ofNullable(ManagementFactory.getCompilationMXBean())
                .filter(CompilationMXBean::isCompilationTimeMonitoringSupported)
                .map(CompilationMXBean::getTotalCompilationTime)
                .orElse(0L);
    }

    /** One forward pass, in milliseconds. */
    static double time(Network model, int batch) {
        try (Module.Evaluating evaluating = model.evaluating();
                Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Inputs inputs = model.sample(batch);
            long start = System.nanoTime();
            model.forward(inputs, Trace.none()).sum().item();
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static double time(Teacher teacher, int batch) {
        try (Scope scope = Scope.open()) {
            Inputs inputs = teacher.signature().input().sample(batch);
            long start = System.nanoTime();
            Trace answer = teacher.answer(
                    inputs, Teacher.NO_INDICES, teacher.signature().taps().keySet());
            answer.get(teacher.signature().taps().keySet().iterator().next())
                    .sum()
                    .item();
            return (System.nanoTime() - start) / 1e6;
        }
    }
}
