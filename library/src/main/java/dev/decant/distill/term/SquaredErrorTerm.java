package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Mean over the batch of (z - y)^2: the student's single output z, (N, 1), against the scores y, (N). */
public record SquaredErrorTerm() implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.LOGITS), Map.of());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Tensor output = view.studentTap(Taps.LOGITS);
        Tensor scores = view.target();
        if (output.elements() != scores.elements() || !scores.dtype().isFloating()) {
            throw new ModelException("squared error needs outputs (N, 1) and scores (N), found "
                    + Arrays.toString(output.shape()) + " and " + Arrays.toString(scores.shape()));
        }
        return Part.only(Ops.meanSquaredError(output.reshape(scores.shape()), scores.to(output.dtype())));
    }
}
