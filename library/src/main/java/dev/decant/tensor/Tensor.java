package dev.decant.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * An n-dimensional array with reverse-mode differentiation, backed by libtorch.
 *
 * <p>Operations return new tensors and are named as in PyTorch; those ending in "InPlace" change this one. Negative
 * dimensions count from the end. Memory is freed by the enclosing {@link Scope}. Wrong use throws
 * {@link TensorException} with one line that names the operation and the operands' shapes. Layers' operations
 * (convolution, norms, attention) are in {@link Ops}.
 */
public final class Tensor {

    private static final long[] ALL = {};

    private final org.bytedeco.pytorch.Tensor handle;

    Tensor(org.bytedeco.pytorch.Tensor handle) {
        this.handle = handle;
    }

    org.bytedeco.pytorch.Tensor handle() {
        return handle;
    }

    // ---- making ----

    /** F32 from values in row-major order; no shape means a vector. */
    public static Tensor of(float[] values, long... shape) {
        Tensor t = empty(DType.F32, shapeOf(values.length, shape));
        if (values.length > 0) {
            t.handle.data_ptr_float().put(values);
        }
        return t;
    }

    public static Tensor of(double[] values, long... shape) {
        Tensor t = empty(DType.F64, shapeOf(values.length, shape));
        if (values.length > 0) {
            t.handle.data_ptr_double().put(values);
        }
        return t;
    }

    public static Tensor of(long[] values, long... shape) {
        Tensor t = empty(DType.I64, shapeOf(values.length, shape));
        if (values.length > 0) {
            t.handle.data_ptr_long().put(values);
        }
        return t;
    }

    /** As {@link #of(float[], long...)}, on a device. */
    public static Tensor of(Device device, float[] values, long... shape) {
        return of(values, shape).to(device);
    }

    public static Tensor of(Device device, double[] values, long... shape) {
        return of(values, shape).to(device);
    }

    public static Tensor of(Device device, long[] values, long... shape) {
        return of(values, shape).to(device);
    }

    /** Copies little-endian elements; the buffer must hold exactly the tensor's bytes. */
    public static Tensor fromBuffer(ByteBuffer buffer, DType dtype, long... shape) {
        long elements = elements(shape);
        if (buffer.remaining() != elements * dtype.bytes()) {
            throw new TensorException("a tensor " + Arrays.toString(shape) + " of " + dtype + " needs "
                    + elements * dtype.bytes() + " bytes, the buffer holds " + buffer.remaining());
        }
        Tensor t = empty(dtype, shape);
        if (elements > 0) {
            new BytePointer(t.handle.data_ptr())
                    .capacity(buffer.remaining())
                    .asByteBuffer()
                    .put(buffer.duplicate());
        }
        return t;
    }

    /** Uninitialised memory on the CPU. */
    public static Tensor empty(DType dtype, long... shape) {
        return empty(Device.CPU, dtype, shape);
    }

    public static Tensor empty(Device device, DType dtype, long... shape) {
        Engine.load();
        return Call.tensor(
                "empty",
                Attributes.of("shape", shape),
                () -> torch.empty(shape, options(device, dtype), new MemoryFormatOptional()));
    }

    public static Tensor full(double value, DType dtype, long... shape) {
        return full(Device.CPU, value, dtype, shape);
    }

    public static Tensor full(Device device, double value, DType dtype, long... shape) {
        Engine.load();
        return Call.sized(
                "full",
                Attributes.of("value", value),
                () -> torch.full(shape, new Scalar(value), options(device, dtype)));
    }

    public static Tensor zeros(DType dtype, long... shape) {
        return full(0, dtype, shape);
    }

    public static Tensor zeros(Device device, DType dtype, long... shape) {
        return full(device, 0, dtype, shape);
    }

    public static Tensor zeros(long... shape) {
        return full(0, DType.F32, shape);
    }

    public static Tensor ones(long... shape) {
        return full(1, DType.F32, shape);
    }

