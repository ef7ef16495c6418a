package dev.decant.recipe.internal;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Maps of a recipe. Null means that a problem was added. */
final class Mappings {

    private final Problems problems;

    Mappings(Problems problems) {
        this.problems = problems;
    }

    /** The map; an empty one for what is left out. */
    @Nullable
    MappingNode read(Node node, String path) {
        if (node instanceof MappingNode map) {
            return map;
        }
        if (isNull(node)) {
            return YamlTree.map(List.of(), node.getStartMark());
        }
        problems.add(node, path, "expected keys and values, got " + Scalars.found(node));
        return null;
    }

    /** By key; a key that is given twice is a mistake. */
    Map<String, NodeTuple> entries(MappingNode map, String path) {
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

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }
}
