package dev.decant.distill;

import dev.decant.nn.Module;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A classifier on a stage of the student, trained with it and left out of the shipped model (Hao et al. 2023,
 * arXiv:2310.19444, section 3.3; layers and initial values as in the authors' code).
 */
public abstract class ExitBranch extends Module {

    ExitBranch() {}

    /** Output of the stage, as the student offers it; returns logits (N, K). */
    public abstract Tensor forward(Tensor stage);

    /**
     * What a branch ends in.
     *
     * @param teacherWidth width of the teacher's pooled features, which sets the width of a CNN's branch
     * @param classes K
     */
    public record Target(long teacherWidth, long classes) {}

    /** A branch for stage 1, 2, 3 or 4 of a student. */
    public static ExitBranch of(StageFeatures student, int stage, Target target) {
        StageShape shape = student.stage(stage);
        if (shape instanceof StageShape.Image image) {
            long width = Math.max(student.featureWidth(), target.teacherWidth());
            return new ConvBranch(image, stage, student.finalSide(), width, target.classes());
        }
        return new TokenBranch((StageShape.Tokens) shape, stage, student, target.classes());
    }

    /** One branch for each of the stages. */
    public static List<ExitBranch> of(StageFeatures student, List<Integer> stages, Target target) {
        List<ExitBranch> branches = new ArrayList<>();
        stages.forEach(stage -> branches.add(of(student, stage, target)));
        return branches;
    }
}
