package dev.decant.recipe.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Finds the node that a path such as {@code stages[0].distill.terms[1].teacher} leads to. */
final class NodePath {

    private static final Pattern SEGMENT = Pattern.compile("\\[(\\d+)]|([^.\\[\\]]+)");

    private NodePath() {}

    /** The node, or where the path ends because a default stands for the rest. */
    static Node find(Node root, String path) {
        Node node = root;
        Matcher segments = SEGMENT.matcher(path);
        while (segments.find()) {
            Optional<Node> next = segments.group(1) == null
                    ? key(node, segments.group(2))
                    : item(node, Integer.parseInt(segments.group(1)));
            if (next.isEmpty()) {
                return node;
            }
            node = next.get();
        }
        return node;
    }

    private static Optional<Node> item(Node node, int index) {
        return node instanceof SequenceNode list && index < list.getValue().size()
                ? Optional.of(list.getValue().get(index))
                : Optional.empty();
    }

    private static Optional<Node> key(Node node, String key) {
        return node instanceof MappingNode map
                ? map.getValue().stream()
                        .filter(e -> Scalars.text(e.getKeyNode()).equals(key))
                        .map(NodeTuple::getValueNode)
                        .findFirst()
                : Optional.empty();
    }
}
