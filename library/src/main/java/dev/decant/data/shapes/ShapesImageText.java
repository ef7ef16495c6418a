package dev.decant.data.shapes;

import dev.decant.DataException;
import dev.decant.data.Seeds;
import dev.decant.data.image.Box;
import dev.decant.data.imagetext.ImageTextData;
import dev.decant.data.imagetext.ImageTextExample;
import dev.decant.data.imagetext.ImageTextSource;
import dev.decant.data.imagetext.Rect;
import dev.decant.data.imagetext.RegionExample;
import dev.decant.image.Image;
import dev.decant.image.ImageSet;
import dev.decant.spec.ImageTextTask;
import dev.decant.text.Tokenizer;
import dev.decant.text.WordPieceFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The generated world with texts: scenes of a few objects that do not meet, captions, phrases with boxes, questions with
 * answers, and statements about two scenes. Everything is read off the scene, never off pixels, and made from (seed, split,
 * index) alone. The same on every machine.
 */
public final class ShapesImageText implements ImageTextSource {

    private static final long SCENES = -21;
    private static final long TEXTS = -22;

    private final Options options;

    /**
     * Which world.
     *
     * @param side of the images in pixels
     * @param train images of the training split; pairs of images for statements
     * @param test images of the test and of the validation split
     * @param objects of a scene at most, 2 to 5
     * @param texts of each image, or statements about each pair
     * @param difficulty from 0 to 1: noise, strokes, turning
     */
    public record Options(int side, int train, int test, int objects, int texts, double difficulty, long seed) {

        public Options {
            if (side < 8 || train < 1 || test < 1 || objects < 2 || objects > 5 || texts < 1) {
                throw new IllegalArgumentException(
                        "shapes: side must be at least 8, splits and texts at least 1, objects" + " from 2 to 5, got "
                                + side + ", " + train + ", " + test + ", " + texts + ", " + objects);
            }
        }
    }

    public ShapesImageText(Options options) {
        this.options = options;
    }

    /** A tokenizer with every word of these texts and no other. */
    public static Tokenizer tokenizer() {
        Set<String> words = new LinkedHashSet<>(WordPieceFile.SPECIALS);
        words.addAll(List.of(
                "a picture of there is an and object objects the image images has have both exactly one more fewer than in"
                        .split(" ", -1)));
        words.addAll(
                List.of("total are what size color texture shape where how many left right on yes no".split(" ", -1)));
        words.addAll(SceneTexts.NUMBERS);
        ObjectWords.CHOICES.forEach(choice -> choice.forEach(c -> words.addAll(List.of(c.split(" ", -1)))));
        Arrays.stream(SceneShape.values()).forEach(s -> words.add(ObjectWords.plural(s.word())));
        return Tokenizer.ofWords(List.copyOf(words), true);
    }

    @Override
    public boolean has(String split) {
        return stream(split) >= 0;
    }

    /** Each task says something else of the same scenes. */
    private static long number(ImageTextTask task) {
        return switch (task) {
            case PRETRAIN, ASSIGN -> 0;
            case RETRIEVAL -> 1;
            case NLVR -> 2;
            case VQA -> 3;
            case CAPTION -> 4;
            case GROUNDING -> 5;
        };
    }

    private static int stream(String split) {
        return List.of("train", "test", "val").indexOf(split);
    }

