package dev.decant.benchmark;

import java.util.List;

/**
 * The settings of both sides in a comparison.
 *
 * @param decant precision of Decant; {@code auto} is the engine's own choice: bf16 if the CPU supports it
 * @param python alternative options of {@code step.py}; the fastest in a short trial is used
 */
record Setting(String name, String decant, List<List<String>> python) {

    /** Both in fp32, each in its default memory layout. */
    private static final Setting SAME = new Setting("same math (fp32)", "fp32", List.of(List.of()));

    /** Defaults of both: Python fp32, Decant bf16 if the CPU supports it. */
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
