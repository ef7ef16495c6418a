package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.ImageText;
import dev.decant.model.Inputs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@link ImageText#contrast} of the batch. Texts about one image are not told apart, but texts about parts of one image are:
 * they are about different things.
 */
public record ItcTerm() implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.SIMILARITY), Map.of());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Inputs.ImageText batch = view.imageText("itc");
        return Part.only(ImageText.contrast(
                view.studentTap(Taps.SIMILARITY),
                batch.regions().isPresent() ? Optional.empty() : Optional.of(batch.ids())));
    }
}