    @Override
    public ImageTextData read(ImageTextTask task, String split) {
        int stream = stream(split);
        if (stream < 0) {
            throw new DataException("shapes: no split '" + split + "'; expected train, test or val");
        }
        int images = stream == 0 ? options.train() : options.test();
        Scenes scenes = new Scenes(options, stream, task == ImageTextTask.NLVR ? 2 * images : images);
        List<ImageTextExample> examples = new ArrayList<>();
        List<RegionExample> regions = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            SplittableRandom random = Seeds.random(options.seed(), TEXTS, stream, number(task), i);
            String where = "shapes-" + split + "[" + i + "]";
            if (task == ImageTextTask.NLVR) {
                statements(scenes, i, where, random, examples);
            } else {
                about(task, scenes.scene(i), i, where, random, examples);
            }
            if (task == ImageTextTask.PRETRAIN) {
                RegionExample named = regions(scenes.scene(i), i, where, random);
                if (!named.regions().isEmpty()) {
                    regions.add(named);
                }
            }
        }
        List<String> answers = task == ImageTextTask.VQA ? SceneTexts.ANSWERS : List.of();
        return new ImageTextData(task, scenes, examples, regions, answers);
    }

    private static List<ObjectWords> words(Scene scene) {
        return scene.objects().stream().map(ObjectWords::of).toList();
    }

    private void about(
            ImageTextTask task,
            Scene scene,
            int image,
            String where,
            SplittableRandom random,
            List<ImageTextExample> examples) {
        if (task == ImageTextTask.GROUNDING) {
            regions(scene, image, where, random).regions().stream()
                    .limit(options.texts())
                    .forEach(r -> examples.add(
                            ImageTextExample.caption(image, r.text(), where).with(new ImageTextExample.At(r.box()))));
            return;
        }
        Set<String> said = new LinkedHashSet<>();
        for (int attempt = 0; attempt < 10 * options.texts() && said.size() < options.texts(); attempt++) {
            if (task == ImageTextTask.VQA) {
                SceneTexts.Question question = SceneTexts.question(words(scene), random);
                if (said.add(question.text())) {
                    examples.add(ImageTextExample.caption(image, question.text(), where)
                            .with(new ImageTextExample.Written(List.of(question.answer()), 1)));
                }
            } else {
                String caption = SceneTexts.caption(words(scene), random);
                if (said.add(caption)) {
                    examples.add(ImageTextExample.caption(image, caption, where));
                }
            }
        }
    }

    /** Every object that a phrase can name, in random order. */
    private RegionExample regions(Scene scene, int image, String where, SplittableRandom random) {
        List<ObjectWords> words = words(scene);
        List<RegionExample.Region> regions = new ArrayList<>();
        for (int i : Seeds.permutation(words.size(), random.nextLong(), 0)) {
            Box box = scene.objects().get(i).box(options.side());
            Rect area = new Rect(box.x0(), box.y0(), box.x1() - box.x0() + 1, box.y1() - box.y0() + 1);
            SceneTexts.phrase(words, words.get(i), random)
                    .ifPresent(text -> regions.add(new RegionExample.Region(area, text, false)));
        }
        return new RegionExample(image, regions, where);
    }

    /** Of the statements about a pair of scenes every other one is true. */
    private void statements(
            Scenes scenes, int pair, String where, SplittableRandom random, List<ImageTextExample> examples) {
        List<ObjectWords> left = words(scenes.scene(2 * pair));
        List<ObjectWords> right = words(scenes.scene(2 * pair + 1));
        for (int i = 0; i < options.texts(); i++) {
            boolean wanted = (pair * options.texts() + i) % 2 == 0;
            examples.add(new ImageTextExample(
                    2 * pair,
                    OptionalInt.of(2 * pair + 1),
                    SceneTexts.statement(left, right, wanted, random),
                    examples.size(),
                    "" + pair,
                    new ImageTextExample.Holds(wanted),
                    where));
        }
    }

    /** The scenes as pictures, drawn when asked for. */
    private record Scenes(Options options, int stream, int size) implements ImageSet {

        Scene scene(int index) {
            SplittableRandom random = Seeds.random(options.seed(), SCENES, stream, index);
            return new SceneGenerator(options.difficulty()).compose(options.objects(), random);
        }

        @Override
        public Image image(int index) {
            return SceneRenderer.render(scene(index), options.side());
        }

        @Override
        public Extent extent(int index) {
            return new Extent(options.side(), options.side());
        }

        @Override
        public String name(int index) {
            return "shapes[" + index + "]";
        }
    }

    /** What images show; for tests and pictures in reports. */
    List<Scene> scenes(String split, int count) {
        Scenes scenes = new Scenes(options, stream(split), count);
        return IntStream.range(0, count).mapToObj(scenes::scene).toList();
    }
}
