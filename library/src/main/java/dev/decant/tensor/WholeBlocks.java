package dev.decant.tensor;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Convolutions whose channels fill whole blocks, for CPUs on which others come out wrong.
 *
 * <p>oneDNN keeps the channels of images and kernels in blocks of 8, 16 or 32. On some CPUs, this build copies the last block
 * wrongly if the channels do not fill it: results, or gradients by the input, are wrong or NaN. Zeros that the caller adds cost
 * time and change no sum. Whether this machine needs them is measured once.
 */
final class WholeBlocks {

    private static final long SMALL_BLOCK = 16;
    private static final long BLOCK = 32;

    /** So few input channels are not kept in blocks, except in bf16 for the gradient by them and in 1x1 convolutions. */
    private static final long FEW = 3;

    private static final double TOLERANCE = 1e-3;

    private WholeBlocks() {}

    /** Does oneDNN need whole blocks on this machine? */
    static boolean areNeeded() {
        return Measured.FAULT;
    }

    /** Must these channels be filled up? Those of a depthwise convolution need not. */
    static boolean areNeeded(Tensor x, Tensor weight, long groups) {
        boolean whole = missing(weight.size(0) / groups) == 0 && missingInputs(x, weight, groups) == 0;
        boolean depthwise = groups > 1 && weight.size(1) == 1;
        boolean wellFormed = x.shape().length == 4 && x.size(1) == groups * weight.size(1);
        return !whole && !depthwise && wellFormed && isConcerned(x);
    }

    /**
     * Is this a 1x1 convolution with a stride on such a CPU? Where a virtual machine hides the sizes of the caches, oneDNN divides by
     * zero as it chooses how to compute the gradient, which ends the process; the pixels can be picked first instead.
     */
    static boolean stridedPointsFail(Tensor x, Tensor weight, long stride, long padding) {
        boolean points = stride > 1 && padding == 0 && weight.size(2) == 1 && weight.size(3) == 1;
        return points && x.shape().length == 4 && isConcerned(x);
    }

    /** Does oneDNN compute with this tensor, on a machine where it goes wrong? */
    private static boolean isConcerned(Tensor x) {
        return !x.device().isCuda() && x.dtype() != DType.F64 && Engine.hasOneDnn() && areNeeded();
    }

    /** {@link Ops#conv2d} with zeros for the channels that each group lacks. */
    static Tensor conv2d(Tensor x, Tensor weight, List<Tensor> bias, long stride, long padding, long groups) {
        long inputs = weight.size(1);
        long outputs = weight.size(0) / groups;
        long moreInputs = missingInputs(x, weight, groups);
        long moreOutputs = missing(outputs);
        Tensor image = x.reshape(x.size(0), groups, inputs, x.size(2), x.size(3))
                .pad(0, 0, 0, 0, 0, moreInputs)
                .reshape(x.size(0), groups * (inputs + moreInputs), x.size(2), x.size(3));
        Tensor kernel = weight.reshape(groups, outputs, inputs, weight.size(2), weight.size(3))
                .pad(0, 0, 0, 0, 0, moreInputs, 0, moreOutputs)
                .reshape(groups * (outputs + moreOutputs), inputs + moreInputs, weight.size(2), weight.size(3));
        List<Tensor> offset = bias.stream()
                .map(b -> b.reshape(groups, outputs).pad(0, moreOutputs).reshape(-1))
                .toList();
        Tensor y = Ops.plainConv2d(image, kernel, offset, stride, padding, groups);
        return y.reshape(y.size(0), groups, outputs + moreOutputs, y.size(2), y.size(3))
                .narrow(2, 0, outputs)
                .reshape(y.size(0), groups * outputs, y.size(2), y.size(3));
    }

    private static long missingInputs(Tensor x, Tensor weight, long groups) {
        boolean blocked = Ops.isBf16OnCpu(x) && (x.requiresGrad() || weight.size(2) == 1);
        boolean few = groups == 1 && weight.size(1) <= FEW && !blocked;
        return few ? 0 : missing(weight.size(1));
    }

    private static long missing(long channels) {
        return Math.floorMod(-channels, channels <= SMALL_BLOCK ? SMALL_BLOCK : BLOCK);
    }

    /** Holder whose initialisation is the measurement: well below a second. */
    private static final class Measured {

        static final boolean FAULT = Engine.hasOneDnn() && FullPrecision.on(Device.CPU, Measured::differs);

        /** Compares convolutions of 5x5 pixels in fp32 to the same in fp64, which oneDNN leaves alone. */
        private static boolean differs() {
            try (NoGrad quiet = NoGrad.open()) {
                return differs(4, 4) || differs(12, 12) || differs(40, 40);
            }
        }

        private static boolean differs(long inputs, long outputs) {
            try (Scope scope = Scope.open()) {
                Tensor x = waves(4, inputs, 14, 14);
                Tensor weight = waves(outputs, inputs, 5, 5);
                Tensor by = waves(4, outputs, 14, 14);
                List<Tensor> exact = results(x, weight, by);
                soil();
                List<Tensor> found = results(x.to(DType.F32), weight.to(DType.F32), by.to(DType.F32));
                for (int i = 0; i < exact.size(); i++) {
                    double error = found.get(i)
                            .to(DType.F64)
                            .sub(exact.get(i))
                            .abs()
                            .max()
                            .item();
                    if (!(error < TOLERANCE * exact.get(i).abs().max().item())) { // NaN is a fault too
                        return true;
                    }
                }
                return false;
            }
        }

        /** The convolution, and the gradient by its input. */
        private static List<Tensor> results(Tensor x, Tensor weight, Tensor by) {
            Tensor forward = Ops.plainConv2d(x, weight, List.of(), 1, 2, 1);
            // a convolution's gradient by its input is what a transposed convolution computes
            Tensor backward = Call.tensor(
                    "transposed convolution",
                    () -> torch.conv_transpose2d(
                            by.handle(),
                            weight.handle(),
                            new TensorOptional(),
                            new long[] {1, 1},
                            new long[] {2, 2},
                            new long[] {0, 0},
                            1,
                            new long[] {1, 1}),
                    by,
                    weight);
            return List.of(forward, backward);
        }

        /** Numbers between -1 and 1 that need no generator, so that its state stays. */
        private static Tensor waves(long... shape) {
            long n = 1;
            for (long side : shape) {
                n *= side;
            }
            double[] values = new double[Math.toIntExact(n)];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.sin(1 + 12.9898 * i);
            }
            return Tensor.of(values, shape);
        }

        /** Frees memory full of NaN, so that what is left unwritten shows; unlike a fill, this is no step of a recording. */
        private static void soil() {
            double[] nan = new double[1 << 17];
            Arrays.fill(nan, Double.NaN);
            try (Scope scope = Scope.open()) {
                for (int n = 1 << 9; n <= nan.length; n <<= 1) {
                    Tensor.of(Arrays.copyOf(nan, n));
                    Tensor.of(Arrays.copyOf(nan, n));
                }
            }
        }
    }
}
