package dev.decant.distill;

import dev.decant.loss.States;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Mean squared error of the student's one output against the labels, which are values. */
public record MseTerm() implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.LOGITS), Map.of());
    }

    @Override
    public List<Part> losses(StepView view) {
        Tensor values = view.studentTap(Taps.LOGITS);
        if (values.rank() != 2 || values.size(1) != 1) {
            throw new IllegalArgumentException(
                    "mse compares one value with the label, the student gives " + values.size(-1) + " logits");
        }
        return Part.only(States.squared(values.squeeze(1), view.target().to(values.dtype()), Optional.empty()));
    }
}
