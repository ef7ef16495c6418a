package dev.decant.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an operation was told besides its tensors, by name: {@code dim 1, keep true}. */
public final class Attributes {

    static final Attributes NONE = new Attributes();

    private final Object[] namesAndValues;

    private Attributes(Object... namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /** Names and values in turn; values are {@code Long}, {@code Double}, {@code Boolean}, {@code long[]} or {@code DType}. */
    static Attributes of(Object... namesAndValues) {
        return new Attributes(namesAndValues);
    }

    /** The values by name, an array as a list. */
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            values.put(
                    String.valueOf(namesAndValues[i]),
                    value instanceof long[] list ? Arrays.stream(list).boxed().toList() : value);
        }
        return values;
    }

    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        values().forEach((name, value) -> words.add(name + " " + value));
        return String.join(", ", words);
    }
}
