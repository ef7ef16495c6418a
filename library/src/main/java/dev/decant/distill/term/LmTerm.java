package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Words;
import dev.decant.model.Inputs;
import dev.decant.spec.LmReduction;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The words of answers or captions, each from those before it.
 *
 * @param smoothing of the labels, in [0, 1); 0.1 for X-VLM's captions
 * @param given how many tokens each text begins with that are not written: the class token and a prompt
 * @param per what the sum is divided by
 */
public record LmTerm(double smoothing, int given, LmReduction per) implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.WORDS, Taps.QUESTION_OF), Map.of());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Inputs.ImageText batch = view.imageText("lm");
        Inputs.Answers answers = batch.answers()
                .orElseThrow(() -> new ModelException("lm needs answers or captions; the batch has none"));
        Tensor labels = WordLabels.written(answers.text(), given); // (A, T)
        Tensor costs = Words.costs(view.studentTap(Taps.WORDS), labels.reshape(-1), smoothing)
                .reshape(labels.shape());
        Tensor weights = answers.weights().to(costs.dtype()).unsqueeze(1); // (A, 1)
        Tensor sum = costs.mul(weights).sum();
        if (per == LmReduction.QUESTION) {
            return Part.only(sum.div((double) batch.size()));
        }
        Tensor tokens = labels.ge(0).to(costs.dtype()).mul(weights).sum();
        return Part.only(sum.div(tokens.clampMin(1e-9)));
    }
}
