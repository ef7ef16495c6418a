package dev.decant.run;

import dev.decant.stage.RunListener;
import dev.decant.train.LogEntry;
import dev.decant.train.RunKey;
import java.nio.file.Path;
import java.util.Arrays;

/** A process that runs the tiny recipe and says on stdout what it is doing, so that it can be killed there. */
final class TinyRun {

    private TinyRun() {}

    /** Arguments: the run folder, then {@code --set} values. */
    public static void main(String[] args) {
        RunListener aloud = new RunListener() {
            @Override
            public void stepped(RunKey key, long step, double loss) {
                System.out.println(name(key) + " step " + step);
            }

            @Override
            public void logged(LogEntry entry) {
                if (!entry.metrics().isEmpty()) {
                    System.out.println(name(entry.key()) + " scored " + entry.step());
                }
            }

            @Override
            public void ended(RunKey key, java.util.Map<String, Double> metrics) {
                System.out.println(name(key) + " ended");
            }
        };
        String[] sets = Arrays.copyOfRange(args, 1, args.length);
        Runner.run(TinyRecipe.read(sets), TinyRecipe.YAML, Path.of(args[0]), true, aloud);
        System.out.println("done");
    }

    private static String name(RunKey key) {
        return key.stage() + " " + key.run() + " " + key.seed();
    }
}
