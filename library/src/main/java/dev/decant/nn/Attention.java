package dev.decant.nn;

import dev.decant.ModelException;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Multi-head self-attention: softmax(q k' / sqrt(D)) v, with one projection for q, k and v (timm's {@code Attention}).
 *
 * <p>Offers {@code context} (N, T, C) before and {@code output} after the last projection, {@code output_weight} (C, C) of
 * that projection, and what {@link AttentionCore} offers; that has the slots and the gate too.
 */
final class Attention extends Module {

    private final long headWidth;
    private final Linear qkv;
    private final Linear proj;
    private final AttentionCore core;

    public Attention(long width, int heads, boolean qkvBias) {
        if (width % heads != 0) {
            throw new ModelException("attention: width " + width + " does not divide by " + heads + " heads");
        }
        headWidth = width / heads;
        qkv = child("qkv", new Linear(width, 3 * width, qkvBias));
        proj = child("proj", new Linear(width, width));
        core = new AttentionCore(this, heads, (4 * width * width + 4 * width) / heads, 0);
        core.heads().over(qkv.outputs(3, headWidth));
        core.heads().over(proj.inputs(headWidth));
    }

    /** x (N, T, C); returns the same shape. */
    public Tensor forward(Tensor x, Trace trace) {
        return forward(x, List.of(), trace);
    }

    /** With at most one bias, broadcast to (N, H, T, T), added to the scores. */
    public Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
        long n = x.size(0);
        long t = x.size(1);
        Tensor parts = qkv.forward(x)
                .reshape(n, t, 3, core.heads().units(), headWidth)
                .permute(2, 0, 3, 1, 4); // (3, N, H, T, D)
        parts = AttentionCore.isWrittenOut(parts)
                ? parts.contiguous()
                : parts; // one copy for the products instead of one for each
        List<Tensor> qkvs = parts.unbind(0);
        Tensor context = core.attend(qkvs.get(0), qkvs.get(1), qkvs.get(2), bias, trace)
                .transpose(1, 2)
                .reshape(n, t, -1); // (N, T, H D)
        Tensor output = core.project(proj, context, trace);
        trace.offer("output_weight", proj::usedWeight);
        return trace.pass("output", output);
    }
}
