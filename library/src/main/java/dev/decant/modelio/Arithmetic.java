package dev.decant.modelio;

import dev.decant.modelio.Meaning.Embedded;
import dev.decant.modelio.Meaning.Heads;
import dev.decant.modelio.Meaning.Hidden;
import dev.decant.modelio.Meaning.Known;
import dev.decant.modelio.Meaning.Mapped;
import dev.decant.modelio.Meaning.Normalizing;
import dev.decant.modelio.Meaning.Pointwise;
import dev.decant.modelio.Meaning.Residual;
import dev.decant.modelio.Meaning.Rows;
import dev.decant.modelio.Meaning.Scores;
import dev.decant.modelio.Meaning.Side;
import dev.decant.modelio.Meaning.Step;
import dev.decant.modelio.Meaning.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.hipparchus.special.Erf;

/** What sums, products and functions of single numbers mean: biases, residuals, norms, activations, scales, masks. */
final class Arithmetic {

    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = Map.of(
            "Erf",
            Erf::erf,
            "Tanh",
            Math::tanh,
            "Relu",
            x -> Math.max(x, 0),
            "Neg",
            x -> -x,
            "Exp",
            Math::exp,
            "Sigmoid",
            x -> 1 / (1 + Math.exp(-x)),
            "Reciprocal",
            x -> 1 / x,
            "Sqrt",
            Math::sqrt);

    private static final Map<String, DoubleBinaryOperator> OPERATORS = Map.of(
            "Add", (a, b) -> a + b,
            "Sub", (a, b) -> a - b,
            "Mul", (a, b) -> a * b,
            "Div", (a, b) -> a / b,
            "Pow", Math::pow);

    private final Layers layers;

    Arithmetic(Layers layers) {
        this.layers = layers;
    }

    static boolean isUnary(String op) {
        return FUNCTIONS.containsKey(op);
    }

    static boolean isBinary(String op) {
        return OPERATORS.containsKey(op);
    }

    /** A function of each number; empty if it has no place in an encoder. */
    Optional<Meaning> unary(String op, Meaning x) {
        if (x instanceof Normalizing n) {
            return norm(op, n);
        }
        DoubleUnaryOperator f = function(op);
        OptionalDouble number = Operands.scalar(x);
        if (number.isPresent()) {
            return Optional.of(Operands.known(op, f.applyAsDouble(number.getAsDouble())));
        }
        return pointwise(x).map(p -> new Pointwise(p.base(), p.function().andThen(f)));
    }

    private static DoubleUnaryOperator function(String op) {
        return Optional.ofNullable(FUNCTIONS.get(op)).orElseThrow();
    }

    private static Optional<Meaning> norm(String op, Normalizing n) {
        if (op.equals("Sqrt") && n.step() == Step.VARIANCE_EPS) {
            return Optional.of(at(n, Step.ROOT));
        }
        return op.equals("Reciprocal") && n.step() == Step.ROOT
                ? Optional.of(at(n, Step.INVERSE_ROOT))
                : Optional.empty();
    }

    private static Normalizing at(Normalizing n, Step step) {
        return new Normalizing(n.base(), step, n.eps(), n.gamma());
    }

    /** The mean over features: of what is normalized, or of the squares. */
    static Optional<Meaning> mean(Meaning x) {
        if (x instanceof Normalizing n) {
            return n.step() == Step.SQUARED ? Optional.of(at(n, Step.VARIANCE)) : Optional.empty();
        }
        return x instanceof Embedded || x instanceof Residual
                ? Optional.of(new Normalizing(x, Step.MEAN, 0, Optional.empty()))
                : Optional.empty();
    }

    /** One of Add, Sub, Mul, Div and Pow; empty if it has no place in an encoder. */
    Optional<Meaning> binary(String op, Meaning a, Meaning b) {
        boolean commutes = op.equals("Add") || op.equals("Mul");
        return ordered(op, a, b).or(() -> commutes ? ordered(op, b, a) : Optional.empty());
    }

    private Optional<Meaning> ordered(String op, Meaning a, Meaning b) {
        OptionalDouble number = Operands.scalar(b);
        if (Operands.scalar(a).isPresent() && number.isPresent()) {
            double value = operator(op).applyAsDouble(Operands.scalar(a).getAsDouble(), number.getAsDouble());
            return Optional.of(Operands.known(op, value));
        }
        Optional<Meaning> found = normalizing(op, a, b);
        if (found.isEmpty() && op.equals("Add")) {
            found = sum(a, b);
        }
        if (found.isEmpty() && (op.equals("Mul") || op.equals("Div"))) {
            found = scaled(op, a, b);
        }
        return found.or(() -> pointwise(op, a, b));
    }

    private static DoubleBinaryOperator operator(String op) {
        return Optional.ofNullable(OPERATORS.get(op)).orElseThrow();
    }

    /** A bias, a residual, one more table of embeddings, a mask on scores. */
    Optional<Meaning> sum(Meaning a, Meaning b) {
        if (a instanceof Mapped map && b instanceof Known bias && map.bias().isEmpty()) {
            return bias.tensor().elements() == map.width()
                    ? Optional.of(new Mapped(map.input(), map.weight(), map.isOutputFirst(), Optional.of(bias)))
                    : Optional.empty();
        }
        if (a instanceof Mapped branch && Layers.isBranch(branch)) {
            return layers.flow(b).map(skip -> new Residual(branch, skip));
        }
        if (a instanceof Scores && b instanceof Side mask && !mask.isLearned()) {
            return Optional.of(a);
        }
        if (a instanceof Scores && Operands.scalar(b).isPresent()) {
            return Optional.of(a);
        }
        return embedded(a, b);
    }

