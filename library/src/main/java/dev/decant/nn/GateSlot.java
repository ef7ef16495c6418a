package dev.decant.nn;

import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place on a layer where a {@link Gate} may sit: one factor for each of its heads, neurons or channels. An empty slot
 * passes its tensor on as it is.
 *
 * <p>A layer declares its gates with {@link Module#gate} and says by {@link #over} which tensors the units lie in;
 * {@link Module#gates()} finds them by path. {@link #keep} takes units away for good.
 */
public final class GateSlot {

    private final long parametersPerUnit;
    private final Consumer<Optional<Gate>> owner;
    private final List<PrunableAxis> lanes = new ArrayList<>();
    private long units;
    private @Nullable Gate gate;

    /** @param owner takes the gate among the layer's children, or lets it go */
    GateSlot(long units, long parametersPerUnit, Consumer<Optional<Gate>> owner) {
        this.units = units;
        this.parametersPerUnit = parametersPerUnit;
        this.owner = owner;
    }

    /** How many heads, neurons or channels there are. */
    public long units() {
        return units;
    }

    /** How many parameters go away with one of them. */
    public long parametersPerUnit() {
        return parametersPerUnit;
    }

    /** Says in which tensors the units lie; all of them shrink when units go. */
    public void over(PrunableAxis... more) {
        for (PrunableAxis l : more) {
            if (l.units() != units) {
                throw new IllegalArgumentException("a gate of " + units + " units cannot lie over " + l.units());
            }
            lanes.add(l);
        }
    }

    /** As {@link #over(Lanes...)}. */
    public void over(List<PrunableAxis> more) {
        over(more.toArray(PrunableAxis[]::new));
    }

    /** Root of the sum of squares of the weights that belong to each unit, (units). */
    public Tensor magnitudes() {
        return Scope.only(() -> {
            try (NoGrad quiet = NoGrad.open()) {
                return lanes.stream()
                        .filter(l -> l.tensor().requiresGrad())
                        .map(PrunableAxis::squares)
                        .reduce(Tensor::add)
                        .orElseGet(() -> Tensor.zeros(units))
                        .sqrt();
            }
        });
    }

    /**
     * Takes away every unit but these, from every tensor that they lie in; a gate that sits here gives way.
     *
     * @param kept at least one, ascending, from 0
     */
    public void keep(long... kept) {
        requireUnits(kept);
        clear();
        if (kept.length == units) {
            return;
        }
        if (lanes.isEmpty()) {
            throw new IllegalStateException("the layer does not say where its units lie");
        }
        try (Scope scope = Scope.open()) {
            Tensor index = Tensor.of(lanes.get(0).tensor().device(), kept, kept.length);
            lanes.forEach(l -> l.keep(index));
        }
        units = kept.length;
    }

    private void requireUnits(long[] kept) {
        boolean ascends = true;
        for (int i = 1; i < kept.length; i++) {
            ascends &= kept[i - 1] < kept[i];
        }
        if (kept.length == 0 || !ascends || kept[0] < 0 || kept[kept.length - 1] >= units) {
            throw new IllegalArgumentException("cannot keep " + Arrays.toString(kept) + " of " + units
                    + " units: expected at least one, ascending, from 0 to " + (units - 1));
        }
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

    /** x with each column (last dimension) multiplied by the factor of the unit it belongs to; every unit has as many. */
    public Tensor columns(Tensor x) {
        if (gate == null) {
            return x;
        }
        long width = x.size(-1) / units;
        Tensor factors = gate.mask().to(x.dtype());
        return x.mul(
                width == 1 ? factors : factors.unsqueeze(1).expand(units, width).reshape(-1));
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
