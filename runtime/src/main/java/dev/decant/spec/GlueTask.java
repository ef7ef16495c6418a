package dev.decant.spec;

import java.util.Locale;

/** The tasks of GLUE (Wang et al. 2019). */
public enum GlueTask {
    COLA,
    SST_2,
    MRPC,
    STS_B,
    QQP,
    MNLI,
    /** MNLI, scored on kinds of text that it was not trained on. */
    MNLI_MM,
    QNLI,
    RTE,
    WNLI;

    /** The name in recipes: {@code sst-2}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
