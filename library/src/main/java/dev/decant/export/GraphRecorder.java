package dev.decant.export;

import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.Size;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Recording;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds a network's {@link Graph} by watching forward passes of several batch sizes (and lengths of text). A size that is not
 * the same in all of them must be a multiple of what varies; everything else must be the same.
 */
final class GraphRecorder {

    private static final List<Long> BASES = List.of(2L, 3L);
    private static final List<Long> OTHERS = List.of(3L, 5L);

    /** Attributes that say again what the result's shape says. */
    private static final Set<String> SHAPES = Set.of("shape", "length");

    private final Network network;
    private final List<String> varying;
    private final List<Long> bases;
    private final List<Long> others;

    private record Pass(List<Recording.Step> steps, List<Recording.Value> inputs, Recording.Operand output) {}

    private GraphRecorder(Network network) {
        this.network = network;
        varying = NetworkInputs.varying(network.config().input());
        bases = BASES.subList(0, varying.size());
        others = OTHERS.subList(0, varying.size());
    }

    /** @throws ExportException naming the operation that stands in the way */
    static Graph record(Network network) {
        try (Module.Evaluating evaluating = network.evaluating();
                NoGrad quiet = NoGrad.open();
                Autocast cast = Autocast.off(Device.CPU)) {
            return new GraphRecorder(network).graph();
        }
    }

    private Graph graph() {
        List<Pass> passes = new ArrayList<>(List.of(pass(bases)));
        for (int i = 0; i < bases.size(); i++) {
            List<Long> sizes = new ArrayList<>(bases);
            sizes.set(i, others.get(i));
            passes.add(pass(sizes));
        }
        Pass first = passes.get(0);
        Map<Integer, List<Size>> sizes = new HashMap<>();
        List<Graph.Port> inputs = new ArrayList<>();
        List<String> names = names();
        for (int i = 0; i < names.size(); i++) {
            Recording.Value value = first.inputs.get(i);
            int index = i;
            List<Size> shape = sizes(names.get(i), passes, p -> p.inputs.get(index));
            sizes.put(value.number(), shape);
            inputs.add(new Graph.Port(names.get(i), value.dtype(), shape));
        }
        List<Graph.Node> nodes = new ArrayList<>();
        for (int i = 0; i < first.steps.size(); i++) {
            nodes.add(node(i, passes, sizes));
        }
        if (!(first.output instanceof Recording.Value output)) {
            throw new ExportException(network.config().architecture() + ": the output does not depend on the input");
        }
        return new Graph(inputs, used(nodes, output.number()), output.number(), sizes);
    }

    private List<String> names() {
        try (Scope scope = Scope.open()) {
            return List.copyOf(
                    NetworkInputs.named(NetworkInputs.sample(network, bases)).keySet());
        }
    }

    private Pass pass(List<Long> sizes) {
        try (Scope scope = Scope.open()) {
            Inputs inputs = NetworkInputs.sample(network, sizes);
            Collection<Tensor> given = NetworkInputs.named(inputs).values();
            try (Recording recording = Recording.open(List.copyOf(given), network.state())) {
                Recording.Operand output = recording.operand(network.forward(inputs, Trace.none()));
                List<Recording.Value> ports = given.stream()
                        .map(t -> (Recording.Value) recording.operand(t))
                        .toList();
                return new Pass(List.copyOf(recording.steps()), ports, output);
            }
        }
    }

    private Graph.Node node(int index, List<Pass> passes, Map<Integer, List<Size>> sizes) {
        List<Recording.Step> steps = new ArrayList<>();
        for (Pass pass : passes) {
            if (index >= pass.steps.size()) {
                throw differs("the pass ends before it", passes.get(0).steps.get(index));
            }
            steps.add(pass.steps.get(index));
        }
        Recording.Step first = steps.get(0);
        for (Recording.Step step : steps) {
            requireSame(first, step);
        }
        sizes.put(first.result().number(), sizes(first.op(), steps, Recording.Step::result));
        Map<String, Object> attributes = new HashMap<>(first.attributes().values());
        attributes.keySet().removeAll(SHAPES);
        return new Graph.Node(first.op(), attributes, first.operands(), first.result());
    }

    private void requireSame(Recording.Step first, Recording.Step step) {
        if (!first.op().equals(step.op())
                || first.operands().size() != step.operands().size()) {
            throw differs("there it is " + step.op(), first);
        }
        for (int i = 0; i < first.operands().size(); i++) {
            Recording.Operand a = first.operands().get(i);
            Recording.Operand b = step.operands().get(i);
            if (a instanceof Recording.Constant known && b instanceof Recording.Constant other) {
                if (known.tensor() != other.tensor() && !equal(known.tensor(), other.tensor())) {
                    throw differs("a number in it that does not come from the inputs changes", first);
                }
            } else if (!(a instanceof Recording.Value x
                    && b instanceof Recording.Value y
                    && x.number() == y.number())) {
                throw differs("it works on something else", first);
            }
        }
        Map<String, Object> ours = first.attributes().values();
        Map<String, Object> theirs = step.attributes().values();
        for (String name : ours.keySet()) {
            if (!SHAPES.contains(name) && !Objects.equals(ours.get(name), theirs.get(name))) {
                throw differs(name + " is " + ours.get(name) + " and then " + theirs.get(name), first);
            }
        }
    }

    private static boolean equal(Tensor a, Tensor b) {
        return a.dtype() == b.dtype()
                && java.util.Arrays.equals(a.shape(), b.shape())
                && a.bytes().equals(b.bytes());
    }

    private ExportException differs(String how, Recording.Step step) {
        return new ExportException(network.config().architecture() + ": '" + step.op() + "' to "
                + step.result().shape() + " is not the same operation for every "
                + String.join(" and ", varying) + ": " + how);
    }

    private <T> List<Size> sizes(String op, List<T> passes, java.util.function.Function<T, Recording.Value> of) {
        int rank = of.apply(passes.get(0)).shape().size();
        return IntStream.range(0, rank)
                .mapToObj(dim -> {
                    List<Long> seen = passes.stream()
                            .map(p -> of.apply(p).shape())
                            .map(s -> s.size() == rank ? s.get(dim) : 0L)
                            .toList();
                    Optional<Size> size = Size.fit(seen, bases, others);
                    return size.orElseThrow(
                            () -> new ExportException(network.config().architecture() + ": dimension "
                                    + dim + " of what '" + op + "' gives is no multiple of the "
                                    + String.join(" and ", varying) + ": it was " + seen));
                })
                .toList();
    }

    /** Those that the output follows from. */
    private static List<Graph.Node> used(List<Graph.Node> nodes, int output) {
        Map<Integer, Graph.Node> by = new HashMap<>();
        nodes.forEach(n -> by.put(n.result().number(), n));
        Set<Integer> used = new HashSet<>();
        Deque<Integer> open = new ArrayDeque<>(List.of(output));
        while (!open.isEmpty()) {
            int value = open.pop();
            Graph.Node node = by.get(value);
            if (used.add(value) && node != null) {
                for (Recording.Operand operand : node.operands()) {
                    if (operand instanceof Recording.Value v) {
                        open.push(v.number());
                    }
                }
            }
        }
        return nodes.stream().filter(n -> used.contains(n.result().number())).toList();
    }
}