    /** Rows of tables, added; a vector that is the same for all tokens is the table of one type. */
    private static Optional<Meaning> embedded(Meaning a, Meaning b) {
        List<Rows> rows = new ArrayList<>(rows(a));
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        if (b instanceof Known vector && vector.tensor().elements() == width(rows.get(0))) {
            rows.add(new Rows(Table.TYPE, Layers.shaped(vector.tensor(), 1, width(rows.get(0)))));
        } else if (rows(b).isEmpty()) {
            return Optional.empty();
        }
        rows.addAll(rows(b));
        return rows.stream().map(Rows::table).distinct().count() == rows.size()
                ? Optional.of(new Embedded(List.copyOf(rows)))
                : Optional.empty();
    }

    private static List<Rows> rows(Meaning m) {
        return m instanceof Embedded e ? e.rows() : m instanceof Rows r ? List.of(r) : List.of();
    }

    private static long width(Rows rows) {
        return rows.weight().shape()[1];
    }

    private Optional<Meaning> normalizing(String op, Meaning a, Meaning b) {
        if (op.equals("Sub")
                && b instanceof Normalizing mean
                && mean.step() == Step.MEAN
                && mean.base().equals(a)) {
            return Optional.of(at(mean, Step.CENTERED));
        }
        if (op.equals("Div")
                && b instanceof Normalizing root
                && root.step() == Step.ROOT
                && Operands.scalar(a).orElse(0) == 1) {
            return Optional.of(at(root, Step.INVERSE_ROOT));
        }
        if (!(a instanceof Normalizing n)) {
            return Optional.empty();
        }
        return switch (n.step()) {
            case CENTERED -> centered(op, n, b);
            case VARIANCE ->
                op.equals("Add") && Operands.scalar(b).isPresent()
                        ? Optional.of(new Normalizing(
                                n.base(), Step.VARIANCE_EPS, Operands.scalar(b).getAsDouble(), n.gamma()))
                        : Optional.empty();
            case VARIANCE_EPS ->
                op.equals("Pow") && Operands.scalar(b).orElse(0) == 0.5
                        ? Optional.of(at(n, Step.ROOT))
                        : Optional.empty();
            case UNIT ->
                op.equals("Mul") && b instanceof Known gamma
                        ? Optional.of(new Normalizing(n.base(), Step.SCALED, n.eps(), Optional.of(gamma)))
                        : Optional.empty();
            case SCALED ->
                op.equals("Add") && b instanceof Known beta
                        ? layers.normalized(n.base(), n.gamma().orElseThrow(), beta, n.eps())
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Meaning> centered(String op, Normalizing centered, Meaning b) {
        boolean isSquare = (op.equals("Mul") && b.equals(centered))
                || (op.equals("Pow") && Operands.scalar(b).orElse(0) == 2);
        if (isSquare) {
            return Optional.of(at(centered, Step.SQUARED));
        }
        Step divisor = op.equals("Div") ? Step.ROOT : Step.INVERSE_ROOT;
        boolean divides = (op.equals("Div") || op.equals("Mul"))
                && b instanceof Normalizing n
                && n.step() == divisor
                && n.base().equals(centered.base());
        return divides ? Optional.of(at((Normalizing) b, Step.UNIT)) : Optional.empty();
    }

    /** Heads or scores times a number; one that only the running graph knows is taken for the right one. */
    private static Optional<Meaning> scaled(String op, Meaning a, Meaning b) {
        OptionalDouble number = Operands.scalar(b);
        if (number.isEmpty() && !(b instanceof Side side && !side.isLearned() && a instanceof Heads)) {
            return Optional.empty();
        }
        double value = number.orElse(Double.NaN);
        double factor = op.equals("Mul") ? value : 1 / value;
        if (a instanceof Heads heads) {
            return Optional.of(new Heads(heads.base(), heads.heads(), heads.axes(), heads.scale() * factor));
        }
        return a instanceof Scores s
                ? Optional.of(new Scores(s.query(), s.key(), s.heads(), s.scale() * factor))
                : Optional.empty();
    }

    /** A function of one linear map's numbers alone. */
    private static Optional<Meaning> pointwise(String op, Meaning a, Meaning b) {
        DoubleBinaryOperator f = operator(op);
        Optional<Pointwise> left = pointwise(a);
        Optional<Pointwise> right = pointwise(b);
        OptionalDouble constantLeft = Operands.scalar(a);
        OptionalDouble constantRight = Operands.scalar(b);
        if (left.isPresent() && right.isPresent()) {
            DoubleUnaryOperator x = left.get().function();
            DoubleUnaryOperator y = right.get().function();
            return left.get().base().equals(right.get().base())
                    ? Optional.of(new Pointwise(
                            left.get().base(), v -> f.applyAsDouble(x.applyAsDouble(v), y.applyAsDouble(v))))
                    : Optional.empty();
        }
        if (left.isPresent() && constantRight.isPresent()) {
            double c = constantRight.getAsDouble();
            return Optional.of(
                    new Pointwise(left.get().base(), left.get().function().andThen(v -> f.applyAsDouble(v, c))));
        }
        if (right.isPresent() && constantLeft.isPresent()) {
            double c = constantLeft.getAsDouble();
            return Optional.of(
                    new Pointwise(right.get().base(), right.get().function().andThen(v -> f.applyAsDouble(c, v))));
        }
        return Optional.empty();
    }

    static Optional<Pointwise> pointwise(Meaning m) {
        return m instanceof Pointwise p
                ? Optional.of(p)
                : m instanceof Mapped map && map.input() instanceof Hidden
                        ? Optional.of(new Pointwise(map, DoubleUnaryOperator.identity()))
                        : Optional.empty();
    }
}
