package dev.decant.recipe.internal;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;

/** What to say of a key or a kind that a recipe gives and that does not exist. */
final class UnknownName {

    private UnknownName() {}

    /**
     * A key: its new name, the kinds that it belongs to, or a guess.
     *
     * @param choice the record that is chosen for a sealed interface that is flattened into {@code record}
     */
    static String key(String key, Class<?> record, Optional<Class<?>> choice) {
        for (RecordComponent component : Shape.components(record, choice)) {
            if (Shape.wasCalled(component, key)) {
                return renamed(key, KebabCase.of(component.getName()));
            }
        }
        List<String> known = Shape.keys(record, choice);
        Class<?> kind = choice.orElse(record);
        List<String> owners = Shape.choiceOf(kind).map(s -> owners(key, s)).orElse(List.of());
        return owners.isEmpty()
                ? Nearest.unknown("key", key, known)
                : "'" + key + "' is a key of " + String.join(", ", owners) + ", not of " + KebabCase.of(kind)
                        + ", which " + (known.isEmpty() ? "has no keys" : "has " + String.join(", ", known));
    }

    private static List<String> owners(String key, Class<?> sealed) {
        return Shape.choices(sealed).entrySet().stream()
                .filter(c -> Shape.keys(c.getValue(), Optional.empty()).contains(key))
                .map(c -> c.getKey())
                .toList();
    }

    /** A choice of a sealed interface: its new name, or a guess. */
    static String kind(String name, Class<?> sealed) {
        var choices = Shape.choices(sealed);
        return choices.entrySet().stream()
                .filter(c -> Shape.wasCalled(c.getValue(), name))
                .map(c -> renamed(name, c.getKey()))
                .findFirst()
                .orElseGet(() -> Nearest.unknown(
                        Shape.isKeyedByName(sealed) ? "stage" : Shape.kindKey(sealed), name, choices.keySet()));
    }

    private static String renamed(String before, String now) {
        return "'" + before + "' is now called '" + now + "'";
    }
}
