package dev.decant.recipe.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Text to YAML nodes, within limits that no honest recipe meets. Null means that a problem was added. */
public final class YamlTree {

    static final int MAX_BYTES = 1 << 20;
    static final int MAX_DEPTH = 32;
    static final int MAX_VALUES = 20_000;

    private YamlTree() {}

    public static @Nullable Node ofFile(Path file, Problems problems) {
        String label = file.toString();
        try {
            if (!Files.exists(file)) {
                problems.add(label, "no such file");
            } else if (Files.isDirectory(file)) {
                problems.add(label, "is a folder, expected a YAML file");
            } else if (!Files.isRegularFile(file)) {
                problems.add(label, "is not a regular file");
            } else if (Files.size(file) > MAX_BYTES) {
                problems.add(
                        label, "has " + Files.size(file) + " bytes, too many for a recipe (at most " + MAX_BYTES + ")");
            } else {
                return ofBytes(label, Files.readAllBytes(file), problems);
            }
        } catch (IOException e) {
            problems.add(label, "cannot be read: " + e);
        }
        return null;
    }

    private static @Nullable Node ofBytes(String label, byte[] bytes, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            long line = 1 + text.chars().filter(c -> c == '\n').count();
            String found = String.format("0x%02X", bytes[in.position()]);
            problems.add(label, "is not UTF-8 text: byte " + found + " in line " + line + "; save it as UTF-8");
            return null;
        }
        return ofText(label, text, problems);
    }

    public static @Nullable Node ofText(String label, String text, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(label)
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_BYTES)
                .setMaxAliasesForCollections(MAX_VALUES)
                .build();
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        try {
            if (!isWithinLimits(new Parse(settings).parseString(content), problems)) {
                return null;
            }
            Node node = new Compose(settings).composeString(content).orElse(null);
            if (node == null) {
                problems.add(label, "is empty");
            }
            return node;
        } catch (MarkedYamlEngineException e) {
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            boolean tab = e.getProblem().contains("TAB");
            String message = tab ? "a tab cannot indent YAML; use spaces" : "not YAML: " + context + e.getProblem();
            problems.add(e.getProblemMark().or(e::getContextMark), "", message);
        } catch (ReaderException e) {
            problems.add(label, String.format("has a character that is no text (U+%04X)", e.getCodePoint()));
        } catch (YamlEngineException e) {
            problems.add(label, "not YAML: " + String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        return null;
    }

    /** A map of one key, as if it had been read. */
    public static Node ofValue(String key, String value) {
        NodeTuple entry = new NodeTuple(text(key, Optional.empty()), text(value, Optional.empty()));
        return map(List.of(entry), Optional.empty());
    }

    static ScalarNode text(String value, Optional<Mark> mark) {
        return new ScalarNode(Tag.STR, true, value, ScalarStyle.PLAIN, mark, mark);
    }

    static MappingNode map(List<NodeTuple> entries, Optional<Mark> mark) {
        return new MappingNode(Tag.MAP, true, new ArrayList<>(entries), FlowStyle.FLOW, mark, mark);
    }

    /** Walks the events, which costs no more than the text is long, to see how large the tree is once aliases are followed. */
    private static boolean isWithinLimits(Iterable<Event> events, Problems problems) {
        Map<String, Long> sizes = new HashMap<>();
        Deque<Long> open = new ArrayDeque<>(List.of(0L));
        Deque<Optional<String>> anchors = new ArrayDeque<>();
        for (Event event : events) {
            if (isTagged(event)) {
                problems.add(event.getStartMark(), "", "tags (!...) mean nothing in a recipe; leave them out");
                return false;
            }
            long size = 0;
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> {
                    open.push(1L);
                    anchors.push(anchor(event));
                }
                case MappingEnd, SequenceEnd -> {
                    size = open.pop();
                    long closed = size;
                    anchors.pop().ifPresent(a -> sizes.put(a, closed));
                }
                case Scalar -> {
                    size = 1;
                    anchor(event).ifPresent(a -> sizes.put(a, 1L));
                }
                case Alias -> {
                    String alias = ((AliasEvent) event).getAlias().getValue();
                    if (anchors.contains(Optional.of(alias))) {
                        problems.add(event.getStartMark(), "", "alias *" + alias + " stands inside what it repeats");
                        return false;
                    }
                    size = sizes.getOrDefault(alias, 1L);
                }
                default -> {}
            }
            open.push(open.pop() + size);
            if (open.size() > MAX_DEPTH || open.peek() > MAX_VALUES) {
                String limit = open.size() > MAX_DEPTH
                        ? "nested deeper than " + MAX_DEPTH + " levels"
                        : "more than " + MAX_VALUES + " values once aliases are followed";
                problems.add(event.getStartMark(), "", limit + "; too much for a recipe");
                return false;
            }
        }
        return true;
    }

    private static boolean isTagged(Event event) {
        return (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())
                || (event instanceof CollectionStartEvent start
                        && start.getTag().isPresent());
    }

    private static Optional<String> anchor(Event event) {
        return ((NodeEvent) event).getAnchor().map(a -> a.getValue());
    }
}
