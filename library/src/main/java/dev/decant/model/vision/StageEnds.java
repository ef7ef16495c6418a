package dev.decant.model.vision;

import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;

/**
 * Where a network of equal blocks is cut into four stages.
 *
 * <p>Twelve blocks are cut 2, 2, 6, 2, the proportions of Swin-T (OFA-KD's choice, arXiv 2310.19444); other depths are
 * cut at the same sixths, rounded, and the last stage always ends with the last block. All four differ from four blocks
 * on; with fewer, neighbouring stages share a block.
 */
public final class StageEnds {

    private final int[] ends;

    /** For a network of {@code depth} blocks, at least one. */
    public StageEnds(int depth) {
        ends = depth < 4 ? shared(depth) : cut(depth);
    }

    private static int[] cut(int depth) {
        int first = Math.max(1, Math.round(depth / 6f));
        int second = Math.max(first + 1, Math.round(depth / 3f));
        int third = Math.max(second + 1, Math.round(depth * 5 / 6f));
        return new int[] {first - 1, second - 1, third - 1, depth - 1};
    }

    private static int[] shared(int depth) {
        int[] last = new int[4];
        for (int stage = 1; stage <= 4; stage++) {
            last[stage - 1] = (stage * depth + 3) / 4 - 1;
        }
        return last;
    }

    /** Index of the block that stage 1 to 4 ends with. */
    public int block(int stage) {
        return ends[stage - 1];
    }

    /** Offers the output of a block as {@code blocks.i} and as every stage that ends with it. */
    void offer(Trace trace, int block, Tensor x) {
        trace.at("blocks").offer(Integer.toString(block), x);
        for (int stage = 1; stage <= 4; stage++) {
            if (block(stage) == block) {
                trace.offer("stage" + stage, x);
            }
        }
    }
}
