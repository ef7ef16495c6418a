package dev.decant.recipe.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Single values: numbers, booleans, text, enums; and values whose type is not known beforehand. */
final class Scalars {

    private static final Pattern INTEGER = Pattern.compile("[-+]?\\d{1,18}");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

    private final Problems problems;

    Scalars(Problems problems) {
        this.problems = problems;
    }

    @Nullable
    Object read(Class<?> type, Node node, String path) {
        if (!(node instanceof ScalarNode scalar) || node.getTag().equals(Tag.NULL)) {
            return refuse(node, path, expected(type));
        }
        String text = scalar.getValue();
        if (type == String.class) {
            return text;
        }
        if (type.isEnum()) {
            return constant(type, scalar, path);
        }
        if (!scalar.isPlain()) {
            return refuse(node, path, expected(type));
        }
        if (type == boolean.class || type == Boolean.class) {
            boolean known = node.getTag().equals(Tag.BOOL);
            return known ? (Object) Boolean.valueOf(text) : refuse(node, path, expected(type));
        }
        if (type == double.class || type == Double.class) {
            boolean finite = NUMBER.matcher(text).matches() && Double.isFinite(Double.parseDouble(text));
            return finite ? Double.valueOf(text) : refuse(node, path, expected(type));
        }
        return INTEGER.matcher(text).matches()
                ? integer(type, node, path, Long.parseLong(text))
                : refuse(node, path, expected(type));
    }

    private @Nullable Object integer(Class<?> type, Node node, String path, long value) {
        if (type == long.class || type == Long.class) {
            return value;
        }
        if (type != int.class && type != Integer.class) {
            throw new AssertionError("recipes have no values of " + type);
        }
        return value == (int) value ? (Object) (int) value : refuse(node, path, expected(type));
    }

    private @Nullable Object constant(Class<?> type, ScalarNode node, String path) {
        List<String> names = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            String name = KebabCase.of((Enum<?>) constant);
            if (name.equals(node.getValue())) {
                return constant;
            }
            names.add(name);
        }
        problems.add(node, path, Nearest.unknown("value", node.getValue(), names));
        return null;
    }

    /** A Long, Double, Boolean, String, or a list or map of them, as YAML sees it. */
    @Nullable
    Object untyped(Node node, String path) {
        if (node instanceof SequenceNode list) {
            List<Object> values = new ArrayList<>();
            for (Node item : list.getValue()) {
                Object value = untyped(item, path + "[" + values.size() + "]");
                if (value == null) {
                    return null;
                }
                values.add(value);
            }
            return values;
        }
        if (node instanceof MappingNode map) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (NodeTuple entry : map.getValue()) {
                String key = text(entry.getKeyNode());
                Object value = untyped(entry.getValueNode(), path + "." + key);
                if (value == null) {
                    return null;
                }
                if (values.put(key, value) != null) {
                    problems.add(entry.getKeyNode(), path, "key '" + key + "' is given twice");
                }
            }
            return values;
        }
        return untypedScalar((ScalarNode) node, path);
    }

    private @Nullable Object untypedScalar(ScalarNode node, String path) {
        Tag tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return refuse(node, path, "a value");
        }
        if (tag.equals(Tag.INT)) {
            return read(Long.class, node, path);
        }
        if (tag.equals(Tag.FLOAT)) {
            return read(Double.class, node, path);
        }
        return tag.equals(Tag.BOOL) ? (Object) Boolean.valueOf(node.getValue()) : node.getValue();
    }

    private @Nullable Object refuse(Node node, String path, String expected) {
        problems.add(node, path, "expected " + expected + ", got " + found(node));
        return null;
    }

    private static String expected(Class<?> type) {
        if (type == String.class) {
            return "text";
        }
        if (type.isEnum()) {
            return "one of " + String.join(", ", names(type));
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        return type == double.class || type == Double.class ? "a number" : "a whole number";
    }

    static List<String> names(Class<?> enumType) {
        List<String> names = new ArrayList<>();
        for (Object constant : enumType.getEnumConstants()) {
            names.add(KebabCase.of((Enum<?>) constant));
        }
        return names;
    }

    /** What stands in the file, for a message. */
    static String found(Node node) {
        if (node instanceof ScalarNode scalar) {
            String shown =
                    scalar.getValue().length() > 60 ? scalar.getValue().substring(0, 60) + "..." : scalar.getValue();
            String oneLine = shown.replace("\n", "\\n");
            return node.getTag().equals(Tag.NULL)
                    ? "nothing"
                    : scalar.isPlain() ? "'" + oneLine + "'" : "the quoted text \"" + oneLine + "\"";
        }
        return node instanceof SequenceNode ? "a list" : "keys and values";
    }

    /** The text of a key. */
    static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : found(node);
    }
}
