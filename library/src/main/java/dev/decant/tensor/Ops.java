package dev.decant.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** The operations of layers: convolution, linear maps, norms, pooling, attention. Shapes as in PyTorch. */
public final class Ops {

    /** Multiplications of a product from which on it is worth the detour. */
    private static final long LARGE = 1 << 22;

    private Ops() {}

    private static boolean convolves(Tensor x, Tensor weight) {
        return Engine.hasOneDnn()
                && x.dtype() == DType.F32
                && weight.dtype() == DType.F32
                && x.elements() * weight.size(0) >= LARGE
                && x.size(-1) == weight.size(1)
                && !x.device().isCuda()
                && !Autocast.isOn(Device.CPU);
    }

    /**
     * (N, I) or (..., I) times (O, I) plus (O).
     *
     * <p>A large product in fp32 on the CPU runs as a 1x1 convolution of an image of N pixels, which costs no copy and is oneDNN's;
     * see {@link Engine}.
     */
    public static Tensor linear(Tensor x, Tensor weight, List<Tensor> bias) {
        return Call.tensor(
                "linear",
                () -> convolves(x, weight)
                        ? convolved(x, weight, bias).handle()
                        : torch.linear(x.handle(), weight.handle(), optional(bias)),
                with(bias, x, weight));
    }

    /** x weight', summed exactly; x (M, K) and weight (N, K), I8; returns (M, N), I32. Without gradient. */
    public static Tensor byteProduct(Tensor x, Tensor weight) {
        return Call.tensor(
                "byte product",
                () -> {
                    IValueVector stack = new IValueVector(
                            new IValue(x.handle()),
                            new IValue(weight.transpose(0, 1).handle()));
                    ByteProduct.OPERATOR.callBoxed(stack);
                    return stack.get(0).toTensor();
                },
                x,
                weight);
    }

    /** Found once: the search costs as much as a small product. */
    private static final class ByteProduct {
        static final OperatorHandle OPERATOR = Dispatcher.singleton().findSchemaOrThrow("aten::_int_mm", "");

        static {
            OPERATOR.retainReference(); // the scope that happens to be open frees it else
        }
    }

    private static Tensor convolved(Tensor x, Tensor weight, List<Tensor> bias) {
        long[] shape = x.shape();
        long inputs = shape[shape.length - 1];
        shape[shape.length - 1] = weight.size(0);
        Tensor image = x.reshape(1, x.elements() / inputs, 1, inputs).permute(0, 3, 1, 2); // (1, I, N, 1)
        Tensor kernel = weight.reshape(weight.size(0), inputs, 1, 1);
        return plainConv2d(image, kernel, bias, 1, 0, 1).permute(0, 2, 3, 1).reshape(shape);
    }

    private static Tensor[] with(List<Tensor> oneOrNone, Tensor... others) {
        return Stream.concat(Arrays.stream(others), oneOrNone.stream()).toArray(Tensor[]::new);
    }

    /**
     * x (N, C, H, W), weight (O, C/groups, kh, kw); same stride and padding both ways.
     *
     * <p>oneDNN is slow at the gradient of depthwise convolutions with a stride in bf16, and fast without one. So those that
     * learn run without, and their outputs are thinned out: more products, but few of them.
     *
     * <p>Where oneDNN is wrong for some numbers of channels, these are filled up: {@link WholeBlocks}.
     */
    public static Tensor conv2d(Tensor x, Tensor weight, List<Tensor> bias, long stride, long padding, long groups) {
        if (stride > 1 && groups > 1 && groups == weight.size(0) && x.requiresGrad() && isBf16OnCpu(x)) {
            return convolved(x, weight, bias, 1, padding, groups)
                    .every(2, stride)
                    .every(3, stride);
        }
        return convolved(x, weight, bias, stride, padding, groups);
    }

    static boolean isBf16OnCpu(Tensor x) {
        return !x.device().isCuda() && (x.dtype() == DType.BF16 || Autocast.isOn(Device.CPU));
    }

