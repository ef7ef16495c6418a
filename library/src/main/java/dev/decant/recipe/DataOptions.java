package dev.decant.recipe;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What every data set takes besides where it lies: subset, input size, loading, augmentation. */
@About("Keys of every data set.")
public record DataOptions(
        @About("side of the square input, in pixels; the student's own input size unless set")
                Optional<Integer> imageSize,
        @About("keep only the first n classes") Optional<Integer> classes,
        @About("keep only the first n training images of each class") Optional<Integer> trainPerClass,
        @About("part of the training images held out as the validation split, between 0 and 1")
                Optional<Double> validation,
        @About("an image that cannot be decoded: `error` stops, `skip` counts and names it") @Default("error")
                Unreadable unreadable,
        @About("threads that decode and augment ahead of the step; 0 does it in the step") @Default("2") int workers,
        @About("training augmentations, in this order") @Default("[]") List<AugmentSpec> augment,
        @About("how images are resized for scores") @Default("{}") EvalSpec eval) {

    /** What happens to an image that cannot be decoded. */
    public enum Unreadable {
        ERROR,
        SKIP
    }

    public DataOptions {
        augment = List.copyOf(augment);
        Checks check = new Checks();
        check.atLeast("image-size", imageSize, 1);
        check.atLeast("classes", classes, 2);
        check.atLeast("train-per-class", trainPerClass, 1);
        validation.ifPresent(v -> check.that(v > 0 && v < 1, "validation", "must be above 0 and below 1, got " + v));
        check.atLeast("workers", workers, 0);
        Set<Class<?>> seen = new HashSet<>();
        for (int i = 0; i < augment.size(); i++) {
            check.that(seen.add(augment.get(i).getClass()), "augment[" + i + "]", "is listed twice");
        }
        check.done();
    }
}
