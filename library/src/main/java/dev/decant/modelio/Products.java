package dev.decant.modelio;

import dev.decant.modelio.Meaning.Attending;
import dev.decant.modelio.Meaning.Gathered;
import dev.decant.modelio.Meaning.Heads;
import dev.decant.modelio.Meaning.Hidden;
import dev.decant.modelio.Meaning.Known;
import dev.decant.modelio.Meaning.Mapped;
import dev.decant.modelio.Meaning.Pointwise;
import dev.decant.modelio.Meaning.Scores;
import dev.decant.tensor.DType;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.StoredTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;

/** What products of matrices mean, and what splits, turns and joins heads between them. */
final class Products {

    private static final String SPLIT = "nshd";
    private static final String HEADS = "nhsd";
    private static final String KEYS = "nhds";
    private static final String JOINED = "nsc";

    private final Layers layers;

    Products(Layers layers) {
        this.layers = layers;
    }

    /**
     * a times b.
     *
     * @param turnsRight whether the last two dimensions of b are exchanged first
     * @param factor what the product is multiplied with
     */
    Optional<Meaning> product(Meaning a, Meaning b, boolean turnsRight, double factor) {
        if (b instanceof Known weight && weight.tensor().shape().length == 2 && factor == 1) {
            return isMappable(a) ? Optional.of(new Mapped(a, weight, turnsRight, Optional.empty())) : Optional.empty();
        }
        if (a instanceof Heads q && b instanceof Heads k) {
            String wanted = turnsRight ? HEADS : KEYS;
            return q.axes().equals(HEADS) && k.axes().equals(wanted) && q.heads() == k.heads()
                    ? Optional.of(new Scores(q.base(), k.base(), q.heads(), q.scale() * k.scale() * factor))
                    : Optional.empty();
        }
        boolean gathers = a instanceof Attending map
                && b instanceof Heads v
                && v.axes().equals(HEADS)
                && v.heads() == map.scores().heads()
                && v.scale() == 1
                && factor == 1
                && !turnsRight;
        return gathers
                ? Optional.of(new Gathered(((Attending) a).scores(), ((Heads) b).base(), HEADS))
                : Optional.empty();
    }

    private boolean isMappable(Meaning a) {
        return a instanceof Pointwise
                || (a instanceof Gathered context && context.axes().equals(JOINED))
                || a instanceof Hidden
                || layers.flow(a).isPresent();
    }

    /** A linear map with everything: {@code Gemm}. */
    Optional<Meaning> gemm(Operands o) {
        boolean isPlain = o.number("alpha", 1) == 1 && o.number("beta", 1) == 1 && o.integer("transA", 0) == 0;
        if (!isPlain || o.input(0).isEmpty() || o.input(1).isEmpty()) {
            return Optional.empty();
        }
        Optional<Meaning> map = product(o.input(0).get(), o.input(1).get(), o.integer("transB", 0) == 1, 1);
        return o.input(2, Known.class).isEmpty()
                ? map
                : map.flatMap(m -> biased(m, o.input(2, Known.class).get()));
    }

    private static Optional<Meaning> biased(Meaning m, Known bias) {
        return m instanceof Mapped map
                ? Optional.of(new Mapped(map.input(), map.weight(), map.isOutputFirst(), Optional.of(bias)))
                : Optional.empty();
    }

    /** Splits a linear map's result into heads, joins heads, or joins texts and tokens and parts them again. */
    Optional<Meaning> reshape(Meaning x, List<OptionalLong> shape) {
        if (x instanceof Gathered context) {
            return context.axes().equals(SPLIT)
                    ? Optional.of(new Gathered(context.scores(), context.value(), JOINED))
                    : context.axes().equals(JOINED) ? Optional.of(x) : Optional.empty();
        }
        Optional<Mapped> map =
                x instanceof Mapped m ? Optional.of(m) : Arithmetic.pointwise(x).map(Pointwise::base);
        int n = shape.size();
        if (map.isPresent() && n >= 2) {
            Optional<Meaning> split = split(x, map.get(), shape.get(n - 2), shape.get(n - 1));
            if (split.isPresent()) {
                return split;
            }
        }
        boolean keepsFeatures = x instanceof Hidden || map.isPresent();
        boolean isFlat = n < 4 && keepsFeatures;
        return isFlat ? Optional.of(x) : Optional.empty();
    }

