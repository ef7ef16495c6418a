package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.loss.Rearrange;
import dev.decant.nn.Conv2d;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * Brings a stage of the student and one of the teacher to one shape, whatever the two architectures: a learned map on the
 * student's side, a rearrangement without parameters on the teacher's.
 *
 * <p>With the student's side s (pixels or tokens along an edge) and the teacher's t; class tokens are dropped:
 *
 * <table>
 * <caption>What is learned</caption>
 * <tr><th>student to teacher</th><th>student</th><th>teacher</th></tr>
 * <tr><td>image to image</td><td>1x1 convolution without bias; the larger map is averaged down to the smaller</td><td></td></tr>
 * <tr><td>image to tokens, s ≥ t</td><td>convolution with kernel and stride s/t</td><td></td></tr>
 * <tr><td>image to tokens, s &lt; t</td><td>1x1 convolution</td><td>cells of t/s by t/s joined</td></tr>
 * <tr><td>tokens to image, t ≥ s</td><td>linear, then each token becomes t/s by t/s pixels</td><td></td></tr>
 * <tr><td>tokens to image, t &lt; s</td><td>cells of s/t by s/t joined, 1x1 convolution</td><td></td></tr>
 * <tr><td>tokens to tokens, t &gt; s</td><td>linear, then cut anew in raster order (not true to place)</td><td></td></tr>
 * <tr><td>tokens to tokens, t ≤ s</td><td>cells of s/t by s/t joined, linear</td><td></td></tr>
 * </table>
 */
final class HintProjector extends Module {

    private final UnaryOperator<Tensor> student;
    private final UnaryOperator<Tensor> teacher;

    private HintProjector(Aligner aligner, UnaryOperator<Tensor> teacher) {
        child("layer", aligner.layer);
        student = aligner.map;
        this.teacher = teacher;
    }

    /** What learns, and the map it is part of. */
    private record Aligner(Module layer, UnaryOperator<Tensor> map) {}

    /** The student's stage in the shape of {@link #target}; gradients flow. */
    public Tensor align(Tensor studentStage) {
        return student.apply(studentStage);
    }

    /** The teacher's stage, rearranged. */
    public Tensor target(Tensor teacherStage) {
        return teacher.apply(teacherStage);
    }

    /**
     * @throws ModelException if the sides do not divide, or (tokens to more tokens) the values do not
     */
    public static HintProjector between(StageShape student, StageShape teacher) {
        if (student instanceof StageShape.Image s) {
            return teacher instanceof StageShape.Image t
                    ? imageToImage(s, t)
                    : imageToTokens(s, (StageShape.Tokens) teacher);
        }
        StageShape.Tokens s = (StageShape.Tokens) student;
        return teacher instanceof StageShape.Image t
                ? tokensToImage(s, t)
                : tokensToTokens(s, (StageShape.Tokens) teacher);
    }

    private static HintProjector imageToImage(StageShape.Image s, StageShape.Image t) {
        Conv2d conv = Conv2d.pointwise(s.width(), t.width());
        long side = Math.min(s.side(), t.side());
        return new HintProjector(new Aligner(conv, x -> conv.forward(averaged(x, s, side))), x -> averaged(x, t, side));
    }

    private static Tensor averaged(Tensor x, StageShape.Image shape, long side) {
        return shape.side() == side ? x : Ops.adaptiveAveragePool(x, side);
    }

    private static HintProjector imageToTokens(StageShape.Image s, StageShape.Tokens t) {
        if (s.side() >= t.side()) {
            long patch = ratio(s.side(), t.side(), s, t);
            Conv2d conv = BranchInit.biased(new Conv2d.Shape(s.width(), t.width(), patch, patch, 0, 1));
            return new HintProjector(new Aligner(conv, x -> Rearrange.toTokens(conv.forward(x))), x -> grid(x, t));
        }
        long cell = ratio(t.side(), s.side(), s, t);
        Conv2d conv = BranchInit.biased(new Conv2d.Shape(s.width(), t.width() * cell * cell, 1, 1, 0, 1));
        return new HintProjector(
                new Aligner(conv, x -> Rearrange.toTokens(conv.forward(x))),
                x -> Rearrange.spaceToDepth(grid(x, t), cell));
    }

    private static HintProjector tokensToImage(StageShape.Tokens s, StageShape.Image t) {
        if (t.side() >= s.side()) {
            long patch = ratio(t.side(), s.side(), s, t);
            Linear linear = new Linear(s.width(), patch * patch * t.width());
            return new HintProjector(
                    new Aligner(linear, x -> Rearrange.unpatchify(linear.forward(grid(x, s)), patch)),
                    UnaryOperator.identity());
        }
        long cell = ratio(s.side(), t.side(), s, t);
        Conv2d conv = BranchInit.biased(new Conv2d.Shape(s.width() * cell * cell, t.width(), 1, 1, 0, 1));
        return new HintProjector(
                new Aligner(conv, x -> conv.forward(Rearrange.toImage(Rearrange.spaceToDepth(grid(x, s), cell)))),
                UnaryOperator.identity());
    }

    private static HintProjector tokensToTokens(StageShape.Tokens s, StageShape.Tokens t) {
        long tokens = t.side() * t.side();
        if (t.side() > s.side()) {
            long factor = ratio(tokens * t.width(), s.side() * s.side() * s.width(), s, t);
            Linear linear = new Linear(s.width(), s.width() * factor);
            return new HintProjector(
                    new Aligner(linear, x -> Rearrange.raster(linear.forward(grid(x, s)), tokens)), x -> grid(x, t));
        }
        long cell = ratio(s.side(), t.side(), s, t);
        Linear linear = new Linear(cell * cell * s.width(), t.width());
        return new HintProjector(
                new Aligner(linear, x -> linear.forward(Rearrange.spaceToDepth(grid(x, s), cell))), x -> grid(x, t));
    }

    /** Without class tokens. */
    private static Tensor grid(Tensor tokens, StageShape.Tokens shape) {
        return tokens.narrow(1, shape.prefix(), shape.side() * shape.side());
    }

    private static long ratio(long larger, long smaller, StageShape s, StageShape t) {
        if (larger % smaller != 0) {
            throw new ModelException("no hint between the student's stage " + s + " and the teacher's " + t + ": "
                    + larger + " does not divide by " + smaller + "; leave the stage out");
        }
        return larger / smaller;
    }
}
