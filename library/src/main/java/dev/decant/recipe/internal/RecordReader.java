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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Turns YAML nodes into records. Keys are the components' names in kebab case; a sealed interface is read by its {@code type}, or
 * by its one key; a plain string stands for a choice with its defaults. Null means that problems were added; reading goes on,
 * so that all of them are found.
 */
public final class RecordReader {

    private final Problems problems;
    private final Scalars scalars;

    public RecordReader(Problems problems) {
        this.problems = problems;
        this.scalars = new Scalars(problems);
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
            return choice(raw, node, path);
        }
        if (raw.isRecord()) {
            MappingNode map = map(node, path);
            return map == null ? null : record(raw, map, entries(map, path), path);
        }
        return scalars.read(raw, node, path);
    }

    private @Nullable Object generic(ParameterizedType type, Node node, String path) {
        if (type.getRawType() == Optional.class) {
            if (isNull(node)) {
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
        MappingNode map = map(node, path);
        if (map == null) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, NodeTuple> entries = entries(map, path);
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

    /** A choice of a sealed interface, in any of its three forms. */
    private @Nullable Object choice(Class<?> sealed, Node node, String path) {
        if (node instanceof ScalarNode name && !isNull(node)) {
            return kind(sealed, name, YamlTree.map(List.of(), node.getStartMark()), path, path);
        }
        MappingNode map = map(node, path);
        if (map == null) {
            return null;
        }
        boolean keyed = Shape.isKeyedByName(sealed);
        List<NodeTuple> rest = new ArrayList<>(map.getValue());
        for (NodeTuple entry : map.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key && key.getValue().equals("type")) {
                rest.remove(entry);
                return kind(
                        sealed, entry.getValueNode(), YamlTree.map(rest, node.getStartMark()), path, path + ".type");
            }
        }
        List<String> keys =
                map.getValue().stream().map(e -> Scalars.text(e.getKeyNode())).toList();
        if (keyed && keys.size() == 1) {
            NodeTuple only = map.getValue().get(0);
            return kind(sealed, only.getKeyNode(), only.getValueNode(), path + "." + keys.get(0), path);
        }
        String kinds = String.join(", ", Shape.choices(sealed).keySet());
        problems.add(
                node,
                path,
                keyed
                        ? "expected one key (" + kinds + "), got " + keys
                                + "; keys of a stage are indented below its name"
                        : "missing key 'type', one of " + kinds);
        return null;
    }

    private @Nullable Object kind(Class<?> sealed, Node name, Node body, String path, String namePath) {
        Map<String, Class<?>> choices = Shape.choices(sealed);
        Class<?> type = choices.get(Scalars.text(name));
        if (type == null) {
            String what = Shape.isKeyedByName(sealed) ? "stage" : "type";
            problems.add(name, namePath, Nearest.unknown(what, Scalars.text(name), choices.keySet()));
            return null;
        }
        MappingNode map = map(isNull(body) ? YamlTree.map(List.of(), name.getStartMark()) : body, path);
        return map == null ? null : record(type, map, entries(map, path), path);
    }

    private @Nullable Object record(Class<?> type, Node node, Map<String, NodeTuple> entries, String path) {
        List<String> known = Shape.keys(type);
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(entry.getKeyNode(), path, Nearest.unknown("key", key, known));
            }
        });
        return build(type, node, entries, path);
    }

    private @Nullable Object build(Class<?> type, Node node, Map<String, NodeTuple> entries, String path) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            Object value = component(components[i], node, entries, path);
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
        if (Shape.isFlattened(component)) {
            return build(component.getType(), node, entries, path);
        }
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

    private @Nullable MappingNode map(Node node, String path) {
        if (node instanceof MappingNode map) {
            return map;
        }
        if (isNull(node)) {
            return YamlTree.map(List.of(), node.getStartMark());
        }
        problems.add(node, path, "expected keys and values, got " + Scalars.found(node));
        return null;
    }

    private Map<String, NodeTuple> entries(MappingNode map, String path) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (NodeTuple entry : map.getValue()) {
            String key = Scalars.text(entry.getKeyNode());
            if (seen.add(key)) {
                entries.put(key, entry);
            } else {
                problems.add(entry.getKeyNode(), path, "key '" + key + "' is given twice");
            }
        }
        return entries;
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }
}
