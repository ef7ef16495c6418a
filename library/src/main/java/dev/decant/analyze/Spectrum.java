package dev.decant.analyze;

import dev.decant.metric.Density;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.hipparchus.linear.EigenDecompositionSymmetric;

/**
 * Eigenvalues of a large symmetric matrix from its products with vectors, as PyHessian (Yao et al. 2020, arXiv:1912.07145)
 * takes them: the largest by power iteration, their sum by Hutchinson's estimate, their density by Lanczos.
 *
 * <p>Random vectors come from the generator that {@link dev.decant.tensor.Rng} seeds.
 */
public final class Spectrum {

    /** Width of the Gaussians of a density: σ² = this times the range of the eigenvalues, or times 1 if that is less. */
    private static final double VARIANCE = 1e-5;

    /** What is left of a product after its known parts, as a part of its size, when it is rounding alone. */
    private static final double NOTHING = 1e-6;

    private Spectrum() {}

    /**
     * When to stop.
     *
     * @param iterations products with vectors at most, for each value
     * @param tolerance stops when an estimate changes by less than this part of itself
     */
    public record Limit(int iterations, double tolerance) {

        /** As in the reference: 100 and 1e-3. */
        public static final Limit USUAL = new Limit(100, 1e-3);
    }

    /**
     * The eigenvalues of largest size, in that order, with their signs.
     *
     * <p>v ← Av/‖Av‖, kept orthogonal to the eigenvectors before it; the value is v'Av. A value settles the
     * slower, the nearer another is in size; of two with different signs and one size neither is found.
     */
    public static double[] top(SymmetricMap matrix, int count, Limit limit) {
        int wanted = (int) Math.min(count, matrix.size());
        double[] values = new double[wanted];
        try (Scope all = Scope.open()) {
            List<Tensor> found = new ArrayList<>();
            for (int i = 0; i < wanted; i++) {
                Tensor v = unit(matrix);
                values[i] = largest(matrix, v, found, Math.abs(values[0]), limit);
                found.add(v);
            }
        }
        return Arrays.stream(values)
                .boxed()
                .sorted(Comparator.comparingDouble(v -> -Math.abs(v))) // one that did not settle may come too early
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** Turns v, in place, into the eigenvector; returns the value. */
    private static double largest(SymmetricMap matrix, Tensor v, List<Tensor> before, double greatest, Limit limit) {
        double value = Double.NaN;
        orthogonalize(v, before);
        for (int i = 0; i < limit.iterations; i++) {
            try (Scope step = Scope.open()) {
                Tensor av = matrix.times(v);
                double next = dot(v, av);
                boolean settled = Math.abs(next - value) / (Math.abs(value) + 1e-6) < limit.tolerance;
                value = next;
                double left = settled ? 0 : orthogonalize(av, before);
                if (left <= NOTHING * greatest) {
                    return value;
                }
                v.copyFrom(av);
            }
        }
        return value;
    }

    /**
     * An estimate of the trace.
     *
     * @param mean of v'Av over random vectors v of 1 and -1
     * @param error standard error of the mean; NaN of a single vector
     * @param vectors how many
     */
    public record Trace(double mean, double error, int vectors) {}

    /** Hutchinson's estimate; goes on until the mean settles. */
    public static Trace trace(SymmetricMap matrix, Limit limit) {
        double sum = 0;
        double squares = 0;
        int n = 0;
        boolean settled = false;
        while (n < limit.iterations && !settled) {
            try (Scope step = Scope.open()) {
                Tensor v = Tensor.rand(matrix.size()).sub(0.5).sign().to(matrix.dtype());
                double sample = dot(v, matrix.times(v));
                double before = n == 0 ? Double.NaN : sum / n;
                sum += sample;
                squares += sample * sample;
                n++;
                settled = Math.abs(sum / n - before) / (Math.abs(before) + 1e-6) < limit.tolerance;
            }
        }
        double mean = sum / n;
        double variance = n == 1 ? Double.NaN : Math.max(0, squares - n * mean * mean) / (n - 1);
        return new Trace(mean, Math.sqrt(variance / n), n);
    }

    /**
     * The density of the eigenvalues by stochastic Lanczos quadrature (Ghorbani et al. 2019, arXiv:1901.10159): the
     * eigenvalues of the tridiagonal matrix that Lanczos makes from a random vector, weighted by the squares of their
     * eigenvectors' first elements, as Gaussians.
     *
     * <p>Each vector is made orthogonal to all before it, so that {@code steps} vectors of the matrix's size are held.
     *
     * @param steps products with vectors in each start; fewer if the matrix is smaller or its range is exhausted
     * @param starts random vectors whose densities are averaged
     */
    public static Density density(SymmetricMap matrix, int steps, int starts) {
        double[] centers = {};
        double[] weights = {};
        for (int i = 0; i < starts; i++) {
            EigenDecompositionSymmetric t = tridiagonal(matrix, steps);
            double[] values = t.getEigenvalues();
            double[] first = new double[values.length];
            Arrays.setAll(first, k -> Math.pow(t.getEigenvector(k).getEntry(0), 2) / starts);
            centers = joined(centers, values);
            weights = joined(weights, first);
        }
        double range = Arrays.stream(centers).max().orElseThrow()
                - Arrays.stream(centers).min().orElseThrow();
        return new Density(centers, weights, Math.sqrt(VARIANCE * Math.max(1, range)));
    }

    private static EigenDecompositionSymmetric tridiagonal(SymmetricMap matrix, int steps) {
        int m = (int) Math.min(steps, matrix.size());
        double[] main = new double[m];
        double[] beside = new double[m];
        int done = 0;
        try (Scope all = Scope.open()) {
            List<Tensor> basis = new ArrayList<>();
            Tensor v = unit(matrix);
            while (done < m) {
                basis.add(v);
                Tensor next = Tensor.empty(matrix.dtype(), matrix.size());
                try (Scope step = Scope.open()) {
                    next.copyFrom(matrix.times(v));
                    main[done] = dot(v, next);
                }
                double size = Math.sqrt(dot(next, next));
                double left = orthogonalize(next, basis);
                beside[done] = left;
                done++;
                if (left <= NOTHING * size) {
                    break; // the vectors so far span everything that the start reaches
                }
                v = next;
            }
        }
        return new EigenDecompositionSymmetric(Arrays.copyOf(main, done), Arrays.copyOf(beside, done - 1));
    }

    /** A random direction. */
    private static Tensor unit(SymmetricMap matrix) {
        Tensor v = Tensor.randn(matrix.size()).to(matrix.dtype());
        orthogonalize(v, List.of());
        return v;
    }

    /** Takes the parts along the basis out of v, twice against rounding, and gives it length 1; returns the length left. */
    private static double orthogonalize(Tensor v, List<Tensor> basis) {
        double left = 1;
        try (Scope scope = Scope.open()) {
            for (int pass = 0; pass < 2; pass++) {
                for (Tensor b : basis) {
                    v.addInPlace(b, -dot(b, v));
                }
                double length = Math.sqrt(dot(v, v));
                left *= length;
                v.mulInPlace(1 / (length + 1e-30));
            }
        }
        return left;
    }

    private static double dot(Tensor a, Tensor b) {
        try (Scope scope = Scope.open()) {
            return a.mul(b).sum().item();
        }
    }

    private static double[] joined(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
