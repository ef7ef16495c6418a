package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.loss.Rearrange;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.nn.TransformerBlock;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Branch of a token network: patches merged two by two down to the final grid, max(4 - stage, 1) transformer blocks of the
 * student's feature width, then the class token or the mean, and a linear classifier.
 *
 * <p>The number of merges is the largest k with grid ≥ 2^k · {@link StageFeatures#finalSide}, or fewer if the grid becomes odd
 * before. Where tokens are of another width than the student's features and nothing can be merged, they are projected by a
 * merge of one token. Four heads, or as many of them as divide the width.
 */
final class TokenBranch extends ExitBranch {

    private static final double NORM_EPS = 1e-5;

    private final StageShape.Tokens shape;
    private final List<PatchMerging> merges = new ArrayList<>();
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final Linear head;

    TokenBranch(StageShape.Tokens stage, int number, StageFeatures student, long classes) {
        shape = stage;
        long width = student.featureWidth();
        if (stage.prefix() > 0 && stage.width() != width) {
            throw new ModelException("stage " + number + " " + stage
                    + " has a class token, so its width must be that of the features, " + width);
        }
        int count = merges(stage.side(), student.finalSide());
        for (int i = 0; i < count; i++) {
            boolean gelu = i == 0 || i < count - 1;
            merges.add(child("merges." + i, new PatchMerging(i == 0 ? stage.width() : width, width, 2, gelu)));
        }
        if (count == 0 && stage.width() != width) {
            merges.add(child("merges.0", new PatchMerging(stage.width(), width, 1, true)));
        }
        int heads = width % 4 == 0 ? 4 : width % 2 == 0 ? 2 : 1;
        for (int i = 0; i < Math.max(StageFeatures.STAGES - number, 1); i++) {
            blocks.add(child(
                    "blocks." + i,
                    new TransformerBlock(new TransformerBlock.Config(width, heads, 4, false, NORM_EPS, 0))));
        }
        head = child("head", new Linear(width, classes));
    }

    @Override
    public Tensor forward(Tensor stage) {
        Tensor x = merged(stage);
        for (TransformerBlock block : blocks) {
            x = block.forward(x, Trace.none());
        }
        return head.forward(shape.prefix() > 0 ? x.select(1, 0) : x.mean(1));
    }

    /** Class tokens pass by untouched. */
    private Tensor merged(Tensor tokens) {
        Tensor grid = tokens.narrow(1, shape.prefix(), shape.side() * shape.side());
        for (PatchMerging merge : merges) {
            grid = merge.forward(grid);
        }
        return shape.prefix() > 0 ? Tensor.cat(List.of(tokens.narrow(1, 0, shape.prefix()), grid), 1) : grid;
    }

    private static int merges(long side, long finalSide) {
        int k = 0;
        while (side % 2 == 0 && side >= 2 * finalSide) {
            side /= 2;
            k++;
        }
        return k;
    }

    /** Cells of tokens to one token each: concatenation, norm, a linear map without bias, GELU if asked for. */
    static final class PatchMerging extends Module {

        private final long cell;
        private final boolean gelu;
        private final LayerNorm norm;
        private final Linear reduction;

        PatchMerging(long inputs, long outputs, long cell, boolean gelu) {
            this.cell = cell;
            this.gelu = gelu;
            norm = child("norm", new LayerNorm(cell * cell * inputs, NORM_EPS));
            reduction = child("reduction", new Linear(cell * cell * inputs, outputs, false));
        }

        Tensor forward(Tensor grid) {
            Tensor x = reduction.forward(norm.forward(cell == 2 ? Rearrange.mergePatches(grid) : grid));
            return gelu ? Ops.gelu(x) : x;
        }
    }
}
