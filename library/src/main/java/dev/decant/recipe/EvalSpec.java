package dev.decant.recipe;

import dev.decant.spec.Interpolation;
import java.util.Optional;

/** How an image is brought to the model's input size when scores are taken. */
@About("How an image is brought to the model's input size when scores are taken.")
public record EvalSpec(
        @About(
                        "`center-crop`: the short side to input / crop-pct, then the center; `stretch`: to the input size, whatever"
                                + " the shape; `none`: as it is")
                @Default("center-crop")
                Resize resize,
        @About("part of the resized short side that the crop keeps; the model's own unless set")
                Optional<Double> cropPct,
        @About("resize kernel; the model's own unless set") Optional<Interpolation> interpolation) {

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
