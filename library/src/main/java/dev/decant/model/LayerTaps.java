package dev.decant.model;

/**
 * Where one transformer layer leaves what it computes: full names of taps.
 *
 * @param scores q k' / sqrt(D) with the mask added, (N, H, T, S)
 * @param map softmax of the scores, (N, H, T, S)
 * @param context map times value, before the output projection, (N, T, C)
 * @param selfOutput context after the output projection (SAO), (N, T, C)
 * @param attentionOutput after the residual: x + SAO, normalised where the layer normalises there (AO), (N, T, C)
 * @param output of the layer (R_l), (N, T, C)
 * @param query (N, H, T, D)
 * @param key (N, H, S, D)
 * @param value (N, H, S, D)
 */
public record LayerTaps(
        String scores,
        String map,
        String context,
        String selfOutput,
        String attentionOutput,
        String output,
        String query,
        String key,
        String value) {

    /** Tap of the output projection's weight as the layer uses it, (C, H·D), without its bias. */
    public String outputWeight() {
        return selfOutput + "_weight";
    }

    /**
     * By the names that attention and layer give.
     *
     * @param attention path of the attention, {@code blocks.3.attn}
     * @param attentionOutput tap of AO
     * @param output tap of R_l
     */
    public static LayerTaps of(String attention, String attentionOutput, String output) {
        return new LayerTaps(
                attention + ".scores",
                attention + ".map",
                attention + ".context",
                attention + ".output",
                attentionOutput,
                output,
                attention + ".query",
                attention + ".key",
                attention + ".value");
    }
}
