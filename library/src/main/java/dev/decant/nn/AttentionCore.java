package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * softmax(q k' / sqrt(D) + bias) v of every head: what all attentions have in common.
 *
 * <p>Gives its owner the slots {@code query}, {@code key}, {@code value} (before the products) and {@code probabilities}
 * (after softmax and dropout), and the gate {@code heads} (on each head's context, {@link #project}). Offers {@code query}, {@code key},
 * {@code value} (N, H, T, D) as they enter the products, {@code scores} (N, H, T, S) before softmax and {@code map} after
 * it, before dropout and rounding. Runs fused unless scores or map are wanted, probabilities are rounded or dropped, or the bias learns.
 */
public final class AttentionCore {

    private final Module owner;
    private final double dropout;
    private final Slot query;
    private final Slot key;
    private final Slot value;
    private final Slot probabilities;
    private final GateSlot heads;

    /**
     * @param owner the attention that the slots and the gate belong to
     * @param parametersPerHead what goes away with a head
     * @param dropout of the probabilities, while training
     */
    public AttentionCore(Module owner, long heads, long parametersPerHead, double dropout) {
        this.owner = owner;
        this.dropout = dropout;
        query = owner.slot("query", Slot.Kind.ACTIVATION);
        key = owner.slot("key", Slot.Kind.ACTIVATION);
        value = owner.slot("value", Slot.Kind.ACTIVATION);
        probabilities = owner.slot("probabilities", Slot.Kind.ACTIVATION);
        this.heads = owner.gate("heads", heads, parametersPerHead);
    }

    /** The gate over heads; the owner says in which of its tensors they lie. */
    public GateSlot heads() {
        return heads;
    }

    /**
     * Attends; q (N, H, T, D), k and v (N, H, S, D), result (N, H, T, D).
     *
     * <p>The bias broadcasts to (N, H, T, S); one of (M, H, T, S), M dividing N, repeats: sample n takes n mod M. One
     * that learns is not fused, since the fused kernel has no gradient for it.
     *
     * <p>In bf16 on the CPU the three steps are written out: the fused kernel has no fast path there.
     *
     * @param bias one or none
     */
    public Tensor attend(Tensor q, Tensor k, Tensor v, List<Tensor> bias, Trace trace) {
        q = query.apply(q);
        k = key.apply(k);
        v = value.apply(v);
        trace.offer("query", q);
        trace.offer("key", k);
        trace.offer("value", v);
        double scale = 1 / Math.sqrt((double) q.size(-1));
        boolean wantsScores = trace.wants("scores");
        boolean wantsMap = trace.wants("map") || trace.replaces("map");
        if (!wantsScores && !wantsMap && !isWrittenOut(q) && !changesMap() && !learns(bias)) {
            Tensor samples = q;
            return Ops.attention(
                    q, k, v, bias.stream().map(b -> repeated(b, samples)).toList(), scale);
        }
        Tensor scores = q.mul(scale).matmul(k.transpose(-2, -1)); // (N, H, T, S)
        for (Tensor b : bias) {
            scores = biased(scores, b);
        }
        trace.offer("scores", scores);
        Tensor map = trace.pass("map", scores.softmax(-1));
        Tensor used = probabilities.apply(Ops.dropout(map, dropout, owner.isTraining()));
        return used.to(v.dtype()).matmul(v);
    }

    /** The output projection of the heads' contexts (N, T, H D), each times its gate's factor. Offers {@code context}. */
    public Tensor project(Linear projection, Tensor context, Trace trace) {
        boolean isSeen = trace.wants("context") || trace.replaces("context");
        Tensor passed = trace.pass("context", isSeen ? heads.columns(context) : context);
        return isSeen ? projection.forward(passed) : projection.gated(passed, heads);
    }

    private boolean changesMap() {
        return probabilities.isFilled() || (dropout > 0 && owner.isTraining());
    }

    private static boolean learns(List<Tensor> bias) {
        return bias.stream().anyMatch(Tensor::requiresGrad);
    }

    /** Is the fused kernel slow for such tensors? */
    static boolean isWrittenOut(Tensor q) {
        return q.dtype() == DType.BF16 && !q.device().isCuda();
    }

    private static boolean repeats(Tensor bias, Tensor samples) {
        return bias.size(0) != 1 && bias.size(0) != samples.size(0);
    }

    private static Tensor repeated(Tensor bias, Tensor q) {
        if (!repeats(bias, q)) {
            return bias.to(q.dtype());
        }
        long m = bias.size(0);
        long h = bias.size(1);
        long t = bias.size(2);
        long s = bias.size(3);
        long n = q.size(0);
        return bias.to(q.dtype()).expand(n / m, m, h, t, s).reshape(n, h, t, s);
    }

    /** Views the scores in groups of M rather than copying the bias for each. */
    private static Tensor biased(Tensor scores, Tensor bias) {
        if (!repeats(bias, scores)) {
            return scores.add(bias);
        }
        long[] s = scores.shape();
        long m = bias.size(0);
        return scores.reshape(s[0] / m, m, s[1], s[2], s[3]).add(bias).reshape(s);
    }
}
