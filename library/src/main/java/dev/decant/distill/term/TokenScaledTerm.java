package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.TokenScaled;
import dev.decant.model.TapSignature;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@link TokenScaled#kl} of a language model's logits.
 *
 * @param scale of the teacher's cross-entropy within the softmax over tokens; 10 in the published code
 */
public record TokenScaledTerm(String teacher, double scale) implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.LOGITS, TapSignature.TEXT_OF), Map.of(teacher, Set.of(Taps.LOGITS)));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Tensor student = rows(view.studentTap(Taps.LOGITS));
        return Part.only(TokenScaled.kl(
                student,
                rows(view.teacherTap(teacher, Taps.LOGITS)),
                view.target().reshape(-1),
                view.student().get(TapSignature.TEXT_OF),
                scale));
    }

    private static Tensor rows(Tensor logits) {
        return logits.reshape(-1, logits.size(-1));
    }
}
