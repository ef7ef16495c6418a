package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;

/**
 * Where the units of a gate lie in a tensor: along dimension {@code dim}, which has {@code parts} times units times
 * {@code width} places. A neuron is one row of its map (1 part, width 1); a head is D rows in each of the three parts of a
 * joint projection of query, key and value.
 */
public record PrunableAxis(Tensor tensor, int dim, long parts, long width) {

    /** One place for each unit. */
    public PrunableAxis(Tensor tensor, int dim) {
        this(tensor, dim, 1, 1);
    }

    long units() {
        return tensor.size(dim) / (parts * width);
    }

    /** Sum of the squares that belong to each unit, (units). */
    Tensor squares() {
        return byUnit(tensor.detach().to(DType.F32)).square().sum(false, 0, 1, 3, 4);
    }

    /** Shrinks the tensor in place to these units; kept (k), I64. Its gradient is forgotten. */
    void keep(Tensor kept) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            long[] shape = tensor.shape();
            shape[dim] = parts * kept.elements() * width;
            Tensor rest = byUnit(tensor.detach()).indexSelect(2, kept).reshape(shape);
            tensor.clearGrad();
            tensor.setData(rest.contiguous());
        }
    }

    /** (before, parts, units, width, after). */
    private Tensor byUnit(Tensor x) {
        long before = 1;
        for (int d = 0; d < dim; d++) {
            before *= x.size(d);
        }
        return x.reshape(before, parts, units(), width, -1);
    }
}
