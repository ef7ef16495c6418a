package dev.decant.recipe.internal;

import dev.decant.recipe.InvalidSpecException;
import dev.decant.recipe.PlainValue;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Turns YAML nodes into records. Keys are the components' names in kebab case; {@link Choices} says how a sealed interface is read.
 * Null means that problems were added; reading goes on,
 * so that all of them are found.
 */
public final class RecordReader {

    private final Problems problems;
    private final Scalars scalars;
    private final Mappings maps;
    private final Choices choices;

    public RecordReader(Problems problems) {
        this.problems = problems;
        this.scalars = new Scalars(problems);
        this.maps = new Mappings(problems);
        this.choices = new Choices(problems, maps);
    }

    public <T> @Nullable T read(Class<T> type, Node node, String path) {
        Object value = value(type, node, path);
        return value == null ? null : type.cast(value);
    }

    private @Nullable Object value(Type type, Node node, String path) {
        if (type instanceof ParameterizedType generic) {
            return generic(generic, node, path);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == Object.class) {
            return scalars.untyped(node, path);
        }
        if (PlainValue.class.isAssignableFrom(raw)) {
            return plainValue(raw, node, path);
        }
        if (raw.isSealed()) {
            Choices.Chosen chosen = choices.read(raw, node, path);
            return chosen == null ? null : value(chosen.type(), chosen.body(), chosen.path());
        }
        if (raw.isRecord()) {
            return record(raw, node, path);
        }
        return scalars.read(raw, node, path);
    }

    private @Nullable Object generic(ParameterizedType type, Node node, String path) {
        if (type.getRawType() == Optional.class) {
            if (Mappings.isNull(node)) {
                return Optional.empty();
            }
            Object value = value(Shape.element(type), node, path);
            return value == null ? null : Optional.of(value);
        }
        return type.getRawType() == List.class
                ? list(Shape.element(type), node, path)
                : mapOf(Shape.element(type), node, path);
    }

    private @Nullable List<Object> list(Type item, Node node, String path) {
        if (!(node instanceof SequenceNode list)) {
            problems.add(node, path, "expected a list, got " + Scalars.found(node));
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < list.getValue().size(); i++) {
            Object value = value(item, list.getValue().get(i), path + "[" + i + "]");
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == list.getValue().size() ? values : null;
    }

    private @Nullable Map<String, Object> mapOf(Type item, Node node, String path) {
        MappingNode map = maps.read(node, path);
        if (map == null) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, NodeTuple> entries = maps.entries(map, path);
        entries.forEach((key, entry) -> {
            Object value = value(item, entry.getValueNode(), path + "." + key);
            if (value != null) {
                values.put(key, value);
            }
        });
        return values.size() == entries.size() ? values : null;
    }

    private @Nullable Object plainValue(Class<?> type, Node node, String path) {
        Object plain = scalars.untyped(node, path);
        try {
            return plain == null ? null : call(type.getMethod("of", Object.class), node, path, plain);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(type + " lacks a method of(Object)", e);
        }
    }

    private @Nullable Object record(Class<?> type, Node node, String path) {
        Class<?> sealed = Shape.flattenedChoice(type).orElse(null);
        if (sealed == null) {
            return record(type, Optional.empty(), node, path);
        }
        Choices.Chosen chosen = choices.read(sealed, node, path);
        return chosen == null ? null : record(type, Optional.of(chosen.type()), chosen.body(), chosen.path());
    }

    private @Nullable Object record(Class<?> type, Optional<Class<?>> choice, Node node, String path) {
        MappingNode map = maps.read(node, path);
        if (map == null) {
            return null;
        }
        Map<String, NodeTuple> entries = maps.entries(map, path);
        List<String> known = Shape.keys(type, choice);
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(entry.getKeyNode(), path, UnknownName.key(key, type, choice));
            }
        });
        return build(type, choice, map, entries, path);
    }

    private @Nullable Object build(
            Class<?> type, Optional<Class<?>> choice, Node node, Map<String, NodeTuple> entries, String path) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            Object value = Shape.isFlattened(components[i])
                    ? build(Shape.flattened(components[i], choice).orElseThrow(), Optional.empty(), node, entries, path)
                    : component(components[i], node, entries, path);
            complete &= value != null;
            if (value != null) {
                values[i] = value;
            }
        }
        if (!complete) {
            return null;
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return call(type.getDeclaredConstructor(types), node, path, values);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private @Nullable Object component(
            RecordComponent component, Node node, Map<String, NodeTuple> entries, String path) {
        Type type = component.getGenericType();
        String key = KebabCase.of(component.getName());
        NodeTuple given = entries.get(key);
        NodeTuple single = Shape.singular(component).map(entries::get).orElse(null);
        if (given != null && single != null) {
            problems.add(
                    single.getKeyNode(),
                    path,
                    "give '" + Scalars.text(single.getKeyNode()) + "' or '" + key + "', not both");
            return null;
        }
        if (single != null) {
            String singlePath = path + "." + Scalars.text(single.getKeyNode());
            Object value = value(Shape.element((ParameterizedType) type), single.getValueNode(), singlePath);
            return value == null ? null : List.of(value);
        }
        if (given != null) {
            return value(type, given.getValueNode(), path + "." + key);
        }
        if (Shape.isOptional(component)) {
            return Optional.empty();
        }
        String text = Shape.defaultText(component).orElse(null);
        if (text == null) {
            problems.add(node, path, "missing key '" + key + "'");
            return null;
        }
        Node fallback = YamlTree.ofText("default", text.isEmpty() ? "''" : text, problems);
        return fallback == null ? null : value(type, fallback, path + "." + key);
    }

    /** Calls a constructor or static method; what it refuses is reported at the node that the message is about. */
    private @Nullable Object call(Executable target, Node node, String path, Object... arguments) {
        try {
            return target instanceof Method method
                    ? method.invoke(null, arguments)
                    : ((Constructor<?>) target).newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidSpecException invalid) {
                for (InvalidSpecException.Finding finding : invalid.findings()) {
                    String at = finding.key().isEmpty() ? path : path + "." + finding.key();
                    problems.add(NodePath.find(node, finding.key()), at, finding.message());
                }
                return null;
            }
            if (e.getCause() instanceof IllegalArgumentException refused) {
                problems.add(node, path, String.valueOf(refused.getMessage()));
                return null;
            }
            throw new AssertionError(e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("cannot call " + target, e);
        }
    }
}
