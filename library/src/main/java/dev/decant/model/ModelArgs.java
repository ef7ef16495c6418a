package dev.decant.model;

import dev.decant.ModelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The arguments a user gave for an architecture, read by type; {@link #finish} refuses those that nobody read.
 *
 * <p>Names are timm's; {@code embed-dim} and {@code embed_dim} are the same. Values may be numbers, booleans, strings or
 * lists of numbers, as YAML and JSON give them.
 */
public final class ModelArgs {

    private final String architecture;
    private final Map<String, Object> given = new LinkedHashMap<>();
    private final Map<String, Object> read = new TreeMap<>();

    public ModelArgs(String architecture, Map<String, Object> given) {
        this.architecture = architecture;
        given.forEach((k, v) -> this.given.put(k.replace('-', '_').toLowerCase(Locale.ROOT), v));
    }

    public int integer(String key, int otherwise) {
        Object v = value(key, otherwise);
        if (v instanceof Number n && n.doubleValue() == Math.rint(n.doubleValue())) {
            return positive(key, n.intValue());
        }
        throw wrong(key, "a whole number", v);
    }

    /** A whole number that may be 0. */
    public int count(String key, int otherwise) {
        Object v = value(key, otherwise);
        return v instanceof Number n && n.intValue() == 0 ? 0 : integer(key, otherwise);
    }

    public double number(String key, double otherwise) {
        Object v = value(key, otherwise);
        if (v instanceof Number n) {
            return n.doubleValue();
        }
        throw wrong(key, "a number", v);
    }

    public boolean flag(String key, boolean otherwise) {
        Object v = value(key, otherwise);
        if (v instanceof Boolean b) {
            return b;
        }
        throw wrong(key, "true or false", v);
    }

    public List<Integer> integers(String key, List<Integer> otherwise) {
        Object v = value(key, otherwise);
        if (!(v instanceof List<?> list) || list.isEmpty()) {
            throw wrong(key, "a list of whole numbers", v);
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof Number n)) {
                throw wrong(key, "a list of whole numbers", v);
            }
            numbers.add(positive(key, n.intValue()));
        }
        return List.copyOf(numbers);
    }

    /** Whole numbers, exactly as many as the architecture's own: one per stage. */
    public List<Integer> perStage(String key, List<Integer> otherwise) {
        List<Integer> numbers = integers(key, otherwise);
        if (numbers.size() != otherwise.size()) {
            throw wrong(key, otherwise.size() + " whole numbers, one per stage", numbers);
        }
        return numbers;
    }

    /** A number from 0 to below 1. */
    public double rate(String key, double otherwise) {
        double rate = number(key, otherwise);
        if (!(rate >= 0 && rate < 1)) {
            throw wrong(key, "a number from 0 to below 1", rate);
        }
        return rate;
    }

    /** A number above 0. */
    public double factor(String key, double otherwise) {
        double factor = number(key, otherwise);
        if (!(factor > 0 && Double.isFinite(factor))) {
            throw wrong(key, "a number above 0", factor);
        }
        return factor;
    }

    /** Numbers above 0; one alone stands for as many of it as the architecture has. */
    public List<Double> factors(String key, List<Double> otherwise) {
        Object v = value(key, otherwise);
        List<?> list = v instanceof List<?> l ? l : Collections.nCopies(otherwise.size(), v);
        List<Double> factors = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof Number n) || !(n.doubleValue() > 0) || list.size() != otherwise.size()) {
                throw wrong(key, "a number above 0 or a list of " + otherwise.size(), v);
            }
            factors.add(n.doubleValue());
        }
        return List.copyOf(factors);
    }

    /** Whole numbers by name; none unless given. */
    public Map<String, Integer> sizes(String key) {
        Object v = value(key, Map.of());
        if (!(v instanceof Map<?, ?> map)) {
            throw wrong(key, "whole numbers by name", v);
        }
        Map<String, Integer> sizes = new TreeMap<>();
        map.forEach((name, size) -> {
            if (!(size instanceof Number n)) {
                throw wrong(key + "." + name, "a whole number", size);
            }
            sizes.put(String.valueOf(name), n.intValue());
        });
        return sizes;
    }

    /** Words. */
    public String text(String key, String otherwise) {
        Object v = value(key, otherwise);
        if (v instanceof String s) {
            return s;
        }
        throw wrong(key, "words", v);
    }

    /** One of a few words. */
    public String choice(String key, String otherwise, List<String> choices) {
        Object v = value(key, otherwise);
        if (v instanceof String s && choices.contains(s)) {
            return s;
        }
        throw wrong(key, String.join(" or ", choices), v);
    }

    /** The arguments as given, for {@code config.json}. */
    public Map<String, Object> given() {
        return Map.copyOf(given);
    }

    /** Throws if an argument was given that the architecture does not have, naming those it has. */
    public void finish() {
        List<String> unknown =
                given.keySet().stream().filter(k -> !read.containsKey(k)).toList();
        if (!unknown.isEmpty()) {
            throw new ModelException(architecture + " has no argument '" + String.join("', '", unknown) + "'; it takes "
                    + String.join(", ", read.keySet()));
        }
    }

    private Object value(String key, Object otherwise) {
        read.put(key, otherwise);
        return given.getOrDefault(key, otherwise);
    }

    private int positive(String key, int n) {
        if (n < 1) {
            throw wrong(key, "at least 1", n);
        }
        return n;
    }

    private ModelException wrong(String key, String expected, Object found) {
        return new ModelException(architecture + "." + key + ": expected " + expected + ", got " + found);
    }
}
