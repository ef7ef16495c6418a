package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Words;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@link Words#mean} of the words that are hidden from the student in texts about images. */
public record MlmTerm() implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.WORDS, Taps.HIDDEN_WORDS), Map.of());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(Words.mean(view.studentTap(Taps.WORDS), view.student().get(Taps.HIDDEN_WORDS), 0));
    }
}
