package dev.decant.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.metric.Density;
import dev.decant.tensor.DType;
import dev.decant.tensor.Gradient;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpectrumTest {

    private static final Spectrum.Limit EXACT = new Spectrum.Limit(1000, 1e-12);

    @BeforeEach
    void seed() {
        Rng.seed(7);
    }

    @Test
    void eigenvaluesOfATwoByTwo() {
        SymmetricMap h = of(new double[] {4, 1, 1, 3}, 2);
        assertThat(Spectrum.top(h, 3, EXACT)).containsExactly(new double[] {4.618034, 2.381966}, within(1e-5));
        assertThat(Spectrum.trace(h, new Spectrum.Limit(1, 0)).mean()).isIn(5.0, 9.0); // 7 + 2 or 7 - 2
    }

    @Test
    void theHessianOfAQuadraticIsItsMatrix() {
        Tensor h = Tensor.of(new double[] {4, 1, 1, 3}, 2, 2);
        Tensor w = Tensor.of(new double[] {0.3, -2}, 2, 1).requiresGrad(true);
        Tensor loss = w.transpose(0, 1).matmul(h).matmul(w).sum().mul(0.5);
        Tensor gradient = Gradient.differentiable(loss, List.of(w)).get(0);
        Tensor product = Gradient.of(
                        gradient.mul(Tensor.of(new double[] {1, 2}, 2, 1)).sum(), List.of(w))
                .get(0);
        assertThat(gradient.doubles()).containsExactly(new double[] {-0.8, -5.7}, within(1e-12));
        assertThat(product.doubles()).containsExactly(new double[] {6, 7}, within(1e-12));
    }

    @Test
    void whatTheScalarDoesNotDependOnHasZeroGradient() {
        Tensor a = Tensor.ones(2).requiresGrad(true);
        Tensor b = Tensor.ones(3).requiresGrad(true);
        assertThat(Gradient.of(a.sum(), List.of(a, b)).get(1).floats()).containsOnly(0);
        assertThat(Gradient.of(Tensor.scalar(1), List.of(a)).get(0).floats()).containsOnly(0);
    }

    @Test
    void negativeAndZeroEigenvaluesAreFound() {
        SymmetricMap h = of(new double[] {-5, 0, 0, 0, 2, 0, 0, 0, 0}, 3);
        assertThat(Spectrum.top(h, 3, EXACT)).containsExactly(new double[] {-5, 2, 0}, within(1e-6));
    }

    /** A = Q diag Q' with known values: half of them 1, a tenth 10, the others spread from -2 to 0. */
    @Test
    void densityAndTraceOfARandomQuadratic() {
        int n = 200;
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = i < 100 ? 1 : i < 120 ? 10 : -2 * (i - 120) / 80.0;
        }
        SymmetricMap h = reflected(values);
        Density density = Spectrum.density(h, 100, 12);
        assertThat(mass(density, 0.9, 1.1)).isCloseTo(0.5, within(0.05));
        assertThat(mass(density, 9.9, 10.1)).isCloseTo(0.1, within(0.04));
        assertThat(mass(density, -2.1, 0.1)).isCloseTo(0.4, within(0.05));
        Spectrum.Trace trace = Spectrum.trace(h, new Spectrum.Limit(100, 0));
        double sum = java.util.Arrays.stream(values).sum();
        assertThat(trace.mean()).isCloseTo(sum, within(4 * trace.error()));
        assertThat(trace.error()).isLessThan(0.02 * sum);
    }

    private static double mass(Density density, double from, double to) {
        double mass = 0;
        for (int i = 0; i < density.centers().length; i++) {
            mass += density.centers()[i] > from && density.centers()[i] < to ? density.weights()[i] : 0;
        }
        return mass;
    }

    /** (I - 2uu') D (I - 2uu') for a random unit vector u, three times over. */
    private static SymmetricMap reflected(double... values) {
        int n = values.length;
        double[] flat = new double[n * n];
        for (int i = 0; i < n; i++) {
            flat[i * n + i] = values[i];
        }
        Tensor a = Tensor.of(flat, n, n);
        for (int i = 0; i < 3; i++) {
            Tensor u = Tensor.randn(n, 1).to(DType.F64);
            u = u.div(u.square().sum().sqrt());
            Tensor q = u.matmul(u.transpose(0, 1)).mul(-2).add(identity(n));
            a = q.matmul(a).matmul(q);
        }
        return of(a.doubles(), n);
    }

    private static Tensor identity(int n) {
        return Tensor.arange(n).oneHot(n).to(DType.F64);
    }

    private static SymmetricMap of(double[] matrix, int n) {
        Tensor a = Tensor.of(matrix, n, n);
        return new SymmetricMap() {
            @Override
            public long size() {
                return n;
            }

            @Override
            public DType dtype() {
                return DType.F64;
            }

            @Override
            public Tensor times(Tensor vector) {
                return a.matmul(vector.reshape(n, 1)).reshape(n);
            }
        };
    }
}
