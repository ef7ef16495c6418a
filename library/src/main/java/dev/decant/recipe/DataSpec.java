package dev.decant.recipe;

import java.util.Optional;

/** A data set at a local path, or the generated Shapes world. */
@About("A data set at a local path, or the generated world of shapes.")
public sealed interface DataSpec {

    DataOptions options();

    /** CIFAR-10, binary version. */
    @About("CIFAR-10 in its binary format, plain or .gz.")
    record Cifar10(@About("folder with the .bin or .bin.gz files") String path, @Flatten DataOptions options)
            implements DataSpec {}

    /** CIFAR-100, binary version, fine labels. */
    @About("CIFAR-100 in its binary format, plain or .gz; fine labels.")
    record Cifar100(@About("folder with the .bin or .bin.gz files") String path, @Flatten DataOptions options)
            implements DataSpec {}

    /** Images in one folder per class. */
    @About("Images in `<split>/<class>/*`, in a folder or a zip of one.")
    record ImageFolder(
            @About("folder or zip") String path,
            @About("folder or zip of the test split, if it lies elsewhere") Optional<String> testPath,
            @About("name of the training split's folder") @Default("train") String train,
            @About("name of the test split's folder") @Default("test") String test,
            @Flatten DataOptions options)
            implements DataSpec {}

    /** Images named in tab-separated lists. */
    @About("Images named in a tab-separated list: file, label, and perhaps the object's box.")
    record ImageList(
            @About("folder with the lists") String path,
            @About("list of the training split") @Default("train.tsv") String train,
            @About("list of the test split") @Default("val.tsv") String test,
            @About("folder or zip under `path` with the training images; `path` itself unless set")
                    Optional<String> trainImages,
            @About("folder or zip under `path` with the test images; `path` itself unless set")
                    Optional<String> testImages,
            @About("cut each image to its box") @Default("false") boolean cropToBox,
            @Flatten DataOptions options)
            implements DataSpec {}

    /** Rendered scenes: endless, and the same for the same seed. */
    @About("Rendered scenes of colored, textured shapes; endless, and the same for the same seed.")
    record Shapes(
            @About("side of the rendered image, in pixels") @Default("32") int size,
            @About("number of training images") @Default("2000") int train,
            @About("number of test images") @Default("500") int test,
            @About("from 0 (clean, centered) to 1 (noise, clutter, odd places and sizes)") @Default("0.5")
                    double difficulty,
            @About("seed of the world") @Default("1") long seed,
            @Flatten DataOptions options)
            implements DataSpec {

        public Shapes {
            Checks check = new Checks();
            check.atLeast("size", size, 8);
            check.atLeast("train", train, 1);
            check.atLeast("test", test, 1);
            check.within("difficulty", difficulty, 0, 1);
            check.done();
        }
    }
}
