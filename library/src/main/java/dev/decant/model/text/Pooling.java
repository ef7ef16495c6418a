package dev.decant.model.text;

import dev.decant.ModelException;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** From the vectors of a text's tokens to one, in the order in which sentence-transformers puts several side by side. */
public enum Pooling {
    /** The first token's. */
    CLS("pooling_mode_cls_token"),
    /** The largest of each feature. */
    MAX("pooling_mode_max_tokens"),
    MEAN("pooling_mode_mean_tokens"),
    /** The sum over the square root of the number of tokens. */
    MEAN_SQRT_LENGTH("pooling_mode_mean_sqrt_len_tokens"),
    /** The mean, in which the first token counts once, the second twice, and so on. */
    WEIGHTED_MEAN("pooling_mode_weightedmean_tokens"),
    /** The last token's. */
    LAST("pooling_mode_lasttoken");

    private static final double LEAST = 1e-9;

    private final String key;

    Pooling(String key) {
        this.key = key;
    }

    /** The key in sentence-transformers' {@code 1_Pooling/config.json}. */
    public String key() {
        return key;
    }

    /** As recipes and the command line name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws ModelException for another word, naming those there are */
    public static Pooling of(String word) {
        return Arrays.stream(values())
                .filter(p -> p.word().equals(word.trim().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new ModelException("pooling '" + word + "' is not known; there are "
                        + Arrays.stream(values()).map(Pooling::word).collect(Collectors.joining(", "))
                        + ", and several joined by +"));
    }

    /**
     * One vector for each text, (N, C).
     *
     * @param hidden (N, S, C)
     * @param mask (N, S), of the type of {@code hidden}: 1 for a token, 0 for padding
     */
    Tensor of(Tensor hidden, Tensor mask) {
        return switch (this) {
            case CLS -> hidden.select(1, 0);
            case MAX -> hidden.add(mask.sub(1).mul(1e9).unsqueeze(2)).max(1, false);
            case MEAN -> mean(hidden, mask);
            case MEAN_SQRT_LENGTH ->
                sum(hidden, mask).div(mask.sum(true, 1).clampMin(LEAST).sqrt());
            case WEIGHTED_MEAN -> mean(hidden, mask.mul(places(mask)));
            case LAST -> {
                Tensor places = mask.mul(places(mask)); // (N, S)
                yield sum(hidden, places.eq(places.max(1, true)).to(hidden.dtype()));
            }
        };
    }

    private static Tensor mean(Tensor hidden, Tensor weights) {
        return sum(hidden, weights).div(weights.sum(true, 1).clampMin(LEAST));
    }

    private static Tensor sum(Tensor hidden, Tensor weights) {
        return hidden.mul(weights.unsqueeze(2)).sum(1);
    }

    /** 1, 2, 3, ... as (1, S). */
    private static Tensor places(Tensor mask) {
        return Tensor.arange(mask.size(1))
                .to(mask.device())
                .add(1)
                .to(mask.dtype())
                .unsqueeze(0);
    }
}
