package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.SoftTargets;
import java.util.List;
import java.util.Set;

/**
 * {@link SoftTargets#kd} of the logits.
 *
 * @param temperature greater than 0; 1 on ImageNet and 4 on CIFAR in the literature
 */
public record KdTerm(TeacherChoice teacher, double temperature) implements Term {

    @Override
    public Taps taps() {
        return Taps.both(teacher.names(), Set.of(Taps.LOGITS));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(SoftTargets.kd(view.studentTap(Taps.LOGITS), teacher.logits(view), temperature));
    }
}