    private static Tensor convolved(
            Tensor x, Tensor weight, List<Tensor> bias, long stride, long padding, long groups) {
        boolean strided = WholeBlocks.stridedPointsFail(x, weight, stride, padding);
        if (!strided && !WholeBlocks.areNeeded(x, weight, groups)) {
            return plainConv2d(x, weight, bias, stride, padding, groups);
        }
        return Call.tensor(
                "conv2d",
                Attributes.of("stride", stride, "padding", padding, "groups", groups),
                () -> Scope.only(() -> strided
                                ? convolved(x.every(2, stride).every(3, stride), weight, bias, 1, 0, groups)
                                : WholeBlocks.conv2d(x, weight, bias, stride, padding, groups))
                        .handle(),
                with(bias, x, weight));
    }

    /** As libtorch has it. */
    static Tensor plainConv2d(Tensor x, Tensor weight, List<Tensor> bias, long stride, long padding, long groups) {
        return Call.tensor(
                "conv2d",
                Attributes.of("stride", stride, "padding", padding, "groups", groups),
                () -> torch.conv2d(
                        x.handle(),
                        weight.handle(),
                        optional(bias),
                        new long[] {stride, stride},
                        new long[] {padding, padding},
                        new long[] {1, 1},
                        groups),
                with(bias, x, weight));
    }

    /** Batch statistics when training (running ones are updated in place by {@code momentum}), running ones otherwise. */
    public static Tensor batchNorm(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor mean,
            Tensor var,
            boolean training,
            double momentum,
            double eps) {
        return Call.tensor(
                "batchNorm",
                Attributes.of("training", training, "eps", eps),
                () -> torch.batch_norm(
                        x.handle(),
                        new TensorOptional(weight.handle()),
                        new TensorOptional(bias.handle()),
                        new TensorOptional(mean.handle()),
                        new TensorOptional(var.handle()),
                        training,
                        momentum,
                        eps,
                        false),
                x,
                weight,
                bias,
                mean,
                var);
    }

