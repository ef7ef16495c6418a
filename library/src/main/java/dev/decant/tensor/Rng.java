package dev.decant.tensor;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/** The generator behind dropout and random tensors of one device: seeded, read and put back to resume to the same bits. */
public final class Rng {

    private Rng() {}

    public static void seed(long seed) {
        Engine.load();
        torch.manual_seed(seed);
    }

    /** The generator's whole state, opaque. */
    public static byte[] state(Device device) {
        Engine.load();
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor state = generator(device).get_state();
            byte[] bytes = new byte[(int) state.numel()];
            new BytePointer(state.data_ptr()).get(bytes);
            return bytes;
        }
    }

    public static void restore(Device device, byte[] state) {
        Engine.load();
        try (Scope scope = Scope.open()) {
            Tensor bytes = Tensor.empty(DType.U8, state.length);
            new BytePointer(bytes.handle().data_ptr()).put(state);
            generator(device).set_state(bytes.handle());
        }
    }

    private static Generator generator(Device device) {
        return torch.globalContext()
                .defaultGenerator(
                        device.isCuda()
                                ? new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) device.index())
                                : new org.bytedeco.pytorch.Device(DeviceType.CPU));
    }
}
