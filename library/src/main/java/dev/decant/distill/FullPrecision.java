package dev.decant.distill;

import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.Tensor;
import java.util.function.Supplier;

/** Keeps losses in fp32 where the layers run in bf16: a loss is a small difference of large numbers. */
final class FullPrecision {

    private FullPrecision() {}

    /** F32 if it was narrower; gradients flow back in the narrow type. */
    static Tensor of(Tensor t) {
        return t.dtype() == DType.BF16 || t.dtype() == DType.F16 ? t.to(DType.F32) : t;
    }

    static <R> R on(Device device, Supplier<R> work) {
        try (Autocast off = Autocast.off(device)) {
            return work.get();
        }
    }
}
