package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.CrossEntropy;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The student's logits against the labels.
 *
 * @param smoothing of hard labels, in [0, 1]; the labels of mixed images are taken as they are
 */
public record CrossEntropyTerm(double smoothing) implements Term {

    public CrossEntropyTerm {
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new IllegalArgumentException("cross-entropy: smoothing must be between 0 and 1, got " + smoothing);
        }
    }

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.LOGITS), Map.of());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(CrossEntropy.loss(view.studentTap(Taps.LOGITS), view.target(), smoothing));
    }
}
