package dev.decant.model.text;

import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What layers attend to besides their own input: M sequences, and which of them each of N rows attends to.
 *
 * <p>Each layer makes keys and values of the M sequences once, when it is first asked, and contexts of other {@link #rows} share
 * them: an image costs a layer two products, however many texts are about it, and however many passes (pairs that belong
 * together, wrong ones, hidden words) a step takes. Lives as long as the scope it was made in, and belongs to one forward pass.
 */
public final class Context {

    private final Tensor others;
    private final List<Tensor> bias;
    private final Optional<Tensor> rows;
    private final Map<Object, KeysAndValues> made;
    private final Scope.Place place;

    /** What attention is to, split by heads: each (M or N, H, S, D). */
    record KeysAndValues(Tensor keys, Tensor values) {}

    private Context(
            Tensor others,
            List<Tensor> bias,
            Optional<Tensor> rows,
            Map<Object, KeysAndValues> made,
            Scope.Place place) {
        this.others = others;
        this.bias = bias;
        this.rows = rows;
        this.made = made;
        this.place = place;
    }

    /**
     * Row i attends to sequence i.
     *
     * @param others (M, S, W)
     * @param bias added to the scores, (M, 1, T, S) with T or 1; one or none
     */
    public static Context of(Tensor others, List<Tensor> bias) {
        return new Context(others, bias, Optional.empty(), new IdentityHashMap<>(), Scope.here());
    }

    /** Without a bias. */
    public static Context of(Tensor others) {
        return of(others, List.of());
    }

    /** Some of the rows, in any order and number: (K) places, I64. */
    public Context rows(Tensor places) {
        Tensor chosen = rows.map(r -> r.indexSelect(0, places)).orElse(places);
        return new Context(others, bias, Optional.of(chosen), made, place);
    }

    /**
     * Keys and values of every row, (N, H, S, D).
     *
     * @param layer whose they are
     * @param make makes them of the M sequences
     */
    KeysAndValues seenBy(Object layer, Function<Tensor, KeysAndValues> make) {
        KeysAndValues all = made.get(layer);
        if (all == null) {
            KeysAndValues fresh = make.apply(others);
            // rows are copied out of heads that lie one behind the other, as the products want them
            all = new KeysAndValues(place.hold(fresh.keys.contiguous()), place.hold(fresh.values.contiguous()));
            made.put(layer, all);
        }
        return new KeysAndValues(chosen(all.keys), chosen(all.values));
    }

    /** Of every row; one or none. */
    List<Tensor> bias() {
        return bias.stream().map(this::chosen).toList();
    }

    private Tensor chosen(Tensor x) {
        return rows.map(r -> x.indexSelect(0, r)).orElse(x);
    }
}
