package dev.decant.cli;

import dev.decant.bench.Doctor;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code decant doctor}. */
@Command(name = "doctor", description = "Shows what was found on this machine and how fast it computes.")
final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        Doctor found = Doctor.examine();
        System.out.print(json ? found.toJson() + "\n" : found.toText());
        return 0;
    }
}
