package dev.decant.recipe.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Which record of a sealed interface a recipe means. The choice is named by its {@code type} (or the key of {@code @ChosenBy}), or
 * where the interface is keyed by name, by the one key of a map; a plain string stands for a choice with its defaults.
 */
final class Choices {

    private final Problems problems;
    private final Mappings maps;

    Choices(Problems problems, Mappings maps) {
        this.problems = problems;
        this.maps = maps;
    }

    /** Which record was chosen of a sealed interface, and what is left to read of the node that says so. */
    record Chosen(Class<?> type, Node body, String path) {}

    /** The choice, in any of its three forms. */
    @Nullable
    Chosen read(Class<?> sealed, Node node, String path) {
        if (node instanceof ScalarNode name && !Mappings.isNull(node)) {
            return chosen(sealed, name, YamlTree.map(List.of(), node.getStartMark()), path, path);
        }
        MappingNode map = maps.read(node, path);
        if (map == null) {
            return null;
        }
        String kindKey = Shape.kindKey(sealed);
        List<NodeTuple> rest = new ArrayList<>(map.getValue());
        for (NodeTuple entry : map.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key && key.getValue().equals(kindKey)) {
                rest.remove(entry);
                Node body = YamlTree.map(rest, node.getStartMark());
                return chosen(sealed, entry.getValueNode(), body, path, path + "." + kindKey);
            }
        }
        if (Shape.isKeyedByName(sealed) && rest.size() == 1) {
            Node name = rest.get(0).getKeyNode();
            return chosen(sealed, name, rest.get(0).getValueNode(), path + "." + Scalars.text(name), path);
        }
        Class<?> usual = Shape.usualKind(sealed).map(Shape.choices(sealed)::get).orElse(null);
        if (usual == null) {
            problems.add(node, path, unnamed(sealed, map));
            return null;
        }
        return new Chosen(usual, map, path);
    }

    private @Nullable Chosen chosen(Class<?> sealed, Node name, Node body, String path, String namePath) {
        Class<?> type = Shape.choices(sealed).get(Scalars.text(name));
        if (type == null) {
            problems.add(name, namePath, UnknownName.kind(Scalars.text(name), sealed));
            return null;
        }
        return new Chosen(type, Mappings.isNull(body) ? YamlTree.map(List.of(), name.getStartMark()) : body, path);
    }

    private static String unnamed(Class<?> sealed, MappingNode map) {
        String kinds = String.join(", ", Shape.choices(sealed).keySet());
        List<String> keys =
                map.getValue().stream().map(e -> Scalars.text(e.getKeyNode())).toList();
        return Shape.isKeyedByName(sealed)
                ? "expected one key (" + kinds + "), got " + keys + "; keys of a stage are indented below its name"
                : "missing key '" + Shape.kindKey(sealed) + "', one of " + kinds;
    }
}