    public static Tensor ones(Device device, DType dtype, long... shape) {
        return full(device, 1, dtype, shape);
    }

    public static Tensor scalar(double value) {
        return full(value, DType.F32);
    }

    public static Tensor scalar(Device device, double value) {
        return full(device, value, DType.F32);
    }

    /** 0, 1, ... n-1 as I64. */
    public static Tensor arange(long n) {
        return arange(Device.CPU, n);
    }

    public static Tensor arange(Device device, long n) {
        Engine.load();
        return Call.sized("arange", Attributes.NONE, () -> torch.arange(new Scalar(n), options(device, DType.I64)));
    }

    /** Standard normal, from the device's generator ({@link Rng}). */
    public static Tensor randn(long... shape) {
        return randn(Device.CPU, shape);
    }

    public static Tensor randn(Device device, long... shape) {
        return empty(device, DType.F32, shape).normalInPlace(0, 1);
    }

    /** Uniform on [0, 1). */
    public static Tensor rand(long... shape) {
        return rand(Device.CPU, shape);
    }

    public static Tensor rand(Device device, long... shape) {
        return empty(device, DType.F32, shape).uniformInPlace(0, 1);
    }

    public static Tensor cat(List<Tensor> parts, int dim) {
        return Call.tensor(
                "cat",
                Attributes.of("dim", (long) dim),
                () -> torch.cat(vector(parts), dim),
                parts.toArray(Tensor[]::new));
    }

    public static Tensor stack(List<Tensor> parts, int dim) {
        return Call.tensor(
                "stack",
                Attributes.of("dim", (long) dim),
                () -> torch.stack(vector(parts), dim),
                parts.toArray(Tensor[]::new));
    }

