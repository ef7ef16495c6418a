package dev.decant.spec;

/** What losses take unless told otherwise, in Java and in recipes. */
public final class LossDefaults {

    /** Of both softmaxes, wherever logits are softened. */
    public static final double TEMPERATURE = 1;

    public static final double OFA_BRANCH_WEIGHT = 1;
    public static final double OFA_LOGITS_WEIGHT = 1;

    public static final double DKD_ALPHA = 1;
    public static final double DKD_BETA = 2;
    public static final int DKD_WARMUP_EPOCHS = 0;

    public static final double DIST_BETA = 1;
    public static final double DIST_GAMMA = 1;

    public static final int CRD_DIMENSION = 128;
    public static final int CRD_NEGATIVES = 16_384;
    public static final double CRD_TEMPERATURE = 0.07;
    public static final double CRD_MOMENTUM = 0.5;

    private LossDefaults() {}
}
