package dev.decant.recipe;

import dev.decant.UserException;
import java.util.List;
import java.util.stream.Collectors;

/** Values that do not go together in one record: all of them at once, each with the key it is about. */
public final class InvalidSpecException extends UserException {

    /**
     * @param key path from the record, such as {@code epochs} or {@code stages[0].distill.terms[1].teacher}; empty for
     *     the record itself
     */
    public record Finding(String key, String message) {
        @Override
        public String toString() {
            return key.isEmpty() ? message : key + ": " + message;
        }
    }

    private final transient List<Finding> findings;

    InvalidSpecException(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("; ")));
        this.findings = List.copyOf(findings);
    }

    public List<Finding> findings() {
        return findings;
    }
}
