package dev.decant.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Gradients as values, beside {@link Tensor#backward}, which adds them up in the leaves.
 *
 * <p>A gradient that is itself differentiable is what second derivatives are made of. Every operation of the facade has one,
 * except the fused attention ({@link Ops#attention}): write its steps out.
 */
public final class Gradient {

    private Gradient() {}

    /** d(scalar)/d(x) for each x; zeros where the scalar does not depend on it. The graph is kept. */
    public static List<Tensor> of(Tensor scalar, List<Tensor> xs) {
        return of(scalar, xs, false);
    }

    /** As {@link #of}, and the gradients may be differentiated in turn. */
    public static List<Tensor> differentiable(Tensor scalar, List<Tensor> xs) {
        return of(scalar, xs, true);
    }

    private static List<Tensor> of(Tensor scalar, List<Tensor> xs, boolean withGraph) {
        if (!scalar.requiresGrad()) {
            return xs.stream().map(Tensor::zerosLike).toList();
        }
        TensorVector found = Call.call(
                "gradient",
                () -> torch.grad(
                        Tensor.vector(List.of(scalar)),
                        Tensor.vector(xs),
                        new TensorVector(),
                        new BoolOptional(true),
                        withGraph,
                        true),
                scalar);
        List<Tensor> gradients = new ArrayList<>();
        for (int i = 0; i < xs.size(); i++) {
            var gradient = found.get(i);
            gradients.add(
                    gradient.defined()
                            ? new Tensor(new org.bytedeco.pytorch.Tensor(gradient)) // the vector owns its own reference
                            : xs.get(i).zerosLike());
        }
        return gradients;
    }
}
