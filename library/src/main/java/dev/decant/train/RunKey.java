package dev.decant.train;

/**
 * Which training produced a logged line: a stage of the recipe, the run within it, and its seed.
 *
 * @param stage name of the stage, such as {@code distill}
 * @param run {@code student}, or {@code control} for the same student trained without its teacher
 */
public record RunKey(String stage, String run, long seed) {

    /** Name of the run that trains without a teacher; reports draw it dashed. */
    public static final String CONTROL = "control";
}
