package dev.decant.modelio;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.decant.file.FileException;
import dev.decant.weights.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * An ONNX file, read and not run: its nodes in an order in which each follows what it reads, and its constants, which are views
 * of the memory-mapped file.
 */
final class OnnxModel {

    private static final int MOST_NODES = 200_000;

    private final Path file;
    private final GraphProto graph;
    private final OnnxTensors tensors;
    private final Map<String, NodeProto> makers = new HashMap<>();
    private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
    private final Map<String, StoredTensor> constants = new HashMap<>();

    private OnnxModel(Path file, GraphProto graph) {
        this.file = file;
        this.graph = graph;
        this.tensors = new OnnxTensors(file);
    }

    /** @throws ImportException if it is no ONNX file, is cut short, or its graph makes no sense */
    static OnnxModel read(Path file) {
        OnnxModel model = new OnnxModel(file, parse(file));
        model.index();
        return model;
    }

    private static GraphProto parse(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ImportException(
                    file + ": " + (Files.exists(file) ? "is no file" : "does not exist") + ", expected an ONNX file");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new ImportException(file + ": " + channel.size() + " bytes; an ONNX file has at most 2 GiB");
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            ModelProto model = ModelProto.parseFrom(in);
            if (model.getGraph().getNodeCount() == 0 || model.getOpsetImportCount() == 0) {
                throw new ImportException(file + ": not an ONNX file: it has no graph");
            }
            if (model.getGraph().getNodeCount() > MOST_NODES) {
                throw new ImportException(
                        file + ": " + model.getGraph().getNodeCount() + " nodes; at most " + MOST_NODES + " are read");
            }
            return model.getGraph();
        } catch (InvalidProtocolBufferException e) {
            throw new ImportException(file + ": not an ONNX file, or cut short", e);
        } catch (IOException e) {
            throw new ImportException(file + ": " + FileException.reason(e), e);
        }
    }

    private void index() {
        for (TensorProto tensor : graph.getInitializerList()) {
            if (initializers.put(tensor.getName(), tensor) != null) {
                throw refused("two initializers are named '" + tensor.getName() + "'");
            }
        }
        for (NodeProto node : graph.getNodeList()) {
            for (String output : node.getOutputList()) {
                boolean isTaken =
                        !output.isEmpty() && (initializers.containsKey(output) || makers.put(output, node) != null);
                if (isTaken) {
                    throw refused("two nodes make '" + output + "'");
                }
            }
        }
    }

    Path file() {
        return file;
    }

    ImportException refused(String what) {
        return new ImportException(file + ": " + what);
    }

    /** Names of what the graph is given, weights left out. */
    List<String> inputs() {
        return graph.getInputList().stream()
                .map(i -> i.getName())
                .filter(name -> !initializers.containsKey(name))
                .toList();
    }

    List<String> outputs() {
        return graph.getOutputList().stream().map(o -> o.getName()).toList();
    }

    /** An initializer by name. */
    Optional<StoredTensor> constant(String name) {
        return Optional.ofNullable(initializers.get(name))
                .map(proto -> constants.computeIfAbsent(name, n -> tensors.read(n, proto)));
    }

    /** A tensor that a node holds as an attribute. */
    StoredTensor constant(String name, TensorProto proto) {
        return constants.computeIfAbsent(name, n -> tensors.read(n, proto));
    }

    /**
     * The nodes that an output needs, each behind those whose results it reads, else in the order of the file.
     *
     * @throws ImportException if a node reads what nothing makes, or, in the end, its own result
     */
    List<NodeProto> nodesFor(String output) {
        List<NodeProto> nodes = needed(output);
        Map<String, List<Integer>> readers = new HashMap<>();
        int[] open = new int[nodes.size()];
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < open.length; i++) {
            for (String input : nodes.get(i).getInputList()) {
                if (makers.containsKey(input)) {
                    readers.computeIfAbsent(input, k -> new ArrayList<>()).add(i);
                    open[i]++;
                }
            }
            if (open[i] == 0) {
                ready.add(i);
            }
        }
        List<NodeProto> ordered = new ArrayList<>();
        while (!ready.isEmpty()) {
            NodeProto node = nodes.get(ready.remove());
            ordered.add(node);
            for (String made : node.getOutputList()) {
                for (int reader : readers.getOrDefault(made, List.of())) {
                    if (--open[reader] == 0) {
                        ready.add(reader);
                    }
                }
            }
        }
        if (ordered.size() < nodes.size()) {
            NodeProto first =
                    nodes.stream().filter(n -> !ordered.contains(n)).findFirst().orElseThrow();
            throw refused(describe(first) + " reads, in the end, its own result: the graph goes in a circle");
        }
        return ordered;
    }

    /** In the order of the file. */
    private List<NodeProto> needed(String output) {
        Set<NodeProto> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<String> inputs = new HashSet<>(inputs());
        Deque<String> open = new ArrayDeque<>(List.of(output));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String name = open.pop();
            if (name.isEmpty() || inputs.contains(name) || initializers.containsKey(name) || !seen.add(name)) {
                continue;
            }
            NodeProto node = makers.get(name);
            if (node == null) {
                throw refused("'" + name + "' is read, and nothing makes it");
            }
            needed.add(node);
            open.addAll(node.getInputList());
        }
        return graph.getNodeList().stream().filter(needed::contains).toList();
    }

    /** For messages: {@code node '/encoder/Add' (Add)}. */
    static String describe(NodeProto node) {
        String name = node.getName().isEmpty() && node.getOutputCount() > 0 ? node.getOutput(0) : node.getName();
        return "node '" + name + "' (" + node.getOpType() + ")";
    }
}
