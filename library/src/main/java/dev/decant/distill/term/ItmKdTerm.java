package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.SoftTargets;
import java.util.List;
import java.util.Set;

/**
 * {@link SoftTargets#kd} of whether images and texts belong together, over the batch's pairs and its hard negatives, which
 * teacher and student share.
 *
 * @param temperature greater than 0; 1 in EfficientVLM
 */
public record ItmKdTerm(String teacher, double temperature) implements Term {

    @Override
    public Taps taps() {
        return Taps.both(List.of(teacher), Set.of(Taps.MATCH));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(
                SoftTargets.kd(view.studentTap(Taps.MATCH), view.teacherTap(teacher, Taps.MATCH), temperature));
    }
}
