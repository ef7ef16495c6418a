package dev.decant.recipe.internal;

import dev.decant.recipe.Problem;
import dev.decant.recipe.RecipeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** The mistakes found so far. */
public final class Problems {

    private final List<Problem> found = new ArrayList<>();

    /** A mistake of a source as a whole. */
    public void add(String source, String message) {
        found.add(new Problem(source, 0, 0, "", message));
    }

    public void add(Node node, String path, String message) {
        add(node.getStartMark(), path, message);
    }

    public void add(Optional<Mark> mark, String path, String message) {
        String source = mark.map(Mark::getName).orElse("default");
        boolean hasLines = mark.isPresent() && !source.startsWith("--set ");
        int line = hasLines ? mark.get().getLine() + 1 : 0;
        int column = hasLines ? mark.get().getColumn() + 1 : 0;
        Problem problem = new Problem(source, line, column, path, message);
        if (!found.contains(problem)) { // what an alias repeats is one mistake
            found.add(problem);
        }
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** All mistakes in the order of their lines. */
    public RecipeException exception() {
        return new RecipeException(
                found.stream().sorted(Comparator.comparingInt(Problem::line)).toList());
    }
}
