package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command says how it is used, in each of the two ways in which one asks. */
class HelpTest {

    @ParameterizedTest
    @MethodSource("commands")
    void optionHelpPrintsTheUsage(List<String> command) {
        assertUsage(command, with(command, command.size(), "--help"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpOfACommandPrintsTheUsage(List<String> command) {
        assertUsage(command, with(command, 0, "help"));
    }

    @Test
    void helpOfAnUnknownCommandIsRefused() {
        CommandLineRun.of("help", "recipe", "chek")
                .isRefused(2, "no command 'recipe chek'; there are: recipe check, recipe explain");
    }

    @Test
    void completionPrintsAScriptForTheShell() {
        CommandLineRun run = CommandLineRun.of("completion");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("complete -F _complete_decant").contains("_picocli_decant_recipe_check");
    }

    private static void assertUsage(List<String> command, List<String> line) {
        CommandLineRun run = CommandLineRun.of(line.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith("Usage: " + String.join(" ", with(command, 0, "decant")));
    }

    private static List<String> with(List<String> words, int at, String word) {
        List<String> all = new ArrayList<>(words);
        all.add(at, word);
        return all;
    }

    static Stream<List<String>> commands() {
        return below(new Main().commandLine(), List.of());
    }

    /** The command and all under it, as they are typed. */
    private static Stream<List<String>> below(CommandLine line, List<String> path) {
        return Stream.concat(
                Stream.of(path),
                line.getSubcommands().entrySet().stream()
                        .filter(e -> !e.getKey().equals("help"))
                        .flatMap(e -> below(e.getValue(), with(path, path.size(), e.getKey()))));
    }
}