    /** Over the last dimension. */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
        return Call.tensor(
                "layerNorm",
                Attributes.of("eps", eps),
                () -> torch.layer_norm(
                        x.handle(),
                        new long[] {weight.elements()},
                        new TensorOptional(weight.handle()),
                        new TensorOptional(bias.handle()),
                        eps,
                        false),
                x,
                weight,
                bias);
    }

    /** Exact GELU, x * Phi(x). */
    public static Tensor gelu(Tensor x) {
        return Call.tensor("gelu", () -> torch.gelu(x.handle()), x);
    }

    /** x sigmoid(1.702 x): CLIP's approximation of GELU. */
    public static Tensor quickGelu(Tensor x) {
        return x.mul(x.mul(1.702).sigmoid());
    }

    /** min(max(x, 0), 6). */
    public static Tensor relu6(Tensor x) {
        return x.clamp(0, 6);
    }

    public static Tensor maxPool(Tensor x, long kernel, long stride, long padding) {
        return Call.tensor(
                "maxPool",
                Attributes.of("kernel", kernel, "stride", stride, "padding", padding),
                () -> torch.max_pool2d(
                        x.handle(),
                        new long[] {kernel, kernel},
                        new long[] {stride, stride},
                        new long[] {padding, padding},
                        new long[] {1, 1},
                        false),
                x);
    }

    /** x (N, C, H, W) to (N, C, side, side), bicubic with corners not aligned and the kernel of a = -0.75. */
    public static Tensor resizeBicubic(Tensor x, long side) {
        return Call.tensor(
                "resizeBicubic", () -> torch.upsample_bicubic2d(x.handle(), new long[] {side, side}, false), x);
    }

    /** Mean over height and width: (N, C, H, W) to (N, C). */
    public static Tensor globalAveragePool(Tensor x) {
        return x.mean(false, 2, 3);
    }

    /** Means over cells that cover the image as evenly as they can: (N, C, H, W) to (N, C, side, side). */
    public static Tensor adaptiveAveragePool(Tensor x, long side) {
        return Call.tensor(
                "adaptiveAveragePool",
                Attributes.of("side", side),
                () -> torch.adaptive_avg_pool2d(x.handle(), side, side),
                x);
    }

    /**
     * Zeroes elements with a probability, and scales the others so that the mean stays.
     *
     * <p>On the CPU the probability is rounded to a multiple of 2^-16: four elements share one draw of the generator, which one
     * thread must make.
     */
    public static Tensor dropout(Tensor x, double probability, boolean training) {
        if (!training || probability <= 0) {
            return x;
        }
        long dropped = Math.round(probability * 65536);
        if (x.device().isCuda() || dropped == 0 || dropped == 65536) {
            return Call.tensor("dropout", () -> torch.dropout(x.handle(), probability, true), x);
        }
        double scale = 65536.0 / (65536 - dropped);
        return Scope.only(() -> {
            Tensor kept = Call.tensor("dropout", () -> kept(x, dropped), x);
            // in bf16 products of two types are slow; elsewhere a byte is kept for each value until the backward pass
            return x.dtype() == DType.BF16
                    ? x.mul(kept.to(x.dtype()).mulInPlace(scale))
                    : x.mul(kept).mulInPlace(scale);
        });
    }

    /** Whether each value of x is kept, of the shape of x. */
    private static org.bytedeco.pytorch.Tensor kept(Tensor x, long dropped) {
        var bits = torch.empty(
                new long[] {(x.elements() + 3) / 4},
                new TensorOptions(torch.ScalarType.Long),
                new MemoryFormatOptional());
        bits.random_(Long.MIN_VALUE, new LongOptional());
        return bits.view(torch.ScalarType.Short)
                .narrow(0, 0, x.elements())
                .ge(new Scalar(dropped - 32768))
                .view(x.shape());
    }

    /** Rows of weight (V, D) at the indices. */
    public static Tensor embedding(Tensor weight, Tensor indices) {
        return Call.tensor("embedding", () -> torch.embedding(weight.handle(), indices.handle()), weight, indices);
    }

    /**
     * Fused softmax(q k' * scale + bias) v; q, k, v (N, H, T, D), bias broadcast to (N, H, T, T) or absent.
     *
     * <p>Fast in fp32. In bf16 on the CPU this build has no fast path for it: write the three steps out there.
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, List<Tensor> bias, double scale) {
        return Call.tensor(
                "attention",
                Attributes.of("scale", scale),
                () -> torch.scaled_dot_product_attention(
                        q.handle(),
                        k.handle(),
                        v.handle(),
                        optional(bias),
                        0.0,
                        false,
                        new DoubleOptional(scale),
                        false),
                with(bias, q, k, v));
    }

    /** Mean cross-entropy of logits (N, K) against classes (N) or probabilities (N, K). */
    public static Tensor crossEntropy(Tensor logits, Tensor target, double smoothing) {
        return Call.tensor(
                "crossEntropy",
                () -> torch.cross_entropy_loss(
                        logits.handle(),
                        target.handle(),
                        new TensorOptional(),
                        torch.Reduction.Mean.value,
                        -100,
                        smoothing),
                logits,
                target);
    }

    /** Mean of (a - b)², a scalar; of one shape. One pass over both for the value and one for the gradient. */
    public static Tensor meanSquaredError(Tensor a, Tensor b) {
        return Call.tensor("meanSquaredError", () -> torch.mse_loss(a.handle(), b.handle()), a, b);
    }

    public static Tensor smoothL1(Tensor a, Tensor b) {
        return Call.tensor("smoothL1", () -> torch.smooth_l1_loss(a.handle(), b.handle()), a, b);
    }

    /** Scales the gradients in place so that their joint 2-norm is at most {@code limit}; returns the norm before. */
    public static double clipGradNorm(List<Tensor> parameters, double limit) {
        return Call.call("clipGradNorm", () -> torch.clip_grad_norm_(Tensor.vector(parameters), limit));
    }

    private static TensorOptional optional(List<Tensor> oneOrNone) {
        return oneOrNone.isEmpty()
                ? new TensorOptional()
                : new TensorOptional(oneOrNone.get(0).handle());
    }
}
