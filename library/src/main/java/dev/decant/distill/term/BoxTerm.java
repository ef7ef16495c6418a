package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.ImageText;
import dev.decant.model.Inputs;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@link ImageText#boxDistance} and {@link ImageText#boxOverlap} of the boxes that texts are about; 0 for a batch of texts
 * about whole images.
 *
 * @param distanceWeight of the first
 * @param overlapWeight of the second
 */
public record BoxTerm(double distanceWeight, double overlapWeight) implements Term {

    @Override
    public Taps taps() {
        return new Taps(Set.of(Taps.BOXES), Map.of());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Optional<Inputs.Regions> regions = view.imageText("box").regions();
        if (regions.isEmpty()) {
            Tensor nothing = Tensor.scalar(view.target().device(), 0);
            return parts(nothing, nothing);
        }
        Inputs.Regions asked = regions.get();
        Tensor counts = asked.whole().eq(0);
        Tensor boxes = view.studentTap(Taps.BOXES);
        return parts(
                ImageText.boxDistance(boxes, asked.boxes(), counts),
                ImageText.boxOverlap(boxes, asked.boxes(), counts));
    }

    private List<Part> parts(Tensor distance, Tensor overlap) {
        return List.of(new Part("l1", distance, distanceWeight), new Part("giou", overlap, overlapWeight));
    }
}
