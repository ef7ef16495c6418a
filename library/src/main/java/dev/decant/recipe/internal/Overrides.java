package dev.decant.recipe.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Puts {@code --set path=value} into a tree, before it is read: a wrong path then fails like a wrong key in the file. Nodes are
 * copied along the path, so that setting one use of an alias leaves the others alone.
 */
public final class Overrides {

    private Overrides() {}

    public static Node apply(Node root, List<String> sets, Problems problems) {
        Node result = root;
        for (String set : sets) {
            int equals = set.indexOf('=');
            if (equals < 1) {
                problems.add("--set " + set, "expected path=value, as in stages.0.distill.epochs=3");
                continue;
            }
            List<String> path = Arrays.asList(set.substring(0, equals).strip().split("\\.", -1));
            Node value = value("--set " + set, set.substring(equals + 1).strip(), problems);
            if (value != null) {
                result = new Change(value, problems).in(result, path);
            }
        }
        return result;
    }

    private static @Nullable Node value(String label, String text, Problems problems) {
        boolean operator = text.startsWith(">"); // a bound such as >= 0.5, which YAML would take for a folded block
        String yaml = text.isEmpty() ? "null" : operator ? "'" + text.replace("'", "''") + "'" : text;
        return YamlTree.ofText(label, yaml, problems);
    }

    private record Change(Node value, Problems problems) {

        Node in(Node node, List<String> path) {
            if (path.isEmpty()) {
                return value;
            }
            if (node instanceof SequenceNode list) {
                return inList(list, path);
            }
            if (node instanceof MappingNode map) {
                return inMap(map, path);
            }
            boolean absent = node.getTag().equals(Tag.NULL);
            List<NodeTuple> shorthand =
                    absent ? List.of() : List.of(new NodeTuple(YamlTree.text("type", node.getStartMark()), node));
            return inMap(YamlTree.map(shorthand, mark()), path);
        }

        private Optional<Mark> mark() {
            return value.getStartMark();
        }

        private Node inMap(MappingNode map, List<String> path) {
            List<NodeTuple> entries = new ArrayList<>(map.getValue());
            List<String> rest = path.subList(1, path.size());
            int i = 0;
            while (i < entries.size() && !isText(entries.get(i).getKeyNode(), path.get(0))) {
                i++;
            }
            if (i < entries.size()) {
                NodeTuple entry = entries.get(i);
                entries.set(i, new NodeTuple(entry.getKeyNode(), in(entry.getValueNode(), rest)));
            } else {
                Node empty = YamlTree.map(List.of(), mark());
                entries.add(new NodeTuple(YamlTree.text(path.get(0), mark()), in(empty, rest)));
            }
            return YamlTree.map(entries, map.getStartMark());
        }

        private Node inList(SequenceNode list, List<String> path) {
            List<Node> items = new ArrayList<>(list.getValue());
            String head = path.get(0);
            List<String> rest = path.subList(1, path.size());
            if (head.matches("\\d{1,6}")) {
                int index = Integer.parseInt(head);
                if (index < items.size()) {
                    items.set(index, in(items.get(index), rest));
                } else if (index == items.size()) {
                    items.add(in(YamlTree.map(List.of(), mark()), rest));
                } else {
                    problems.add(mark(), "", "no item " + head + "; the list has " + items.size() + ", counted from 0");
                }
            } else {
                List<List<String>> names = numbered(items);
                int index = 0;
                while (index < items.size() && !names.get(index).contains(head)) {
                    index++;
                }
                if (index < items.size()) {
                    Node item = items.get(index);
                    items.set(index, isKeyed(item) ? inMap((MappingNode) item, renamed(item, rest)) : in(item, rest));
                } else {
                    problems.add(
                            mark(),
                            "",
                            Nearest.unknown(
                                    "item",
                                    head,
                                    names.stream().flatMap(List::stream).toList()));
                }
            }
            return new SequenceNode(Tag.SEQ, true, items, list.getFlowStyle(), list.getStartMark(), list.getEndMark());
        }

        /** What each item may be called: of several with one name, the second is also {@code name2}, as its folder in a run is. */
        private static List<List<String>> numbered(List<Node> items) {
            Map<String, Integer> seen = new HashMap<>();
            List<List<String>> all = new ArrayList<>();
            for (Node item : items) {
                all.add(names(item).stream()
                        .map(name -> {
                            int number = seen.merge(name, 1, Integer::sum);
                            return number == 1 ? name : name + number;
                        })
                        .toList());
            }
            return all;
        }

        /** The path below a keyed item, under the key that it has. */
        private static List<String> renamed(Node item, List<String> rest) {
            List<String> path = new ArrayList<>(names(item));
            path.addAll(rest);
            return path;
        }

        /** Whether an item is {@code kind: {...}} and not {@code {type: kind, ...}}. */
        private static boolean isKeyed(Node item) {
            return item instanceof MappingNode map
                    && map.getValue().size() == 1
                    && map.getValue().get(0).getKeyNode() instanceof ScalarNode key
                    && !key.getValue().equals("type")
                    && !(map.getValue().get(0).getValueNode() instanceof ScalarNode s
                            && !s.getTag().equals(Tag.NULL));
        }

        /** What an item of a list may be called by: its kind, or its name. */
        private static List<String> names(Node item) {
            List<String> names = new ArrayList<>();
            if (item instanceof ScalarNode scalar) {
                names.add(scalar.getValue());
            } else if (item instanceof MappingNode map) {
                for (NodeTuple entry : map.getValue()) {
                    boolean naming = isText(entry.getKeyNode(), "type") || isText(entry.getKeyNode(), "name");
                    if (isKeyed(item)) {
                        names.add(((ScalarNode) entry.getKeyNode()).getValue());
                    } else if (naming && entry.getValueNode() instanceof ScalarNode value) {
                        names.add(value.getValue());
                    }
                }
            }
            return names;
        }

        private static boolean isText(Node node, String text) {
            return node instanceof ScalarNode scalar && scalar.getValue().equals(text);
        }
    }
}
