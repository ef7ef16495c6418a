package dev.decant.model;

import dev.decant.ModelException;
import java.util.Optional;

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
 * @param crossAttention path of the attention to another sequence, where the layer has one
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
        String value,
        Optional<String> crossAttention) {

    /** Tap of the output projection's weight as the layer uses it, (C, H·D), without its bias. */
    public String outputWeight() {
        return selfOutput + "_weight";
    }

    /** As {@link #scores} (N, H, T, S), T tokens of the layer's own sequence against S of the other. */
    public String crossScores() {
        return cross() + ".scores";
    }

    /** As {@link #map} (N, H, T, S), T tokens of the layer's own sequence against S of the other. */
    public String crossMap() {
        return cross() + ".map";
    }

    private String cross() {
        return crossAttention.orElseThrow(() -> new ModelException(
                "layer '" + output + "' has no attention to another sequence, which cross: true asks for"));
    }

    /** The same layer with an attention to another sequence. */
    public LayerTaps withCross(String attention) {
        return new LayerTaps(
                scores, map, context, selfOutput, attentionOutput, output, query, key, value, Optional.of(attention));
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
                attention + ".value",
                Optional.empty());
    }
}
