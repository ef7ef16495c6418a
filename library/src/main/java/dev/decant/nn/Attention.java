package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Multi-head self-attention: softmax(q k' / sqrt(D)) v, with one projection for q, k and v (timm's {@code Attention}).
 *
 * <p>Offers {@code scores} (N, H, T, T) before softmax, {@code map} after it, {@code context} (N, T, C) before and
 * {@code output} after the last projection. Runs fused unless scores or map were asked for.
 */
public final class Attention extends Module {

    private final int heads;
    private final Linear qkv;
    private final Linear proj;

    public Attention(long width, int heads, boolean qkvBias) {
        if (width % heads != 0) {
            throw new IllegalArgumentException("attention: width " + width + " does not divide by " + heads + " heads");
        }
        this.heads = heads;
        qkv = child("qkv", new Linear(width, 3 * width, qkvBias));
        proj = child("proj", new Linear(width, width));
    }

    /** x (N, T, C); returns the same shape. */
    public Tensor forward(Tensor x, Trace trace) {
        return forward(x, List.of(), trace);
    }

    /** With at most one bias, broadcast to (N, H, T, T), added to the scores. */
    public Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
        long n = x.size(0);
        long t = x.size(1);
        long c = x.size(2);
        Tensor parts = qkv.forward(x).reshape(n, t, 3, heads, c / heads).permute(2, 0, 3, 1, 4); // (3, N, H, T, D)
        parts = isWrittenOut(parts) ? parts.contiguous() : parts; // one copy for the products instead of one for each
        Tensor context = attend(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), bias, trace)
                .transpose(1, 2)
                .reshape(n, t, c);
        trace.offer("context", context);
        Tensor output = proj.forward(context);
        trace.offer("output", output);
        return output;
    }

    /**
     * The attention itself; q, k, v (N, H, T, D), result (N, H, T, D).
     *
     * <p>The bias broadcasts to (N, H, T, T); one of (M, H, T, T), M dividing N, repeats: sample n takes n mod M. One
     * that learns is not fused, since the fused kernel has no gradient for it.
     *
     * <p>In bf16 on the CPU the three steps are written out: the fused kernel has no fast path there.
     */
    public static Tensor attend(Tensor q, Tensor k, Tensor v, List<Tensor> bias, Trace trace) {
        double scale = 1 / Math.sqrt((double) q.size(-1));
        boolean wantsScores = trace.wants("scores");
        boolean wantsMap = trace.wants("map");
        boolean learns = bias.stream().anyMatch(Tensor::requiresGrad);
        if (!wantsScores && !wantsMap && !isWrittenOut(q) && !learns) {
            return Ops.attention(q, k, v, bias.stream().map(b -> repeated(b, q)).toList(), scale);
        }
        Tensor scores = q.mul(scale).matmul(k.transpose(-2, -1)); // (N, H, T, T)
        for (Tensor b : bias) {
            scores = biased(scores, b);
        }
        trace.offer("scores", scores);
        Tensor map = scores.softmax(-1);
        trace.offer("map", map);
        return map.to(v.dtype()).matmul(v);
    }

    private static boolean isWrittenOut(Tensor q) {
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
        long n = q.size(0);
        return bias.to(q.dtype()).expand(n / m, m, h, t, t).reshape(n, h, t, t);
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
