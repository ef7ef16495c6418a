package dev.decant.recipe;

import dev.decant.spec.GlueTask;
import dev.decant.spec.ShapesDefaults;
import dev.decant.spec.ShapesLabels;
import dev.decant.spec.TextMetric;
import java.util.Optional;

/** A data set at a local path, or the generated Shapes world. */
@About("A data set at a local path, or the generated world of shapes.")
public sealed interface DataSpec {

    /** A data set of images. */
    sealed interface OfImages extends DataSpec {
        DataOptions options();
    }

    /** A data set of texts. */
    sealed interface OfText extends DataSpec {
        TextOptions options();
    }

    /** A data set of images with texts. */
    sealed interface OfImageText extends DataSpec {
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
    @About("Images named in `<split>.tsv`, tab-separated with a header: `file`, `label`, and perhaps the object's box.")
    record ImageList(
            @About("folder with the lists, and the images in it, in its folder `images`, or in zips") String path,
            @Flatten DataOptions options)
            implements OfImages {}

    /** Rendered scenes: endless, and the same for the same seed. */
    @About("Rendered scenes of colored, textured shapes; endless, and the same for the same seed.")
    record Shapes(
            @About("side of the rendered image, in pixels") @Default("" + ShapesDefaults.SIZE) int size,
            @About("number of training images") @Default("" + ShapesDefaults.TRAIN) int train,
            @About("number of test images") @Default("" + ShapesDefaults.TEST) int test,
            @About("from 0 (clean and large) to 1 (noise, clutter, odd places and sizes)")
                    @Default("" + ShapesDefaults.DIFFICULTY)
                    double difficulty,
            @About("seed of the world") @Default("" + ShapesDefaults.SEED) long seed,
            @About("what the class is: 10 shapes, 20 shapes solid or patterned, or 8 colors") @Default("shape")
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
    @About("A task of GLUE in its official files; scores are taken on the dev files, which alone have labels.")
    record Glue(
            @About("the folder of GLUE, with a folder for each task, or the task's own folder") String path,
            @About("`mnli-mm` is MNLI, scored on kinds of text that it was not trained on") GlueTask task,
            @Flatten TextOptions options)
            implements OfText {}

    /** Labelled texts of one's own. */
    @About(
            "Labelled texts: `<split>.jsonl`, `<split>.csv` or `<split>.tsv` (tables with a header; .tsv is never quoted).")
    record Text(
            @About("folder with the files") String path,
            @About("column or key of the text") @Default("text") String text,
            @About("column or key of the second text, where texts come in pairs") Optional<String> pair,
            @About("column or key of the label") @Default("label") String label,
            @About("`class` is any word, `score` a number to be predicted as such") @Default("class") Kind labels,
            @About("what is scored; accuracy for classes and pearson-and-spearman for scores unless set")
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

    /** Plain text, of which tokens are hidden. */
    @About("Plain text for masked language modeling: the model is to say which tokens were hidden.")
    record MaskedText(
            @About(
                            "a .txt file with a sentence or paragraph a line (every twentieth is kept for scores), a folder with"
                                    + " `<split>.txt`, or the folder of GLUE, of which every sentence of every task is taken once")
                    String path,
            @About("part of the tokens that are asked for; of these 80 % are hidden, 10 % are replaced, 10 % stay")
                    @Default("0.15")
                    double mask,
            @About("hide all tokens of a word together") @Default("false") boolean wholeWords,
            @About("take pairs of sentences, two as one text, from GLUE's tasks that have them; no other text")
                    @Default("false")
                    boolean pairs,
            @Flatten TextOptions options)
            implements OfText {

        public MaskedText {
            Checks check = new Checks();
            check.that(mask > 0 && mask < 1, "mask", "must be above 0 and below 1, got " + mask);
            check.done();
        }
    }

    /** Generated pairs of sentences about scenes of the Shapes world. */
    @About("Pairs of sentences about scenes of the generated world; the class is whether the first entails the second.")
    record ShapesText(
            @About("number of training pairs") @Default("10000") int train,
            @About("number of test pairs") @Default("2000") int test,
            @About("objects of a scene at most, 2 to 5; more make it harder") @Default("4") int objects,
            @About(
                            "second sentences also name places and compare them, and false ones mix what the scene has; else they name an"
                                    + " object, and false ones one of another scene")
                    @Default("true")
                    boolean mixed,
            @About("seed of the world") @Default("0") long seed,
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
    @About("Images with texts: captions, regions, statements, questions or phrases.")
    record ImageText(
            @About("folder with the texts, and the images in it, in its folder `images`, or in zips") String path,
            @About(
                            "`json`: `<split>.json` (a list), `<split>.jsonl`, or a folder `<split>` of such files, as X-VLM reads them: `image`"
                                    + " and `caption`; `images`, `sentence` and `label`; `image`, `question` and `answer`, with `answer_list.json`;"
                                    + " `image`, `text` and `bbox` [x, y, width, height]; in pre-training also `elems` of `caption` and `bb`."
                                    + " `nlvr1`, `easy-vqa`, `shapes-vqa`, `coco-mini`: these sets as they are published")
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

    /** Rendered scenes with texts. */
    @About("Rendered scenes of a few shapes with captions, boxes, questions or statements; the same for the same seed.")
    record ShapesImageText(
            @About("side of the rendered image, in pixels") @Default("64") int size,
            @About("number of training images, or of pairs for statements") @Default("10000") int train,
            @About("number of test images, and of validation images") @Default("1000") int test,
            @About("objects of a scene at most, 2 to 5; more make it harder") @Default("3") int objects,
            @About("texts about each image") @Default("2") int texts,
            @About("from 0 (clean) to 1 (noise, clutter, turning)") @Default("0.2") double difficulty,
            @About("seed of the world") @Default("0") long seed,
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
