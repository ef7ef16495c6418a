package dev.decant.recipe;

import dev.decant.spec.Interpolation;
import java.util.Optional;

/** How an image is resized to the model's input size for evaluation. */
@About("How an image is resized to the model's input size for evaluation.")
public record EvalSpec(
        @About("`center-crop`: resize the short side to input size / crop-pct, then crop the center; `stretch`: resize "
                        + "to the input size and ignore the aspect ratio; `none`: do not resize")
                @Default("center-crop")
                Resize resize,
        @About("share of the resized short side that the crop keeps; by default the model's") Optional<Double> cropPct,
        @About("interpolation of the resize; by default the model's") Optional<Interpolation> interpolation) {

    /** Ways to reach the input size. */
    public enum Resize {
        CENTER_CROP,
        STRETCH,
        NONE
    }

    public EvalSpec {
        Checks check = new Checks();
        cropPct.ifPresent(p -> check.that(p > 0 && p <= 1, "crop-pct", "must be above 0 and at most 1, got " + p));
        check.that(
                !interpolation.equals(Optional.of(Interpolation.RANDOM)),
                "interpolation",
                "must be bilinear or bicubic: scores are not taken at random");
        check.done();
    }
}
