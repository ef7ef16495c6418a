package dev.decant.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Runs matrix products and convolutions of this thread in bf16 until it closes; parameters and sums stay fp32.
 *
 * <p>Copies of weights in bf16 are made once and kept until the outermost scope closes.
 */
public final class Autocast implements AutoCloseable {

    private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

    private final DeviceType device;
    private final boolean before;

    private Autocast(Device device, boolean enabled) {
        Engine.load();
        this.device = device.isCuda() ? DeviceType.CUDA : DeviceType.CPU;
        before = torch.is_autocast_enabled(this.device);
        torch.set_autocast_dtype(this.device, ScalarType.BFloat16);
        torch.set_autocast_enabled(this.device, enabled);
        DEPTH.set(DEPTH.get() + 1);
    }

    public static Autocast bf16(Device device) {
        return new Autocast(device, true);
    }

    /** Switches autocast off inside a region where fp32 matters. */
    public static Autocast off(Device device) {
        return new Autocast(device, false);
    }

    /** Is bf16 autocast on for this thread and device? */
    public static boolean isOn(Device device) {
        return torch.is_autocast_enabled(device.isCuda() ? DeviceType.CUDA : DeviceType.CPU);
    }

    /** As products of this thread take it, so that several products of one input share the copy; x itself where none is needed. */
    public static Tensor cast(Tensor x) {
        return x.dtype() == DType.F32 && isOn(x.device()) ? x.to(DType.BF16) : x;
    }

    @Override
    public void close() {
        torch.set_autocast_enabled(device, before);
        int depth = DEPTH.get() - 1;
        DEPTH.set(depth);
        if (depth == 0) {
            torch.clear_cache();
        }
    }
}
