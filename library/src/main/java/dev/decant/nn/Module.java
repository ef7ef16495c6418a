package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * A part of a network: parameters, buffers and child modules, each under the name that published checkpoints use.
 *
 * <p>Subclasses are final, declare their parts in the constructor with {@link #child}, {@link #parameter} and {@link
 * #buffer}, and offer a {@code forward} of their own. Not thread-safe.
 */
public abstract class Module {

    private final Map<String, Module> children = new LinkedHashMap<>();
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> buffers = new LinkedHashMap<>();
    private final List<Tensor> constants = new ArrayList<>();
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<String, GateSlot> gates = new LinkedHashMap<>();
    private boolean training = true;

    protected final <M extends Module> M child(String name, M module) {
        children.put(name, module);
        return module;
    }

    /** A tensor that learns. */
    protected final Tensor parameter(String name, Tensor initial) {
        parameters.put(name, initial.requiresGrad(true));
        return initial;
    }

    /** A tensor that is saved but does not learn. */
    protected final Tensor buffer(String name, Tensor initial) {
        buffers.put(name, initial);
        return initial;
    }

    /** A tensor that neither learns nor is saved (a mask, an index) but goes where the module goes. */
    protected final Tensor constant(Tensor value) {
        constants.add(value);
        return value;
    }

    /** A place for a quantizer, which becomes the child {@code NAME_quantizer}. */
    protected final Slot slot(String name, Slot.Kind kind) {
        Slot slot = new Slot(kind, quantizer -> sit(name + "_quantizer", quantizer));
        slots.put(name, slot);
        return slot;
    }

    /** A place for a gate over heads or neurons, which becomes the child {@code NAME_gate}. */
    protected final GateSlot gate(String name, long units, long parametersPerUnit) {
        GateSlot slot = new GateSlot(units, parametersPerUnit, gate -> sit(name + "_gate", gate));
        gates.put(name, slot);
        return slot;
    }

    private void sit(String name, Optional<? extends Module> part) {
        part.ifPresentOrElse(
                p -> {
                    p.train(training);
                    children.put(name, p);
                },
                () -> children.remove(name));
    }

    public final boolean isTraining() {
        return training;
    }

    /** Switches this module and all below it between training and evaluation. */
    public final void train(boolean on) {
        training = on;
        children.values().forEach(c -> c.train(on));
    }

    /** Evaluation mode, for this module and all below it, until the result is closed; then the mode that this module was in. */
    public final Evaluating evaluating() {
        return new Evaluating(this);
    }

    /** A module in evaluation mode for a while. */
    public static final class Evaluating implements AutoCloseable {

        private final Module module;
        private final boolean before;

        private Evaluating(Module module) {
            this.module = module;
            before = module.training;
            module.train(false);
        }

        @Override
        public void close() {
            module.train(before);
        }
    }

    public final Map<String, Module> children() {
        return Collections.unmodifiableMap(children);
    }

    /** Every parameter below, by its full name, in the order of declaration. */
    public final Map<String, Tensor> parameters() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        visit("", (name, m) -> m.parameters.forEach((k, t) -> all.put(name + k, t)));
        return all;
    }

    public final Map<String, Tensor> buffers() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        visit("", (name, m) -> m.buffers.forEach((k, t) -> all.put(name + k, t)));
        return all;
    }

    /** Parameters and buffers, in the order of PyTorch's {@code state_dict()}. */
    public final Map<String, Tensor> state() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        visit("", (name, m) -> {
            m.parameters.forEach((k, t) -> all.put(name + k, t));
            m.buffers.forEach((k, t) -> all.put(name + k, t));
        });
        return all;
    }

    /** Every place for a quantizer below, by its full name: {@code blocks.0.attn.qkv.weight}. */
    public final Map<String, Slot> slots() {
        Map<String, Slot> all = new LinkedHashMap<>();
        visit("", (name, m) -> m.slots.forEach((k, s) -> all.put(name + k, s)));
        return all;
    }

    /** Every place for a gate below, by its full name: {@code blocks.0.attn.heads}. */
    public final Map<String, GateSlot> gates() {
        Map<String, GateSlot> all = new LinkedHashMap<>();
        visit("", (name, m) -> m.gates.forEach((k, g) -> all.put(name + k, g)));
        return all;
    }

    public final long parameterCount() {
        return parameters().values().stream().mapToLong(Tensor::elements).sum();
    }

    /** Moves everything to a device; the tensors stay the same objects. */
    public final void to(Device device) {
        everything().forEach(t -> replace(t, old -> old.to(device)));
    }

    /** Casts everything that is floating point. */
    public final void to(DType dtype) {
        everything().stream().filter(t -> t.dtype().isFloating()).forEach(t -> replace(t, old -> old.to(dtype)));
    }

    /** Lays convolution weights out channels-last, as the images must be for it to pay. */
    public final void channelsLast() {
        parameters().values().stream().filter(t -> t.rank() == 4).forEach(t -> replace(t, Tensor::channelsLast));
    }

    /** The old memory is free as soon as the new one is in place. */
    private static void replace(Tensor tensor, UnaryOperator<Tensor> by) {
        try (Scope scope = Scope.open()) {
            tensor.setData(by.apply(tensor.detach()));
        }
    }

    /** Parameters take part in learning, or do not (a teacher). */
    public final void requiresGrad(boolean on) {
        parameters().values().forEach(t -> t.requiresGrad(on));
    }

    public final void clearGrads() {
        parameters().values().forEach(Tensor::clearGrad);
    }

    private List<Tensor> everything() {
        List<Tensor> all = new ArrayList<>(state().values());
        visit("", (name, m) -> all.addAll(m.constants));
        return all;
    }

    private void visit(String prefix, BiConsumer<String, Module> visitor) {
        visitor.accept(prefix, this);
        children.forEach((name, child) -> child.visit(prefix + name + ".", visitor));
    }
}
