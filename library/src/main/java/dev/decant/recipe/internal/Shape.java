package dev.decant.recipe.internal;

import dev.decant.recipe.Default;
import dev.decant.recipe.Flatten;
import dev.decant.recipe.KeyedByName;
import dev.decant.recipe.Singular;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the recipe types look like from the outside: their keys and choices. */
final class Shape {

    private Shape() {}

    /** Components in order, those of flattened records in their place. */
    static List<RecordComponent> components(Class<?> record) {
        List<RecordComponent> all = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            if (isFlattened(component)) {
                all.addAll(components(component.getType()));
            } else {
                all.add(component);
            }
        }
        return all;
    }

    /** Every key that may be given. */
    static List<String> keys(Class<?> record) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : components(record)) {
            keys.add(KebabCase.of(component.getName()));
            singular(component).ifPresent(keys::add);
        }
        return keys;
    }

    /** The records of a sealed interface, and of sealed interfaces below it, by the names that recipes give them. */
    static Map<String, Class<?>> choices(Class<?> sealed) {
        Map<String, Class<?>> choices = new LinkedHashMap<>();
        for (Class<?> choice : sealed.getPermittedSubclasses()) {
            if (choice.isSealed()) {
                choices.putAll(choices(choice));
            } else {
                choices.put(KebabCase.of(choice), choice);
            }
        }
        return choices;
    }

    /** The sealed interface that a record is a choice of. */
    static Optional<Class<?>> choiceOf(Class<?> record) {
        return Arrays.stream(record.getInterfaces()).filter(Class::isSealed).findFirst();
    }

    static boolean isKeyedByName(Class<?> sealed) {
        return sealed.isAnnotationPresent(KeyedByName.class);
    }

    static boolean isFlattened(RecordComponent component) {
        return component.isAnnotationPresent(Flatten.class);
    }

    static boolean isOptional(RecordComponent component) {
        return component.getType() == Optional.class;
    }

    static Optional<String> defaultText(RecordComponent component) {
        return Optional.ofNullable(component.getAnnotation(Default.class)).map(Default::value);
    }

    static Optional<String> singular(RecordComponent component) {
        return Optional.ofNullable(component.getAnnotation(Singular.class)).map(Singular::value);
    }

    /** T of {@code List<T>} and {@code Optional<T>}, V of {@code Map<K, V>}. */
    static Type element(ParameterizedType type) {
        Type[] arguments = type.getActualTypeArguments();
        return arguments[arguments.length - 1];
    }
}
