package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Rkd;
import java.util.List;
import java.util.Set;

/**
 * {@link Rkd#loss} of the pooled features.
 *
 * @param teacher name of the teacher
 * @param distanceWeight the authors take 25
 * @param angleWeight the authors take 50
 */
public record RkdTerm(String teacher, double distanceWeight, double angleWeight) implements Term {

    @Override
    public Taps taps() {
        return Taps.both(List.of(teacher), Set.of(Taps.FEATURES));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(Rkd.loss(
                view.studentTap(Taps.FEATURES), view.teacherTap(teacher, Taps.FEATURES), distanceWeight, angleWeight));
    }
}
