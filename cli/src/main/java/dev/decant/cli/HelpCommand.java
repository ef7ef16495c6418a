package dev.decant.cli;

import dev.decant.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decant help recipe check}: what {@code decant recipe check --help} prints. */
@Command(name = "help", description = "Prints how a command is used.")
final class HelpCommand implements Callable<Integer> {

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command, such as: recipe check.")
    private List<String> path = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        CommandLine line = spec.root().commandLine();
        for (String name : path) {
            CommandLine next = line.getSubcommands().get(name);
            if (next == null) {
                throw new InputException("no command '" + String.join(" ", path) + "'; there are: " + known(line));
            }
            line = next;
        }
        line.usage(System.out);
        return 0;
    }

    private static String known(CommandLine line) {
        String above = line.getCommandSpec().qualifiedName().replaceFirst("^decant ?", "");
        return line.getSubcommands().keySet().stream()
                .map(name -> (above + " " + name).strip())
                .collect(Collectors.joining(", "));
    }
}
