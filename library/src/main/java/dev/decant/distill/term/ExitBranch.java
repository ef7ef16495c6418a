package dev.decant.distill.term;

import dev.decant.nn.Module;
import dev.decant.tensor.Tensor;

/**
 * A classifier on a stage of the student, trained with it and left out of the shipped model (Hao et al. 2023,
 * arXiv:2310.19444, section 3.3; layers and initial values as in the authors' code).
 */
public abstract class ExitBranch extends Module {

    ExitBranch() {}

    /** Output of the stage, as the student offers it; returns logits (N, K). */
    public abstract Tensor forward(Tensor stage);

    /**
     * A branch for stage 1, 2, 3 or 4 of a student.
     *
     * @param student shapes of the student
     * @param widths of the pooled features; the teacher's counts in the width of a CNN's branch
     * @param classes K
     */
    public static ExitBranch of(StageFeatures student, int stage, FeatureWidths widths, long classes) {
        StageShape shape = student.stage(stage);
        if (shape instanceof StageShape.Image image) {
            long width = Math.max(widths.student(), widths.teacher());
            return new ConvBranch(image, stage, student.finalSide(), new ConvBranch.Exit(width, classes));
        }
        return new TokenBranch((StageShape.Tokens) shape, stage, student, classes);
    }
}
