package dev.decant.benchmark;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the same training steps in Python and in Decant, alternating, and prints both times and their ratio as a table. */
@Command(
        name = "benchmark/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs the same training steps in Python and in Decant by turns and prints a Markdown table."
                + " Nothing else should run on the machine.")
final class SideBySide implements Callable<Integer> {

    private static final int TRIAL_STEPS = 3;

    @Option(names = "--work", split = ",", description = "a, b, c, d, e (default: all)")
    private List<String> works = List.of("a", "b", "c", "d", "e");

    @Option(names = "--setting", split = ",", description = "same, defaults, best (default: all)")
    private List<String> settings = List.of("same", "defaults", "best");

    @Option(names = "--steps", description = "counted steps of each side (default: ${DEFAULT-VALUE})")
    private int steps = 15;

    @Option(names = "--warmup", description = "steps of each side before (default: ${DEFAULT-VALUE})")
    private int warmup = 4;

    @Option(names = "--python", required = true, description = "an interpreter that has torch, timm and transformers")
    private String python = "python3";

    @Option(names = "--script", required = true, description = "Python's side of it")
    private Path script = Path.of("benchmark/python/step.py");

    private SideBySide() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SideBySide()).execute(args));
    }

    @Override
    public Integer call() {
        System.out.println(Comparison.HEADER);
        for (String work : works) {
            for (String word : settings) {
                System.out.println(compare(work, Setting.of(word)).row());
            }
        }
        return 0;
    }

    private Comparison compare(String work, Setting setting) {
        List<String> options = fastest(work, setting);
        double[][] ms = new double[2][steps];
        try (Server py = new Server(python(work, options, warmup));
                Server decant = new Server(decant(work, setting.decant()))) {
            requireSameSize(py, decant);
            for (int i = 0; i < steps; i++) {
                ms[0][i] = py.ask("step");
                ms[1][i] = decant.ask("step");
            }
            String ran = options.isEmpty() ? "none" : String.join(" ", options);
            String precision = decant.about().path("precision").asText();
            return new Comparison(work, setting.name(), ran, precision, ms, py.ask("peak"), decant.ask("peak"));
        }
    }

    private List<String> fastest(String work, Setting setting) {
        List<String> best = setting.python().get(0);
        if (setting.python().size() == 1) {
            return best;
        }
        double least = Double.POSITIVE_INFINITY;
        for (List<String> options : setting.python()) {
            try (Server server = new Server(python(work, options, 2))) {
                double[] ms = new double[TRIAL_STEPS];
                for (int i = 0; i < ms.length; i++) {
                    ms[i] = server.ask("step");
                }
                if (Comparison.median(ms) < least) {
                    least = Comparison.median(ms);
                    best = options;
                }
            }
        }
        return best;
    }

    private static void requireSameSize(Server a, Server b) {
        for (String key : List.of("student_parameters", "branch_parameters")) {
            if (a.about().path(key).asLong() != b.about().path(key).asLong()) {
                throw new IllegalStateException("the two sides do different work: " + a.about() + " " + b.about());
            }
        }
    }

    private List<String> python(String work, List<String> options, int warm) {
        List<String> command = new ArrayList<>(
                List.of(python, script.toString(), "--work", work, "--serve", "--warmup", Integer.toString(warm)));
        command.addAll(options);
        return command;
    }

    /** The command of a JVM with the same settings as this one. */
    private List<String> decant(String work, String precision) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StepServer.class.getName()));
        command.addAll(List.of("--work", work, "--precision", precision, "--warmup", Integer.toString(warmup)));
        return command;
    }
}
