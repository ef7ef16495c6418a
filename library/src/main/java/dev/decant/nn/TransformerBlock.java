package dev.decant.nn;

import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Pre-norm transformer block: x + attention(norm(x)), then x + mlp(norm(x)) (timm's {@code Block}).
 *
 * <p>Offers {@code attention_output}, x after the first of the two.
 */
public final class TransformerBlock extends Module {

    private final LayerNorm norm1;
    private final Attention attn;
    private final LayerNorm norm2;
    private final Mlp mlp;
    private final double dropPath;

    /** What a block is made of. */
    public record Config(long width, int heads, double mlpRatio, boolean qkvBias, double eps, double dropPath) {}

    public TransformerBlock(Config c) {
        norm1 = child("norm1", new LayerNorm(c.width, c.eps));
        attn = child("attn", new Attention(c.width, c.heads, c.qkvBias));
        norm2 = child("norm2", new LayerNorm(c.width, c.eps));
        mlp = child("mlp", new Mlp(c.width, (long) (c.width * c.mlpRatio)));
        dropPath = c.dropPath;
    }

    /** x (N, T, C); returns the same shape. */
    public Tensor forward(Tensor x, Trace trace) {
        return forward(x, List.of(), trace);
    }

    /** With at most one bias, broadcast to (N, H, T, T), added to the scores. */
    public Tensor forward(Tensor x, List<Tensor> bias, Trace trace) {
        return Scope.only(() -> pass(x, bias, trace));
    }

    private Tensor pass(Tensor x, List<Tensor> bias, Trace trace) {
        x = x.add(drop(attn.forward(norm1.forward(x), bias, trace.at("attn"))));
        trace.offer("attention_output", x);
        return x.add(drop(mlp.forward(norm2.forward(x))));
    }

    private Tensor drop(Tensor branch) {
        return isTraining() ? DropPath.dropPath(branch, dropPath) : branch;
    }
}
