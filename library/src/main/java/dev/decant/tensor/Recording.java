package dev.decant.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass does, operation by operation, from the inputs that it is given on: what a file of another runtime
 * is made from.
 *
 * <p>Open around one pass on this thread. Every operation of the facade that has an input among its ancestors becomes a
 * {@link Step}; what follows from parameters alone is a {@link Constant} with the value that it had when it was used. An operation in
 * place gives its tensor a new {@link Value}. Reading numbers of a value out, to decide by them, is an error, since other
 * inputs would give others.
 */
public final class Recording implements AutoCloseable {

    private static final ThreadLocal<@Nullable Recording> OPEN = new ThreadLocal<>();

    private final IdentityHashMap<Tensor, Operand> known = new IdentityHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private int values;
    private int depth;

    /** What an operation works on. */
    public sealed interface Operand {

        DType dtype();

        List<Long> shape();
    }

    /** What depends on the inputs: the inputs, numbered from 0 in their order, and then the results of steps. */
    public record Value(int number, DType dtype, List<Long> shape) implements Operand {}

    /** @param name of a parameter; empty for what was made on the way */
    public record Constant(String name, Tensor tensor) implements Operand {
        @Override
        public DType dtype() {
            return tensor.dtype();
        }

        @Override
        public List<Long> shape() {
            return shapeOf(tensor);
        }
    }

    /** One operation, by the facade's name for it. */
    public record Step(String op, Attributes attributes, List<Operand> operands, Value result) {}

    private Recording() {}

    /**
     * Starts to record on this thread.
     *
     * @param inputs what everything is to follow from
     * @param named parameters and buffers
     */
    public static Recording open(List<Tensor> inputs, Map<String, Tensor> named) {
        if (OPEN.get() != null) {
            throw new IllegalStateException("this thread records already");
        }
        Recording recording = new Recording();
        inputs.forEach(recording::value);
        named.forEach((name, tensor) -> recording.known.putIfAbsent(tensor, new Constant(name, tensor)));
        OPEN.set(recording);
        return recording;
    }

    /** In the order in which they happened. */
    public List<Step> steps() {
        return Collections.unmodifiableList(steps);
    }

    /** What a tensor is in this recording. */
    public Operand operand(Tensor tensor) {
        return known.computeIfAbsent(tensor, t -> new Constant("", Scope.forever(t)));
    }

    @Override
    public void close() {
        OPEN.remove();
    }

    /** Runs an operation and, if a recording is open, records it whole: what it is made of inside is not recorded. */
    static Tensor result(String op, Attributes attributes, Supplier<Tensor> work, Tensor... operands) {
        return result(op, attributes, false, work, operands);
    }

    /** As {@link #result} for what may follow from sizes alone: a step even where no operand has an input among its ancestors. */
    static Tensor sized(String op, Attributes attributes, Supplier<Tensor> work, Tensor... operands) {
        return result(op, attributes, true, work, operands);
    }

    private static Tensor result(
            String op, Attributes attributes, boolean always, Supplier<Tensor> work, Tensor... operands) {
        Recording recording = OPEN.get();
        if (recording == null) {
            return work.get();
        }
        recording.depth++;
        try {
            Tensor result = work.get();
            boolean depends = always || Arrays.stream(operands).anyMatch(o -> recording.known.get(o) instanceof Value);
            if (recording.depth == 1 && depends) {
                recording.add(op, attributes, result, operands);
            }
            return result;
        } finally {
            recording.depth--;
        }
    }

    /** Whether this thread's operations are noted now. */
    public static boolean isOpen() {
        return OPEN.get() != null;
    }

    /** The same tensor under another reference. */
    static Tensor alias(Tensor alias, Tensor of) {
        Recording recording = OPEN.get();
        Operand known = recording == null ? null : recording.known.get(of);
        if (recording != null && known != null) {
            recording.known.put(alias, known);
        }
        return alias;
    }

    /** The numbers of a tensor are about to be looked at. */
    static void look(Tensor at) {
        Recording recording = OPEN.get();
        if (recording != null && recording.depth == 0 && recording.known.get(at) instanceof Value) {
            throw new TensorException("a pass is recorded, and it reads numbers of " + at
                    + ", which follow from its inputs; what it does with them would be fixed");
        }
    }

    private void add(String op, Attributes attributes, Tensor result, Tensor... operands) {
        List<Operand> from = Arrays.stream(operands).map(this::operand).toList();
        steps.add(new Step(op, attributes, from, value(result)));
    }

    private Value value(Tensor tensor) {
        Value value = new Value(values++, tensor.dtype(), shapeOf(tensor));
        known.put(tensor, value);
        return value;
    }

    private static List<Long> shapeOf(Tensor tensor) {
        List<Long> shape = new ArrayList<>();
        for (long side : tensor.shape()) {
            shape.add(side);
        }
        return List.copyOf(shape);
    }
}
