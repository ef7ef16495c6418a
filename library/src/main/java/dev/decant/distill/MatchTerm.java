package dev.decant.distill;

import dev.decant.loss.ImageText;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@link ImageText#match} of the batch's pairs and its hard negatives. */
public record MatchTerm() implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.MATCH), Map.of());
    }

    @Override
    public List<Part> losses(StepView view) {
        return Part.only(ImageText.match(view.studentTap(Taps.MATCH)));
    }
}
