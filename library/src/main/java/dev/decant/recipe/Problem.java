package dev.decant.recipe;

/**
 * One mistake in a recipe.
 *
 * @param source file as the user named it, or the {@code --set} that brought the value
 * @param line from 1; 0 when the source has no lines
 * @param column from 1; 0 when the source has no lines
 * @param path place in the recipe, such as {@code recipe.stages[0].distill.terms[1]}; empty if the text cannot be read at all
 */
public record Problem(String source, int line, int column, String path, String message) {

    /** The same mistake by its path alone, where the recipe is no file. */
    Problem withoutPlace() {
        return line == 0 ? this : new Problem(path, 0, 0, "", message);
    }

    @Override
    public String toString() {
        String place = line > 0 ? source + ":" + line + ":" + column : source;
        return path.isEmpty() || line == 0 ? place + ": " + message : place + " " + path + ": " + message;
    }
}
