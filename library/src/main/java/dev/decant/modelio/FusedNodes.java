package dev.decant.modelio;

import dev.decant.modelio.Meaning.Known;
import dev.decant.modelio.Meaning.Rows;
import dev.decant.modelio.Meaning.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** Nodes that do in one what others do in several: norms and activations of newer ONNX, and those of ONNX Runtime's optimizer. */
final class FusedNodes {

    private final Layers layers;
    private final Arithmetic arithmetic;

    FusedNodes(Layers layers, Arithmetic arithmetic) {
        this.layers = layers;
        this.arithmetic = arithmetic;
    }

    /** GELU, by tanh or not, perhaps after a bias. */
    Optional<Meaning> gelu(Operands o) {
        boolean isByTanh = o.op().equals("FastGelu")
                || o.attribute("approximate")
                        .map(a -> a.getS().toStringUtf8())
                        .orElse("none")
                        .equals("tanh");
        Optional<Meaning> x = o.input(1).isPresent()
                ? arithmetic.sum(o.input(0).orElseThrow(), o.input(1).get())
                : o.input(0);
        DoubleUnaryOperator gelu = Layers.activation(isByTanh ? "gelu_new" : "gelu");
        return x.flatMap(Arithmetic::pointwise)
                .map(p -> new Meaning.Pointwise(p.base(), p.function().andThen(gelu)));
    }

    Optional<Meaning> layerNorm(Operands o) {
        return norm(o.input(0).orElseThrow(), o.input(1), o.input(2), o.number("epsilon", 1e-5));
    }

    private Optional<Meaning> norm(Meaning x, Optional<Meaning> gamma, Optional<Meaning> beta, double eps) {
        boolean isWhole = gamma.filter(Known.class::isInstance).isPresent()
                && beta.filter(Known.class::isInstance).isPresent();
        return isWhole ? layers.normalized(x, (Known) gamma.get(), (Known) beta.get(), eps) : Optional.empty();
    }

    /** The norm of a branch, perhaps with its bias, and what went past it. */
    Optional<Meaning> skipNorm(Operands o) {
        if (o.input(1).isEmpty()) {
            return Optional.empty();
        }
        Meaning x = o.input(0).orElseThrow();
        Optional<Meaning> branch =
                o.input(4).isPresent() ? arithmetic.binary("Add", x, o.input(4).get()) : Optional.of(x);
        return branch.flatMap(m -> arithmetic.binary("Add", m, o.input(1).get()))
                .flatMap(sum -> norm(sum, o.input(2), o.input(3), o.number("epsilon", 1e-12)));
    }

    /** The norm of the rows of three tables. */
    Optional<Meaning> embedNorm(Operands o) {
        List<Rows> rows = new ArrayList<>();
        Table[] tables = {Table.WORD, Table.POSITION, Table.TYPE};
        for (int i = 0; i < tables.length; i++) {
            Optional<Known> table = o.input(2 + i, Known.class);
            if (table.isPresent()) {
                rows.add(new Rows(tables[i], table.get().tensor()));
            }
        }
        return norm(new Meaning.Embedded(rows), o.input(5), o.input(6), o.number("epsilon", 1e-12));
    }
}
