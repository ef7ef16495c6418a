package dev.decant.recipe;

import dev.decant.recipe.InvalidSpecException.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects what is wrong with the components of one record, and throws it all at the end. */
public final class Checks {

    private final List<Finding> findings = new ArrayList<>();

    public void that(boolean holds, String key, String message) {
        if (!holds) {
            findings.add(new Finding(key, message));
        }
    }

    public void atLeast(String key, double value, double least) {
        that(value >= least, key, "must be at least " + text(least) + ", got " + text(value));
    }

    public void atLeast(String key, Optional<? extends Number> value, double least) {
        value.ifPresent(v -> atLeast(key, v.doubleValue(), least));
    }

    public void above(String key, double value, double bound) {
        that(value > bound, key, "must be greater than " + text(bound) + ", got " + text(value));
    }

    public void above(String key, Optional<? extends Number> value, double bound) {
        value.ifPresent(v -> above(key, v.doubleValue(), bound));
    }

    public void within(String key, double value, double least, double most) {
        that(
                value >= least && value <= most,
                key,
                "must be from " + text(least) + " to " + text(most) + ", got " + text(value));
    }

    public void notBlank(String key, String value) {
        that(!value.isBlank(), key, "must not be empty");
    }

    /** A name that becomes a folder must not lead out of the one it is in. */
    void folderName(String key, String name) {
        that(
                !name.contains("/") && !name.contains("\\") && !name.startsWith("."),
                key,
                "must not contain a slash or begin with a dot, got '" + name + "'");
    }

    /** Stages are numbered from 1 to 4; each may be listed once. */
    void stages(String key, List<Integer> stages) {
        Set<Integer> seen = new HashSet<>();
        boolean right = stages.stream().allMatch(s -> s >= 1 && s <= 4 && seen.add(s));
        that(right, key, "must be different numbers from 1 to 4, got " + stages);
    }

    public void done() {
        if (!findings.isEmpty()) {
            throw new InvalidSpecException(findings);
        }
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
