package dev.decant.nn;

import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place on a layer where a {@link Gate} may sit: one factor for each of its heads or neurons. An empty slot passes its
 * tensor on as it is.
 *
 * <p>A layer declares its gates with {@link Module#gate}; {@link Module#gates()} finds them by path.
 */
public final class GateSlot {

    private final long units;
    private final long parametersPerUnit;
    private final Consumer<Optional<Gate>> owner;
    private @Nullable Gate gate;

    /** @param owner takes the gate among the layer's children, or lets it go */
    GateSlot(long units, long parametersPerUnit, Consumer<Optional<Gate>> owner) {
        this.units = units;
        this.parametersPerUnit = parametersPerUnit;
        this.owner = owner;
    }

    /** How many heads or neurons there are. */
    public long units() {
        return units;
    }

    /** How many parameters go away with one of them. */
    public long parametersPerUnit() {
        return parametersPerUnit;
    }

    public boolean isFilled() {
        return gate != null;
    }

    public Optional<Gate> gate() {
        return Optional.ofNullable(gate);
    }

    /** Puts a gate in the place of whatever was here; it becomes a child of the layer, {@code NAME_gate}. */
    public void fill(Gate by) {
        gate = by;
        owner.accept(Optional.of(by));
    }

    public void clear() {
        gate = null;
        owner.accept(Optional.empty());
    }

    /** x with dimension {@code dim} (counted from 0) multiplied by the gate's factors. */
    public Tensor apply(Tensor x, int dim) {
        if (gate == null) {
            return x;
        }
        long[] shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        shape[dim] = units;
        return x.mul(gate.mask().to(x.dtype()).reshape(shape));
    }
}
