package dev.decant.train;

import dev.decant.tensor.Device;

/**
 * How a training goes on, apart from what is trained.
 *
 * @param epochs passes over the data
 * @param maxSteps optimizer steps after which it ends early; {@link Long#MAX_VALUE} for none
 * @param accumulate batches whose gradients are averaged for one optimizer step
 * @param clipNorm joint gradient norm above which gradients are scaled down; infinity for never
 * @param bf16 run matrix products and convolutions in bf16 (autocast); losses stay fp32
 * @param channelsLast memory layout of images and convolution weights
 * @param perStep learning rate changes with every step instead of every epoch
 * @param every how often things happen
 * @param device where student and teachers are
 */
public record TrainingConfig(
        int epochs,
        long maxSteps,
        int accumulate,
        double clipNorm,
        boolean bf16,
        boolean channelsLast,
        boolean perStep,
        Every every,
        Device device) {

    /** Epochs between checkpoints and between evaluations, steps between log lines. */
    public record Every(int checkpointEpochs, int evaluationEpochs, int logSteps) {}
}
