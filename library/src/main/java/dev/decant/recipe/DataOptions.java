package dev.decant.recipe;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Options of every image data set: subset, input size, loading, augmentation. */
@About("Keys of every image data set.")
public record DataOptions(
        @About("side of the square input image, in pixels; by default the student's input size")
                Optional<Integer> imageSize,
        @About("keep only the first n classes") Optional<Integer> classes,
        @About("keep only the first n training images of each class") Optional<Integer> trainPerClass,
        @About("share of the training images held out as the validation split, between 0 and 1")
                Optional<Double> validation,
        @About("what to do with an image that cannot be decoded: `error` stops the run, `skip` skips it and reports it")
                @Default("error")
                Unreadable unreadable,
        @About("threads that decode and augment batches in advance; with 0 the training thread does it") @Default("2")
                int workers,
        @About("augmentations of training images, applied in this order") @Default("[]") List<AugmentSpec> augment,
        @About("how images are resized for evaluation") @Default("{}") EvalSpec eval) {

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
