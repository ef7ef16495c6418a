package dev.decant.tensor;

import java.util.function.Supplier;

/** Keeps losses in fp32 inside a bf16 region: a loss is a small difference of large numbers. */
public final class FullPrecision {

    private FullPrecision() {}

    /** F32 if {@code t} is narrower, otherwise {@code t} itself; gradients flow back in the narrow type. */
    public static Tensor of(Tensor t) {
        return t.dtype() == DType.BF16 || t.dtype() == DType.F16 ? t.to(DType.F32) : t;
    }

    /** Runs the work with autocast switched off on this device. */
    public static <R> R on(Device device, Supplier<R> work) {
        try (Autocast off = Autocast.off(device)) {
            return work.get();
        }
    }

    /** The matrix product a b, computed in the operands' own type. */
    public static Tensor matmul(Tensor a, Tensor b) {
        return on(a.device(), () -> a.matmul(b));
    }
}
