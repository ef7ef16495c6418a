package dev.decant.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions and their gradients beside the same in fp64, for many numbers of channels. */
class ConvolutionTest {

    private static final long[] CHANNELS = {1, 3, 4, 8, 12, 16, 24, 32, 40, 48, 64, 80};

    @BeforeEach
    void seed() {
        Rng.seed(3);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "3, 1", "3, 2", "5, 1", "5, 2"})
    void areRightForAnyNumberOfChannels(long kernel, long stride) {
        for (long inputs : CHANNELS) {
            for (long outputs : CHANNELS) {
                check(inputs, outputs, kernel, stride, 1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "3, 1", "3, 2", "5, 1", "5, 2"})
    void areRightForGroups(long kernel, long stride) {
        long[][] cases = {{8, 8, 2}, {16, 16, 4}, {24, 48, 3}, {64, 80, 2}, {12, 12, 12}, {16, 16, 16}, {40, 40, 40}};
        for (long[] c : cases) {
            check(c[0], c[1], kernel, stride, c[2]);
        }
    }

    @Test
    void linearMapsThatRunAsConvolutionsAreRight() {
        for (long outputs : CHANNELS) {
            compare("linear to " + outputs, 1e-5, true, (x, w, b) -> Ops.linear(x, w, List.of(b)), () -> {
                long rows = 1 + (1 << 22) / (40 * outputs);
                return List.of(Tensor.randn(rows, 40), Tensor.randn(outputs, 40), Tensor.randn(outputs));
            });
        }
    }

    private static void check(long inputs, long outputs, long kernel, long stride, long groups) {
        for (boolean last : new boolean[] {false, true}) {
            for (DType type : List.of(DType.F32, DType.BF16)) {
                String name = "%d to %d channels, kernel %d, stride %d, groups %d, channels last %s, %s"
                        .formatted(inputs, outputs, kernel, stride, groups, last, type);
                Operation conv = (x, w, b) -> {
                    Tensor image = last ? x.channelsLast() : x;
                    Tensor weights = last ? w.channelsLast() : w;
                    if (type == DType.F32 || x.dtype() == DType.F64) {
                        return Ops.conv2d(image, weights, List.of(b), stride, kernel / 2, groups);
                    }
                    try (Autocast on = Autocast.bf16(Device.CPU)) {
                        return Ops.conv2d(image, weights, List.of(b), stride, kernel / 2, groups);
                    }
                };
                double tolerance = type == DType.F32 ? 1e-5 : 0.02;
                for (boolean byInput : new boolean[] {true, false}) {
                    compare(
                            name,
                            tolerance,
                            byInput,
                            conv,
                            () -> List.of(
                                    Tensor.randn(2, inputs, 9, 9),
                                    Tensor.randn(outputs, inputs / groups, kernel, kernel),
                                    Tensor.randn(outputs)));
                }
            }
        }
    }

    private interface Operation {
        Tensor of(Tensor x, Tensor weight, Tensor bias);
    }

    private static void compare(
            String name, double tolerance, boolean byInput, Operation operation, Supplier<List<Tensor>> operands) {
        try (Scope scope = Scope.open()) {
            soil();
            List<Tensor> at = operands.get();
            Tensor by =
                    Tensor.randn(operation.of(at.get(0), at.get(1), at.get(2)).shape());
            List<Tensor> found = results(operation, at, by, byInput, DType.F32);
            List<Tensor> exact = results(operation, at, by, byInput, DType.F64);
            List<String> parts = List.of("result", "gradient by weight", "gradient by x");
            for (int i = 0; i < exact.size(); i++) {
                double error =
                        found.get(i).to(DType.F64).sub(exact.get(i)).abs().max().item();
                assertThat(error / exact.get(i).abs().max().item())
                        .as("%s, gradient by x %s: %s", name, byInput, parts.get(i))
                        .isLessThan(tolerance);
            }
        }
    }

    private static List<Tensor> results(Operation operation, List<Tensor> at, Tensor by, boolean byInput, DType type) {
        List<Tensor> leaves = at.stream().map(t -> t.to(type).copy()).toList();
        Tensor x = leaves.get(0).requiresGrad(byInput);
        Tensor weight = leaves.get(1).requiresGrad(true);
        Tensor y = operation.of(x, weight, leaves.get(2));
        y.to(type).mul(by.to(type)).sum().backward();
        List<Tensor> results = new ArrayList<>(List.of(y, weight.grad()));
        if (byInput) {
            results.add(x.grad());
        }
        return results;
    }

    /** Frees memory full of NaN, so that what is left unwritten shows. */
    private static void soil() {
        try (Scope scope = Scope.open()) {
            for (long n = 1 << 10; n <= 1 << 16; n <<= 1) {
                Tensor.full(Double.NaN, DType.F32, n);
            }
        }
    }
}
