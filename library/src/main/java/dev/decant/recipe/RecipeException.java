package dev.decant.recipe;

import dev.decant.UserException;
import java.util.List;
import java.util.stream.Collectors;

/** A recipe that cannot be used: its message has one line for each mistake. */
public final class RecipeException extends UserException {

    private final transient List<Problem> problems;

    public RecipeException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
