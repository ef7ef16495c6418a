package dev.decant.nn;

import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place on a layer where a {@link Quantizer} may sit: on a weight, or on what goes through. An empty slot passes its
 * tensor on as it is.
 *
 * <p>A layer declares its slots with {@link Module#slot}; {@link Module#slots()} finds them by path.
 */
public final class Slot {

    /** What goes through a slot. */
    public enum Kind {
        /** A parameter that things are multiplied by: rows first. */
        WEIGHT,
        /** A table whose rows are looked up. */
        EMBEDDING,
        /** What a layer is given or makes: examples first. */
        ACTIVATION
    }

    private final Kind kind;
    private final Consumer<Optional<Quantizer>> owner;
    private @Nullable Quantizer quantizer;
    private @Nullable Held held;

    /** Int8Matrix numbers that a tensor is made of, as long as it is as it was. */
    private record Held(Int8Matrix whole, Tensor.Stamp stamp) {}

    /** @param owner takes the quantizer among the layer's children, or lets it go */
    Slot(Kind kind, Consumer<Optional<Quantizer>> owner) {
        this.kind = kind;
        this.owner = owner;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isFilled() {
        return quantizer != null;
    }

    public Optional<Quantizer> quantizer() {
        return Optional.ofNullable(quantizer);
    }

    /** Puts a quantizer in the place of whatever was here; it becomes a child of the layer, {@code NAME_quantizer}. */
    public void fill(Quantizer by) {
        quantizer = by;
        owner.accept(Optional.of(by));
    }

    public void clear() {
        quantizer = null;
        owner.accept(Optional.empty());
    }

    /** The tensor as the quantizer leaves it. */
    public Tensor apply(Tensor x) {
        return quantizer == null ? x : quantizer.apply(x);
    }

    /** Says what the slot's tensor is made of, where it came in whole numbers and nothing has to round it any more. */
    public void hold(Tensor tensor, Int8Matrix whole) {
        held = new Held(whole.mapped(Scope::forever), tensor.stamp());
    }

    /** The tensor in whole numbers, as the quantizer makes them or as they were given; empty if there are none. */
    Optional<Int8Matrix> whole(Tensor x) {
        if (quantizer != null) {
            return quantizer.makesWhole() ? Optional.of(quantizer.whole(x)) : Optional.empty();
        }
        return Optional.ofNullable(held).filter(h -> h.stamp.equals(x.stamp())).map(Held::whole);
    }

    /** Whether {@link #whole} may find some. */
    boolean mayBeWhole() {
        return quantizer == null ? held != null : quantizer.makesWhole();
    }

    /** Whether this slot and the other make the same of every tensor. */
    boolean roundsLike(Slot other) {
        Quantizer own = quantizer;
        Quantizer others = other.quantizer;
        return (own == null || others == null) ? own == others : own.roundsLike(others);
    }
}
