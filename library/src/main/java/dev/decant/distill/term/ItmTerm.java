package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.ImageText;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@link ImageText#match} of the batch's pairs and its hard negatives. */
public record ItmTerm() implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.MATCH), Map.of());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(ImageText.match(view.studentTap(Taps.MATCH)));
    }
}
