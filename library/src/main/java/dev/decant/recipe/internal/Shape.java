package dev.decant.recipe.internal;

import dev.decant.recipe.ChosenBy;
import dev.decant.recipe.Default;
import dev.decant.recipe.Flatten;
import dev.decant.recipe.Formerly;
import dev.decant.recipe.KeyedByName;
import dev.decant.recipe.LossSpec;
import dev.decant.recipe.Singular;
import java.lang.reflect.AnnotatedElement;
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

    /**
     * Components in order, those of flattened records in their place.
     *
     * @param choice the record that is chosen for a flattened sealed interface, if there is one
     */
    static List<RecordComponent> components(Class<?> record, Optional<Class<?>> choice) {
        List<RecordComponent> all = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            if (isFlattened(component)) {
                flattened(component, choice).ifPresent(r -> all.addAll(components(r, Optional.empty())));
            } else {
                all.add(component);
            }
        }
        return all;
    }

    /** The record whose keys stand in the place of a flattened component. */
    static Optional<Class<?>> flattened(RecordComponent component, Optional<Class<?>> choice) {
        return component.getType().isSealed() ? choice : Optional.of(component.getType());
    }

    /** The sealed interface that is flattened into a record, which is then written like a choice of it. */
    static Optional<Class<?>> flattenedChoice(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .filter(c -> isFlattened(c) && c.getType().isSealed())
                .<Class<?>>map(RecordComponent::getType)
                .findFirst();
    }

    /** Every key that may be given. */
    static List<String> keys(Class<?> record, Optional<Class<?>> choice) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : components(record, choice)) {
            keys.add(KebabCase.of(component.getName()));
            singular(component).ifPresent(keys::add);
        }
        return keys;
    }

    /** The records of a sealed interface by the names that recipes give them, with those that other jars add to it. */
    static Map<String, Class<?>> choices(Class<?> sealed) {
        Map<String, Class<?>> choices = builtIn(sealed);
        if (sealed == LossSpec.class) {
            choices.putAll(ProvidedLosses.records());
        }
        return choices;
    }

    /** The records of a sealed interface, and of sealed interfaces below it, that this library has. */
    static Map<String, Class<?>> builtIn(Class<?> sealed) {
        Map<String, Class<?>> choices = new LinkedHashMap<>();
        for (Class<?> choice : sealed.getPermittedSubclasses()) {
            if (choice.isSealed()) {
                choices.putAll(builtIn(choice));
            } else if (choice.isRecord()) {
                choices.put(KebabCase.of(choice), choice);
            }
        }
        return choices;
    }

    /** The sealed interface that a record is a choice of, the widest where they are nested. */
    static Optional<Class<?>> choiceOf(Class<?> type) {
        return Arrays.stream(type.getInterfaces())
                .flatMap(c -> choiceOf(c).or(() -> Optional.<Class<?>>of(c).filter(Class::isSealed)).stream())
                .findFirst();
    }

    /** The key that names the choice. */
    static String kindKey(Class<?> sealed) {
        return sealed.isAnnotationPresent(ChosenBy.class)
                ? sealed.getAnnotation(ChosenBy.class).key()
                : "type";
    }

    /** The choice where none is named. */
    static Optional<String> usualKind(Class<?> sealed) {
        return Optional.ofNullable(sealed.getAnnotation(ChosenBy.class)).map(ChosenBy::otherwise);
    }

    /** Whether a record or a component once had another name. */
    static boolean wasCalled(AnnotatedElement named, String name) {
        return named.isAnnotationPresent(Formerly.class)
                && named.getAnnotation(Formerly.class).value().equals(name);
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

    /** A constant that Java made text of is written as people do: 1 and not 1.0, 1e-6 and not 1.0E-6. */
    static Optional<String> defaultText(RecordComponent component) {
        return Optional.ofNullable(component.getAnnotation(Default.class))
                .map(d ->
                        d.value().replaceFirst("^(-?\\d+)\\.0(?=$|E)", "$1").replaceFirst("(?<=\\d)E(?=-?\\d+$)", "e"));
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
