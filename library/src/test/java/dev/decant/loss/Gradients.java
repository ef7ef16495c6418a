package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Compares the gradient of a scalar function with central differences, in double. */
final class Gradients {

    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 1e-7;

    private Gradients() {}

    static void check(UnaryOperator<Tensor> function, Tensor at) {
        double[] found = of(function, at);
        double[] x = at.doubles();
        for (int i = 0; i < x.length; i++) {
            double slope = (value(function, at, i, STEP) - value(function, at, i, -STEP)) / (2 * STEP);
            assertThat(found[i]).as("derivative %d", i).isCloseTo(slope, within(TOLERANCE * (1 + Math.abs(slope))));
        }
    }

    /** The gradient at a point, in row-major order. */
    static double[] of(UnaryOperator<Tensor> function, Tensor at) {
        Tensor leaf = at.copy().requiresGrad(true);
        function.apply(leaf).backward();
        return leaf.grad().doubles();
    }

    private static double value(UnaryOperator<Tensor> function, Tensor at, int element, double step) {
        double[] moved = at.doubles();
        moved[element] += step;
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            return function.apply(Tensor.of(moved, at.shape())).item();
        }
    }
}
