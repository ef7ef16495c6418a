package dev.decant.benchmark;

import java.util.List;

/**
 * What is compared with what.
 *
 * @param decant precision on Decant's side; {@code auto} is what the engine takes by itself, bf16 where the CPU has it
 * @param python options of {@code step.py}; where there are several, the fastest in a short trial is taken
 */
record Setting(String name, String decant, List<List<String>> python) {

    /** Both in fp32, each in the memory layout it takes by itself. */
    private static final Setting SAME = new Setting("same math (fp32)", "fp32", List.of(List.of()));

    /** What each does when nothing is set: Python fp32, Decant bf16 where the CPU has it. */
    private static final Setting DEFAULTS = new Setting("defaults", "auto", List.of(List.of()));

    private static final Setting BEST = new Setting(
            "Python's best",
            "auto",
            List.of(
                    List.of("--fused", "--precision", "bf16"),
                    List.of("--fused", "--precision", "bf16", "--channels-last"),
                    List.of("--fused", "--channels-last")));

    static Setting of(String word) {
        return switch (word) {
            case "same" -> SAME;
            case "defaults" -> DEFAULTS;
            case "best" -> BEST;
            default -> throw new IllegalArgumentException("no setting '" + word + "'; expected same, defaults or best");
        };
    }
}