    private static Optional<Meaning> split(Meaning x, Mapped map, OptionalLong heads, OptionalLong width) {
        long all = map.width();
        long d = width.orElse(0);
        long h = heads.orElse(0);
        h = h > 0 ? h : d > 0 && d < all && all % d == 0 ? all / d : 0;
        if (h < 1 || all % h != 0 || (d > 0 && h * d != all)) {
            return Optional.empty();
        }
        DoubleUnaryOperator f = x instanceof Pointwise p ? p.function() : DoubleUnaryOperator.identity();
        double scale = f.applyAsDouble(1);
        boolean isLinear = f.applyAsDouble(0) == 0 && Math.abs(f.applyAsDouble(2) - 2 * scale) < 1e-9;
        return isLinear ? Optional.of(new Heads(map, (int) h, SPLIT, scale)) : Optional.empty();
    }

    /** Turns the axes of heads, or rows and columns of a weight. */
    static Optional<Meaning> transpose(Meaning x, List<Long> order) {
        if (x instanceof Known known && known.tensor().shape().length == 2) {
            boolean isTurn = order.isEmpty() || order.equals(List.of(1L, 0L));
            return isTurn ? Optional.of(new Known(known.tensor(), !known.isTransposed())) : Optional.empty();
        }
        if (x instanceof Heads heads) {
            return turned(heads.axes(), order).map(axes -> new Heads(heads.base(), heads.heads(), axes, heads.scale()));
        }
        return x instanceof Gathered context
                ? turned(context.axes(), order).map(axes -> new Gathered(context.scores(), context.value(), axes))
                : Optional.empty();
    }

    private static Optional<String> turned(String axes, List<Long> order) {
        if (order.size() != axes.length() || order.stream().anyMatch(i -> i < 0 || i >= axes.length())) {
            return Optional.empty();
        }
        StringBuilder turned = new StringBuilder();
        order.forEach(i -> turned.append(axes.charAt(i.intValue())));
        return Optional.of(turned.toString());
    }

    /** ONNX Runtime's {@code Attention}: query, key and value side by side in one weight (C, 3 C). */
    Optional<Meaning> attention(Operands o) {
        Optional<Known> weight = o.input(1, Known.class);
        Optional<Known> bias = o.input(2, Known.class);
        boolean isKnown = o.input(0).filter(this::isMappable).isPresent()
                && weight.isPresent()
                && bias.isPresent()
                && isPlain(o)
                && weight.get().tensor().shape().length == 2
                && weight.get().tensor().shape()[1] % 3 == 0
                && weight.get().tensor().shape()[1] == bias.get().tensor().elements();
        if (!isKnown) {
            return Optional.empty();
        }
        List<Mapped> maps = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            maps.add(new Mapped(
                    o.input(0).get(),
                    new Known(third(weight.get().tensor(), part), false),
                    false,
                    Optional.of(new Known(third(bias.get().tensor(), part), false))));
        }
        return gathered(o, maps);
    }

    /** ONNX Runtime's {@code MultiHeadAttention}: of three linear maps, with the biases of all side by side. */
    Optional<Meaning> multiHeadAttention(Operands o) {
        List<Mapped> maps = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            Optional<Mapped> map = o.input(part, Mapped.class);
            if (map.isEmpty()) {
                return Optional.empty();
            }
            Optional<Known> bias = o.input(3, Known.class);
            if (bias.isEmpty()) {
                maps.add(map.get());
                continue;
            }
            if (map.get().bias().isPresent()
                    || bias.get().tensor().elements() != 3 * map.get().width()) {
                return Optional.empty();
            }
            Known own = new Known(third(bias.get().tensor(), part), false);
            maps.add(new Mapped(map.get().input(), map.get().weight(), map.get().isOutputFirst(), Optional.of(own)));
        }
        return isPlain(o) ? gathered(o, maps) : Optional.empty();
    }

    private static boolean isPlain(Operands o) {
        return o.integer("unidirectional", 0) == 0 && o.integer("do_rotary", 0) == 0 && o.integer("num_heads", 0) > 0;
    }

    private static Optional<Meaning> gathered(Operands o, List<Mapped> maps) {
        int heads = (int) o.integer("num_heads", 1);
        double usual = Math.sqrt(heads / (double) maps.get(0).width());
        double scale = o.number("scale", 0);
        Scores scores = new Scores(maps.get(0), maps.get(1), heads, scale == 0 ? usual : scale);
        return Optional.of(new Gathered(scores, maps.get(2), JOINED));
    }

    /** The first, second or last third of the last dimension. */
    private static StoredTensor third(StoredTensor all, int part) {
        try (Scope scope = Scope.open()) {
            Tensor tensor = all.toTensor().to(DType.F32);
            int last = tensor.rank() - 1;
            long width = tensor.size(last) / 3;
            Tensor own = tensor.narrow(last, part * width, width).contiguous();
            return StoredTensor.of(all.name(), own.floats(), own.shape());
        }
    }
}
