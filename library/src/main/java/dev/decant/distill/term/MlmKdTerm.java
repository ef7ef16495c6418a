package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Words;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * {@link Words#kd} of the words that are hidden in texts, or of the words that are written.
 *
 * @param temperature greater than 0; 1 in EfficientVLM
 * @param padding whether rows without a word count like others, as in the published code
 */
public record MlmKdTerm(String teacher, double temperature, boolean padding) implements Term {

    @Override
    public Taps taps() {
        return Taps.both(List.of(teacher), Set.of(Taps.WORDS));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Tensor labels = WordLabels.of(view.imageText("mlm-kd"), "mlm-kd", 1);
        Tensor counts = padding ? labels.onesLike() : labels.ge(0);
        return Part.only(
                Words.kd(view.studentTap(Taps.WORDS), view.teacherTap(teacher, Taps.WORDS), counts, temperature));
    }
}
