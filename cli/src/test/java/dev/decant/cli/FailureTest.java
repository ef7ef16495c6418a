package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistake of the user's is exit code 2; one of ours is exit code 1 and one line. */
class FailureTest {

    @Test
    void ourOwnMistakeIsOneLineAndCodeOne() {
        CommandLineRun run = CommandLineRun.of(() -> Main.fail(new IllegalArgumentException("a flaw"), false));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines())
                .containsExactly("decant: unexpected failure: java.lang.IllegalArgumentException: a flaw;"
                        + " this is a mistake in Decant, --verbose shows where");
    }

    @Test
    void verboseAddsTheStackTrace() {
        CommandLineRun run = CommandLineRun.of(() -> Main.fail(new IllegalStateException("a flaw"), true));
        assertThat(run.err()).contains("a flaw; this is", "\tat dev.decant.cli.FailureTest");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inspect nonesuch | no model 'nonesuch'",
                "inspect vit_small_patch16_224 --set model.depth=none | depth: expected",
                "inspect swin_nano --set model.img_size=16 | leaves a grid of",
                "inspect vit_small_patch16_224 --set model.num_heads=7 | does not divide by 7 heads",
            })
    void aMistakeOfTheUsersIsCodeTwo(String line, String message) {
        CommandLineRun.of(line.split(" ")).isRefused(2, message);
    }
}
