package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.States;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Mean squared error of the student's outputs against the teacher's: what distills a regression. */
public record LogitsMseTerm(String teacher) implements Term {

    @Override
    public Taps taps() {
        return Taps.both(Set.of(teacher), Set.of(Taps.LOGITS));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(
                States.squared(view.studentTap(Taps.LOGITS), view.teacherTap(teacher, Taps.LOGITS), Optional.empty()));
    }
}