    public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
        return Call.tensor("where", () -> torch.where(condition.handle, yes.handle, no.handle), condition, yes, no);
    }

    private static TensorOptions options(Device device, DType dtype) {
        return new TensorOptions(dtype.scalarType()).device(new DeviceOptional(device.handle()));
    }

    static TensorVector vector(List<Tensor> parts) {
        return new TensorVector(parts.stream().map(t -> t.handle).toArray(org.bytedeco.pytorch.Tensor[]::new));
    }

    public Tensor zerosLike() {
        return Call.tensor("zerosLike", () -> torch.zeros_like(handle), this);
    }

    public Tensor onesLike() {
        return Call.tensor("onesLike", () -> torch.ones_like(handle), this);
    }

    // ---- what it is ----

    public long[] shape() {
        return handle.sizes().vec().get();
    }

    public long size(int dim) {
        return Call.call("size(" + dim + ")", () -> handle.size(dim), this);
    }

    public int rank() {
        return (int) handle.dim();
    }

    public long elements() {
        return handle.numel();
    }

    public DType dtype() {
        return DType.of(handle.scalar_type());
    }

    public Device device() {
        org.bytedeco.pytorch.Device d = handle.device();
        return d.is_cuda() ? new Device("cuda", d.index()) : Device.CPU;
    }

    public boolean requiresGrad() {
        return handle.requires_grad();
    }

    /** Where numbers lie and how often they were changed in place: equal as long as they are. */
    public record Stamp(long address, long version) {}

    public Stamp stamp() {
        return new Stamp(handle.data_ptr().address(), handle._version());
    }

    // ---- reading ----

    /** The one element of a scalar. */
    public double item() {
        return Call.read("item", handle::item_double, this);
    }

    public float[] floats() {
        Tensor t = to(DType.F32).onHost();
        float[] values = new float[(int) t.elements()];
        if (values.length > 0) {
            t.handle.data_ptr_float().get(values);
        }
        return values;
    }

    public double[] doubles() {
        Tensor t = to(DType.F64).onHost();
        double[] values = new double[(int) t.elements()];
        if (values.length > 0) {
            t.handle.data_ptr_double().get(values);
        }
        return values;
    }

    public long[] longs() {
        Tensor t = to(DType.I64).onHost();
        long[] values = new long[(int) t.elements()];
        if (values.length > 0) {
            t.handle.data_ptr_long().get(values);
        }
        return values;
    }

    /** A little-endian copy of the elements in row-major order. */
    public ByteBuffer bytes() {
        Tensor t = onHost();
        long n = t.elements() * t.dtype().bytes();
        ByteBuffer copy = ByteBuffer.allocate(Math.toIntExact(n)).order(ByteOrder.LITTLE_ENDIAN);
        if (n > 0) {
            copy.put(new BytePointer(t.handle.data_ptr()).capacity(n).asByteBuffer())
                    .flip();
        }
        return copy;
    }

    private Tensor onHost() {
        Recording.look(this);
        return detach().to(Device.CPU).contiguous();
    }

    // ---- type, device, layout ----

    public Tensor to(DType dtype) {
        return dtype == dtype()
                ? this
                : Call.tensor("to", Attributes.of("dtype", dtype), () -> handle.to(dtype.scalarType()), this);
    }

    public Tensor to(Device device) {
        return device.equals(device())
                ? this
                : Call.tensor("move", () -> handle.to(device.handle(), handle.scalar_type()), this);
    }

    public Tensor contiguous() {
        return Call.tensor("contiguous", handle::contiguous, this);
    }

    /** The same (N, C, H, W) values with channels innermost in memory, where convolutions are fastest. */
    public Tensor channelsLast() {
        return Call.tensor("channelsLast", () -> handle.contiguous(MemoryFormat.ChannelsLast), this);
    }

    /** The same values in the graph once more. */
    public Tensor alias() {
        return Call.tensor("alias", handle::alias, this);
    }

    /** Replaces the memory behind this tensor, keeping the object and its place in optimizers and modules. */
    public void setData(Tensor data) {
        Call.inPlace("setData", () -> handle.set_data(data.handle), this, data);
    }

    public Tensor copy() {
        return Call.tensor("copy", handle::clone, this);
    }

    public Tensor detach() {
        return Call.tensor("detach", handle::detach, this);
    }

    // ---- differentiation ----

    public Tensor requiresGrad(boolean on) {
        Call.run("requiresGrad", () -> handle.set_requires_grad(on), this);
        return this;
    }

    /** Adds d(this)/d(leaf) to the gradient of every leaf that requires one; this must be a scalar. */
    public void backward() {
        Call.run("backward", () -> handle.backward(), this);
    }

    public void backward(boolean keepGraph) {
        Call.run(
                "backward",
                () -> handle.backward(
                        new org.bytedeco.pytorch.Tensor(),
                        new BoolOptional(keepGraph),
                        false,
                        new TensorArrayRefOptional()),
                this);
    }

    public boolean hasGrad() {
        return handle.grad().defined();
    }

    /** The gradient collected so far; an error if there is none. */
    public Tensor grad() {
        org.bytedeco.pytorch.Tensor grad = handle.grad();
        if (!grad.defined()) {
            throw new TensorException("no gradient has reached this tensor " + Arrays.toString(shape()));
        }
        return new Tensor(grad);
    }

    /** Forgets the gradient, so that the next backward allocates it anew. */
    public void clearGrad() {
        handle.mutable_grad().reset();
    }

    // ---- arithmetic ----

    public Tensor add(Tensor o) {
        return Call.tensor("add", () -> handle.add(o.handle), this, o);
    }

    public Tensor add(double o) {
        return Call.tensor("add", Attributes.of("other", o), () -> handle.add(new Scalar(o)), this);
    }

    public Tensor sub(Tensor o) {
        return Call.tensor("sub", () -> handle.sub(o.handle), this, o);
    }

    public Tensor sub(double o) {
        return Call.tensor("sub", Attributes.of("other", o), () -> handle.sub(new Scalar(o)), this);
    }

    public Tensor mul(Tensor o) {
        return Call.tensor("mul", () -> handle.mul(o.handle), this, o);
    }

    public Tensor mul(double o) {
        return Call.tensor("mul", Attributes.of("other", o), () -> handle.mul(new Scalar(o)), this);
    }

    public Tensor div(Tensor o) {
        return Call.tensor("div", () -> handle.div(o.handle), this, o);
    }

    public Tensor div(double o) {
        return Call.tensor("div", Attributes.of("other", o), () -> handle.div(new Scalar(o)), this);
    }

    /** Integer division rounding down. */
    public Tensor floorDiv(long o) {
        return Call.tensor(
                "floorDiv", Attributes.of("other", (double) o), () -> handle.floor_divide(new Scalar(o)), this);
    }

    public Tensor pow(double exponent) {
        return Call.tensor("pow", Attributes.of("other", exponent), () -> handle.pow(new Scalar(exponent)), this);
    }

    /** Each element to the power of the matching (broadcast) element. */
    public Tensor pow(Tensor exponent) {
        return Call.tensor("pow", () -> handle.pow(exponent.handle), this, exponent);
    }

    public Tensor neg() {
        return Call.tensor("neg", handle::neg, this);
    }

    public Tensor square() {
        return Call.tensor("square", handle::square, this);
    }

    public Tensor abs() {
        return Call.tensor("abs", handle::abs, this);
    }

    public Tensor sign() {
        return Call.tensor("sign", handle::sign, this);
    }

    public Tensor exp() {
        return Call.tensor("exp", handle::exp, this);
    }

    public Tensor log() {
        return Call.tensor("log", handle::log, this);
    }

    /** exp(x) - 1, exact near 0. */
    public Tensor expm1() {
        return Call.tensor("expm1", handle::expm1, this);
    }

    /** ln(1 + x), exact near 0. */
    public Tensor log1p() {
        return Call.tensor("log1p", handle::log1p, this);
    }

    public Tensor sqrt() {
        return Call.tensor("sqrt", handle::sqrt, this);
    }

    public Tensor sigmoid() {
        return Call.tensor("sigmoid", handle::sigmoid, this);
    }

    /** ln(sigmoid(x)), without overflow. */
    public Tensor logSigmoid() {
        return Call.tensor("logSigmoid", () -> torch.log_sigmoid(handle), this);
    }

    public Tensor tanh() {
        return Call.tensor("tanh", handle::tanh, this);
    }

    public Tensor relu() {
        return Call.tensor("relu", handle::relu, this);
    }

    public Tensor round() {
        return Call.tensor("round", handle::round, this);
    }

    public Tensor clamp(double low, double high) {
        return Call.tensor(
                "clamp",
                Attributes.of("low", low, "high", high),
                () -> torch.clamp(handle, scalarOptional(low), scalarOptional(high)),
                this);
    }

    /** Clips to [low, high]; the gradient is 0 where x is clipped and at the two ends. */
    public Tensor hardtanh(double low, double high) {
        return Call.tensor("hardtanh", () -> torch.hardtanh(handle, new Scalar(low), new Scalar(high)), this);
    }

    public Tensor clampMin(double low) {
        return Call.tensor("clampMin", Attributes.of("low", low), () -> torch.clamp_min(handle, new Scalar(low)), this);
    }

    private static org.bytedeco.pytorch.ScalarOptional scalarOptional(double v) {
        return new org.bytedeco.pytorch.ScalarOptional(new Scalar(v));
    }

    public Tensor matmul(Tensor o) {
        return Call.tensor("matmul", () -> handle.matmul(o.handle), this, o);
    }

    // ---- comparison ----

    public Tensor eq(Tensor o) {
        return Call.tensor("eq", () -> handle.eq(o.handle), this, o);
    }

    public Tensor eq(double o) {
        return Call.tensor("eq", Attributes.of("other", o), () -> handle.eq(new Scalar(o)), this);
    }

    public Tensor gt(double o) {
        return Call.tensor("gt", Attributes.of("other", o), () -> handle.gt(new Scalar(o)), this);
    }

    public Tensor gt(Tensor o) {
        return Call.tensor("gt", () -> handle.gt(o.handle), this, o);
    }

    public Tensor lt(double o) {
        return Call.tensor("lt", Attributes.of("other", o), () -> handle.lt(new Scalar(o)), this);
    }

    public Tensor ge(double o) {
        return Call.tensor("ge", Attributes.of("other", o), () -> handle.ge(new Scalar(o)), this);
    }

    public Tensor ge(Tensor o) {
        return Call.tensor("ge", () -> handle.ge(o.handle), this, o);
    }

    public Tensor logicalNot() {
        return Call.tensor("logicalNot", handle::logical_not, this);
    }

    public Tensor maskedFill(Tensor mask, double value) {
        return Call.tensor(
                "maskedFill",
                Attributes.of("value", value),
                () -> handle.masked_fill(mask.handle, new Scalar(value)),
                this,
                mask);
    }

    /** True if every element is finite. */
    public boolean isFinite() {
        return Call.read("isFinite", () -> torch.isfinite(handle).all().item_bool(), this);
    }

    // ---- reductions ----

    public Tensor sum() {
        return Call.tensor("sum", Attributes.of("dims", ALL, "keep", false), () -> handle.sum(), this);
    }

    public Tensor sum(boolean keep, long... dims) {
        return Call.tensor(
                "sum",
                Attributes.of("dims", dims, "keep", keep),
                () -> handle.sum(dims, keep, new ScalarTypeOptional()),
                this);
    }

    public Tensor sum(long dim) {
        return sum(false, dim);
    }

    public Tensor mean() {
        return Call.tensor("mean", Attributes.of("dims", ALL, "keep", false), () -> handle.mean(), this);
    }

    public Tensor mean(boolean keep, long... dims) {
        return Call.tensor(
                "mean",
                Attributes.of("dims", dims, "keep", keep),
                () -> handle.mean(dims, keep, new ScalarTypeOptional()),
                this);
    }

    public Tensor mean(long dim) {
        return mean(false, dim);
    }

    /** Largest element along a dimension. */
    public Tensor max(long dim, boolean keep) {
        return Call.tensor(
                "max",
                Attributes.of("dims", new long[] {dim}, "keep", keep),
                () -> torch.amax(handle, new long[] {dim}, keep),
                this);
    }

    public Tensor max() {
        return Call.tensor("max", Attributes.of("dims", ALL, "keep", false), () -> handle.max(), this);
    }

    /** ln of the sum of exp along a dimension, without overflow. */
    public Tensor logSumExp(long dim) {
        return Call.tensor(
                "logSumExp", Attributes.of("dims", new long[] {dim}, "keep", false), () -> handle.logsumexp(dim), this);
    }

    /** Euclidean length along a dimension; its gradient at the zero vector is 0. */
    public Tensor norm(long dim, boolean keep) {
        return Call.tensor(
                "norm",
                Attributes.of("dims", new long[] {dim}, "keep", keep),
                () -> torch.linalg_vector_norm(
                        handle, new Scalar(2.0), new long[] {dim}, keep, new ScalarTypeOptional()),
                this);
    }

    /** Largest size |x| along a dimension; a norm of infinite order is the same, but not vectorized. */
    public Tensor maxAbs(long dim, boolean keep) {
        return Call.tensor(
                "maxAbs",
                Attributes.of("dims", new long[] {dim}, "keep", keep),
                () -> torch.maximum(
                        handle.amax(new long[] {dim}, keep),
                        handle.amin(new long[] {dim}, keep).neg()),
                this);
    }

    /** Position of the largest element along a dimension; the first of equals. */
    public Tensor argmax(long dim) {
        return Call.tensor(
                "argmax", Attributes.of("dim", dim), () -> torch.argmax(handle, new LongOptional(dim), false), this);
    }

    public Tensor softmax(long dim) {
        return Call.tensor("softmax", Attributes.of("dim", dim), () -> torch.softmax(handle, dim), this);
    }

    public Tensor logSoftmax(long dim) {
        return Call.tensor("logSoftmax", Attributes.of("dim", dim), () -> torch.log_softmax(handle, dim), this);
    }

    // ---- shape ----

    public Tensor reshape(long... shape) {
        return Call.tensor("reshape", Attributes.of("shape", shape), () -> handle.reshape(shape), this);
    }

    public Tensor permute(long... dims) {
        return Call.tensor("permute", Attributes.of("dims", dims), () -> handle.permute(dims), this);
    }

    public Tensor transpose(long a, long b) {
        return Call.tensor("transpose", Attributes.of("a", a, "b", b), () -> handle.transpose(a, b), this);
    }

    /** Joins the dimensions from {@code first} to the last. */
    public Tensor flatten(long first) {
        return Call.tensor("flatten", Attributes.of("first", first), () -> torch.flatten(handle, first, -1), this);
    }

    public Tensor unsqueeze(long dim) {
        return Call.tensor("unsqueeze", Attributes.of("dim", dim), () -> handle.unsqueeze(dim), this);
    }

    public Tensor squeeze(long dim) {
        return Call.tensor("squeeze", Attributes.of("dim", dim), () -> handle.squeeze(dim), this);
    }

    public Tensor expand(long... shape) {
        return Call.sized("expand", Attributes.of("shape", shape), () -> handle.expand(shape), this);
    }

    public Tensor select(long dim, long index) {
        return Call.tensor("select", Attributes.of("dim", dim, "index", index), () -> handle.select(dim, index), this);
    }

    /** All slices of a dimension: one view each, but one gradient for all of them. */
    public List<Tensor> unbind(long dim) {
        TensorVector parts = Call.call("unbind", () -> handle.unbind(dim), this);
        return IntStream.range(0, (int) parts.size())
                .mapToObj(i -> Call.tensor(
                        "select",
                        Attributes.of("dim", dim, "index", (long) i),
                        () -> new org.bytedeco.pytorch.Tensor(parts.get(i)), // else it ends with the vector
                        this))
                .toList();
    }

    /** Parts of these sizes of dimension 0: one view each, but one gradient for all of them. */
    public List<Tensor> split(long... sizes) {
        TensorVector parts = Call.call("split", () -> handle.split_with_sizes(sizes), this);
        return IntStream.range(0, sizes.length)
                .mapToObj(
                        i -> new Tensor(new org.bytedeco.pytorch.Tensor(parts.get(i)))) // else it ends with the vector
                .toList();
    }

    /** Elements {@code start} to {@code start + length} of a dimension. */
    public Tensor narrow(long dim, long start, long length) {
        return Call.sized(
                "narrow",
                Attributes.of("dim", dim, "start", start, "length", length),
                () -> handle.narrow(dim, start, length),
                this);
    }

    /** Every {@code step}-th slice of a dimension, from the first. */
    public Tensor every(long dim, long step) {
        return Call.tensor(
                "every",
                Attributes.of("dim", dim, "step", step),
                () -> torch.slice(handle, dim, new LongOptional(0), new LongOptional(Long.MAX_VALUE), step),
                this);
    }

    public Tensor roll(long[] shifts, long[] dims) {
        return Call.tensor(
                "roll", Attributes.of("shifts", shifts, "dims", dims), () -> torch.roll(handle, shifts, dims), this);
    }

    public Tensor flip(long... dims) {
        return Call.tensor("flip", Attributes.of("dims", dims), () -> torch.flip(handle, dims), this);
    }

    /** Zero-pads the channels of an (N, C, H, W) tensor. */
    public Tensor padChannels(long before, long after) {
        return pad(0, 0, 0, 0, before, after);
    }

    /** Zeros around: (before, after) of the last dimension, then of the one before it, and so on. */
    public Tensor pad(long... beforeAfter) {
        return Call.tensor(
                "pad",
                Attributes.of("beforeAfter", beforeAfter),
                () -> torch.constant_pad_nd(handle, beforeAfter),
                this);
    }

    public Tensor indexSelect(long dim, Tensor index) {
        return Call.tensor(
                "indexSelect", Attributes.of("dim", dim), () -> handle.index_select(dim, index.handle), this, index);
    }

    public Tensor gather(long dim, Tensor index) {
        return Call.tensor("gather", Attributes.of("dim", dim), () -> handle.gather(dim, index.handle), this, index);
    }

    /** Class numbers (N) to rows (N, classes) of 0 and 1, as I64. */
    public Tensor oneHot(long classes) {
        return Call.tensor("oneHot", Attributes.of("classes", classes), () -> torch.one_hot(handle, classes), this);
    }

    // ---- in place ----

    public Tensor copyFrom(Tensor o) {
        Call.inPlace("copyFrom", () -> handle.copy_(o.handle), this, o);
        return this;
    }

    public Tensor fillInPlace(double value) {
        Call.inPlace("fill", Attributes.of("value", value), () -> handle.fill_(new Scalar(value)), this);
        return this;
    }

    /** this += alpha * o; between tensors of whole numbers, alpha must be one too. */
    public Tensor addInPlace(Tensor o, double alpha) {
        boolean whole = !dtype().isFloating() && alpha == Math.rint(alpha);
        Call.inPlace(
                "add",
                Attributes.of("alpha", alpha),
                () -> handle.add_(o.handle, whole ? new Scalar((long) alpha) : new Scalar(alpha)),
                this,
                o);
        return this;
    }

    /** max(this, 0); allowed on a result whose producer does not need it for its gradient, as a batch norm's. */
    public Tensor reluInPlace() {
        Call.inPlace("relu", handle::relu_, this);
        return this;
    }

    public Tensor mulInPlace(double o) {
        Call.inPlace("mul", Attributes.of("other", o), () -> handle.mul_(new Scalar(o)), this);
        return this;
    }

    /** this *= o, broadcast to this. */
    public Tensor mulInPlace(Tensor o) {
        Call.inPlace("mul", () -> handle.mul_(o.handle), this, o);
        return this;
    }

    /** Whole numbers, halves to even. */
    public Tensor roundInPlace() {
        Call.inPlace("round", handle::round_, this);
        return this;
    }

    /** this = this + weight * (o - this). */
    public Tensor lerpInPlace(Tensor o, double weight) {
        Call.inPlace(
                "lerp", Attributes.of("weight", weight), () -> handle.lerp_(o.handle, new Scalar(weight)), this, o);
        return this;
    }

    public Tensor normalInPlace(double mean, double deviation) {
        Call.inPlace(
                "normal", () -> handle.normal_(mean, deviation, new org.bytedeco.pytorch.GeneratorOptional()), this);
        return this;
    }

    public Tensor clampInPlace(double low, double high) {
        Call.inPlace(
                "clamp",
                Attributes.of("low", low, "high", high),
                () -> torch.clamp_(handle, scalarOptional(low), scalarOptional(high)),
                this);
        return this;
    }

    public Tensor signInPlace() {
        Call.inPlace("sign", handle::sign_, this);
        return this;
    }

    public Tensor uniformInPlace(double low, double high) {
        Call.inPlace("uniform", () -> handle.uniform_(low, high, new org.bytedeco.pytorch.GeneratorOptional()), this);
        return this;
    }

    /** Writes rows at the positions of {@code index} along dimension 0. */
    public Tensor indexCopyInPlace(Tensor index, Tensor rows) {
        Call.inPlace("indexCopy", () -> handle.index_copy_(0, index.handle, rows.handle), this, index, rows);
        return this;
    }

    @Override
    public String toString() {
        return dtype() + Arrays.toString(shape());
    }

    private static long[] shapeOf(int length, long[] shape) {
        if (shape.length == 0) {
            return new long[] {length};
        }
        if (elements(shape) != length) {
            throw new TensorException(length + " values do not fill the shape " + Arrays.toString(shape));
        }
        return shape;
    }

    private static long elements(long... shape) {
        long n = 1;
        for (long s : shape) {
            n = Math.multiplyExact(n, s);
        }
        return n;
    }
}
