package dev.decant.recipe;

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
    @About("Images in `<split>/<class>/*`, in a folder, a zip, or zips in a folder.")
    record ImageFolder(@About("folder or zip") String path, @Flatten DataOptions options) implements DataSpec {}

    /** Images named in tab-separated lists. */
    @About("Images named in `<split>.tsv`, tab-separated with a header: `file`, `label`, and perhaps the object's box.")
    record ImageList(
            @About("folder with the lists, and the images in it, in its folder `images`, or in zips") String path,
            @Flatten DataOptions options)
            implements DataSpec {}

    /** Rendered scenes: endless, and the same for the same seed. */
    @About("Rendered scenes of colored, textured shapes; endless, and the same for the same seed.")
    record Shapes(
            @About("side of the rendered image, in pixels") @Default("32") int size,
            @About("number of training images") @Default("10000") int train,
            @About("number of test images") @Default("2000") int test,
            @About("from 0 (clean and large) to 1 (noise, clutter, odd places and sizes)") @Default("0.5")
                    double difficulty,
            @About("seed of the world") @Default("0") long seed,
            @About("what the class is: 10 shapes, 20 shapes solid or patterned, or 8 colors") @Default("shape")
                    Labels labels,
            @Flatten DataOptions options)
            implements DataSpec {

        /** What of the main object is its class. */
        public enum Labels {
            SHAPE,
            SHAPE_TEXTURE,
            COLOR
        }

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
