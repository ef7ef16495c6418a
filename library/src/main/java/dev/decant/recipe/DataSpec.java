package dev.decant.recipe;

import dev.decant.spec.GlueTask;
import dev.decant.spec.ShapesDefaults;
import dev.decant.spec.ShapesLabels;
import dev.decant.spec.TextMetric;
import java.util.Optional;

/** A data set at a local path, or the generated Shapes world. */
@About("A data set at a local path, or a generated Shapes data set.")
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface DataSpec permits DataSpec.OfImages, DataSpec.OfText, DataSpec.OfImageText {

    /** A data set of images. */
    // The order is that of messages and of the reference; without a list it would be the compiler's.
    sealed interface OfImages extends DataSpec
            permits DataSpec.Cifar10, DataSpec.Cifar100, DataSpec.ImageFolder, DataSpec.ImageList, DataSpec.Shapes {
        DataOptions options();
    }

    /** A data set of texts. */
    // The order is that of messages and of the reference; without a list it would be the compiler's.
    sealed interface OfText extends DataSpec
            permits DataSpec.Glue, DataSpec.Text, DataSpec.MaskedText, DataSpec.ShapesText {
        TextOptions options();
    }

    /** A data set of images with texts. */
    // The order is that of messages and of the reference; without a list it would be the compiler's.
    sealed interface OfImageText extends DataSpec permits DataSpec.ImageText, DataSpec.ShapesImageText {
        ImageTextOptions options();
    }

    /** CIFAR-10, binary version. */
    @About("CIFAR-10 in its binary format, plain or .gz.")
    record Cifar10(@About("folder with the .bin or .bin.gz files") String path, @Flatten DataOptions options)
            implements OfImages {}

    /** CIFAR-100, binary version, fine labels. */
    @About("CIFAR-100 in its binary format, plain or .gz; fine labels.")
    record Cifar100(@About("folder with the .bin or .bin.gz files") String path, @Flatten DataOptions options)
            implements OfImages {}

    /** Images in one folder per class. */
    @About("Images in `<split>/<class>/*`, in a folder, a zip, or zips in a folder.")
    record ImageFolder(@About("folder or zip") String path, @Flatten DataOptions options) implements OfImages {}

    /** Images named in tab-separated lists. */
    @About("Images listed in `<split>.tsv`, tab-separated with a header: `file`, `label`, and optionally the "
            + "object's bounding box.")
    record ImageList(
            @About("folder with the lists; the images are in it, in its subfolder `images`, or in zips") String path,
            @Flatten DataOptions options)
            implements OfImages {}

    /** Generated images: any number of them, reproducible from the seed. */
    @About("Generated images of colored, textured shapes; any number of them, reproducible from the seed.")
    record Shapes(
            @About("side of the rendered image, in pixels") @Default("" + ShapesDefaults.SIZE) int size,
            @About("number of training images") @Default("" + ShapesDefaults.TRAIN) int train,
            @About("number of test images") @Default("" + ShapesDefaults.TEST) int test,
            @About("from 0 (large objects, clean background) to 1 (noise, clutter, unusual positions and sizes)")
                    @Default("" + ShapesDefaults.DIFFICULTY)
                    double difficulty,
            @About("seed of the generator") @Default("" + ShapesDefaults.SEED) long seed,
            @About(
                            "the class label: one of 10 shapes, of 20 combinations of shape and texture (solid or patterned), or of 8 "
                                    + "colors")
                    @Default("shape")
                    ShapesLabels labels,
            @Flatten DataOptions options)
            implements OfImages {

        public Shapes {
            Checks check = new Checks();
            check.atLeast("size", size, 8);
            check.atLeast("train", train, 1);
            check.atLeast("test", test, 1);
            check.within("difficulty", difficulty, 0, 1);
            check.done();
        }
    }

    /** One task of GLUE. */
    @About("A GLUE task in its official files. The dev files are the test split, because the official test files "
            + "have no labels.")
    record Glue(
            @About("the GLUE folder, with one subfolder per task, or the folder of the task") String path,
            @About("GLUE task; `mnli-mm` is MNLI scored on the mismatched dev set") GlueTask task,
            @Flatten TextOptions options)
            implements OfText {}

    /** Labeled texts in JSONL, CSV or TSV files. */
    @About("Labeled texts: `<split>.jsonl`, `<split>.csv` or `<split>.tsv` (tables with a header; quotes have no "
            + "meaning in .tsv).")
    record Text(
            @About("folder with the files") String path,
            @About("column or key of the text") @Default("text") String text,
            @About("column or key of the second text, for text pairs") Optional<String> pair,
            @About("column or key of the label") @Default("label") String label,
            @About("`class`: classification, labels are any words; `score`: regression, labels are numbers")
                    @Default("class")
                    Kind labels,
            @About("evaluation metric; by default accuracy for classes and pearson-and-spearman for scores")
                    Optional<TextMetric> metric,
            @Flatten TextOptions options)
            implements OfText {

        /** What the labels are. */
        public enum Kind {
            CLASS,
            SCORE
        }

        public Text {
            Checks check = new Checks();
            check.notBlank("text", text);
            check.notBlank("label", label);
            check.that(
                    metric.isEmpty() || metric.get().isOfScores() == (labels == Kind.SCORE),
                    "metric",
                    "is for the other kind of labels");
            check.done();
        }
    }

    /** Plain text for masked language modeling. */
    @About("Plain text for masked language modeling: the model predicts the masked tokens.")
    record MaskedText(
            @About(
                            "a .txt file with one sentence or paragraph per line (every twentieth line is held out for evaluation), a "
                                    + "folder with `<split>.txt`, or the GLUE folder (every sentence of every task, without duplicates)")
                    String path,
            @About("share of the tokens to predict; of these 80 % become [MASK], 10 % become a random token, 10 % stay "
                            + "unchanged")
                    @Default("0.15")
                    double mask,
            @About("mask all tokens of a word together (whole-word masking)") @Default("false") boolean wholeWords,
            @About("use only the sentence pairs of GLUE, each pair as one text") @Default("false") boolean pairs,
            @Flatten TextOptions options)
            implements OfText {

        public MaskedText {
            Checks check = new Checks();
            check.that(mask > 0 && mask < 1, "mask", "must be above 0 and below 1, got " + mask);
            check.done();
        }
    }

    /** Generated pairs of sentences about scenes of the Shapes world. */
    @About("Generated sentence pairs about Shapes scenes; the label says whether the first sentence entails the "
            + "second.")
    record ShapesText(
            @About("number of training pairs") @Default("10000") int train,
            @About("number of test pairs") @Default("2000") int test,
            @About("maximum number of objects in a scene, 2 to 5; more objects make the task harder") @Default("4")
                    int objects,
            @About("`true`: second sentences also name and compare positions, and wrong ones recombine the scene's "
                            + "attributes; `false`: they name one object, and wrong ones an object of another scene")
                    @Default("true")
                    boolean mixed,
            @About("seed of the generator") @Default("0") long seed,
            @Flatten TextOptions options)
            implements OfText {

        public ShapesText {
            Checks check = new Checks();
            check.atLeast("train", train, 1);
            check.atLeast("test", test, 1);
            check.within("objects", objects, 2, 5);
            check.done();
        }
    }

    /** Images with texts in files. */
    @About("Images with texts: captions, region captions, statements, questions or phrases.")
    record ImageText(
            @About("folder with the text files; the images are in it, in its subfolder `images`, or in zips")
                    String path,
            @About("`json`: `<split>.json` (a list), `<split>.jsonl`, or a folder `<split>` of such files, in X-VLM's "
                            + "layouts. Retrieval and captioning: `image` and `caption`; NLVR: `images`, `sentence` and `label`; VQA: "
                            + "`image`, `question` and `answer`, with `answer_list.json`; grounding: `image`, `text` and `bbox` [x, y, "
                            + "width, height]; pre-training: also `elems`, each with `caption` and `bb`. `nlvr1`, `easy-vqa`, "
                            + "`shapes-vqa`, `coco-mini`: these data sets as published")
                    @Default("json")
                    Format format,
            @Flatten ImageTextOptions options)
            implements OfImageText {

        /** How the files are laid out. */
        public enum Format {
            JSON,
            NLVR1,
            EASY_VQA,
            SHAPES_VQA,
            COCO_MINI
        }
    }

    /** Generated scenes with texts. */
    @About("Generated scenes of a few shapes with captions, bounding boxes, questions or statements, reproducible "
            + "from the seed.")
    record ShapesImageText(
            @About("side of the rendered image, in pixels") @Default("64") int size,
            @About("number of training images; for NLVR, of image pairs") @Default("10000") int train,
            @About("number of test images, and also of validation images") @Default("1000") int test,
            @About("maximum number of objects in a scene, 2 to 5; more objects make the task harder") @Default("3")
                    int objects,
            @About("number of texts for each image") @Default("2") int texts,
            @About("from 0 (clean) to 1 (noise, clutter, rotation)") @Default("0.2") double difficulty,
            @About("seed of the generator") @Default("0") long seed,
            @Flatten ImageTextOptions options)
            implements OfImageText {

        public ShapesImageText {
            Checks check = new Checks();
            check.atLeast("size", size, 8);
            check.atLeast("train", train, 1);
            check.atLeast("test", test, 1);
            check.within("objects", objects, 2, 5);
            check.atLeast("texts", texts, 1);
            check.within("difficulty", difficulty, 0, 1);
            check.done();
        }
    }
}
