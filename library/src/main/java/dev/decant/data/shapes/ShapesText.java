package dev.decant.data.shapes;

import dev.decant.DataException;
import dev.decant.data.Seeds;
import dev.decant.data.text.TextLabels;
import dev.decant.data.text.TextRow;
import dev.decant.data.text.TextTable;
import dev.decant.text.Tokenizer;
import dev.decant.text.WordPieceFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Pairs of sentences about scenes of the generated world: the first says all of a scene, the second something of it, and the
 * class is whether the first entails the second. A third of the second sentences name an object, a third name it with its
 * place, a third compare the places of two. False ones mix properties that the scene has, so that no single word gives them
 * away. Or, which is easier, all name an object, and false ones one of another scene.
 *
 * <p>Each pair is made from (seed, split, index) alone; classes take turns. The same on every machine.
 */
public final class ShapesText {

    /** The classes: as in RTE and QNLI. */
    public static final TextLabels.Classes LABELS = new TextLabels.Classes(List.of("entailment", "not_entailment"));

    private static final long STREAM = -6;
    private static final SceneGenerator SCENES = new SceneGenerator(0.8);

    private final Options options;
    private final String split;
    private final int stream;

    /**
     * Which sentences.
     *
     * @param train pairs of the training split; any number
     * @param test pairs of the test and of the validation split
     * @param objects that a scene has at most, 2 to 5: more make it harder
     * @param mixed whether second sentences also name places and compare them, and false ones mix what the scene has; else they name an
     *     object, and false ones one of another scene
     */
    public record Options(int train, int test, int objects, boolean mixed, long seed) {

        public Options {
            if (train < 1 || test < 1 || objects < 2 || objects > 5) {
                throw new IllegalArgumentException(
                        "shapes-text: splits must be at least 1 and objects from 2 to 5, got " + train + ", " + test
                                + " and " + objects);
            }
        }
    }

    private ShapesText(Options options, String split, int stream) {
        this.options = options;
        this.split = split;
        this.stream = stream;
    }

    /** One split: {@code train}, {@code test} or {@code val}. */
    public static ShapesText of(Options options, String split) {
        int stream = List.of("train", "test", "val").indexOf(split);
        if (stream < 0) {
            throw new DataException("shapes-text: no split '" + split + "'; expected train, test or val");
        }
        return new ShapesText(options, split, stream);
    }

    /** A tokenizer with every word of these sentences and no other, about fifty. */
    public static Tokenizer tokenizer() {
        Set<String> words = new LinkedHashSet<>(WordPieceFile.SPECIALS);
        words.addAll(List.of("there", "is", "a", "an", "of", "object", ".", ","));
        ObjectWords.CHOICES.forEach(choice -> choice.forEach(c -> words.addAll(List.of(c.split(" ")))));
        return Tokenizer.ofWords(List.copyOf(words), true);
    }

    public int size() {
        return stream == 0 ? options.train() : options.test();
    }

    /** All pairs of the split. */
    public TextTable table() {
        List<TextRow> rows = IntStream.range(0, size()).mapToObj(this::row).toList();
        return new TextTable("shapes-text-" + split, rows, true, LABELS, 0);
    }

    /** One pair. */
    public TextRow row(int index) {
        SplittableRandom random = Seeds.random(options.seed(), STREAM, stream, Objects.checkIndex(index, size()));
        int label = index % 2;
        int kind = random.nextInt(3);
        while (true) {
            List<ObjectWords> objects = objects(random);
            String hypothesis = options.mixed()
                    ? hypothesis(objects, kind, label == 0, random)
                    : named(objects, label == 0, random);
            if (!hypothesis.isEmpty()) {
                String premise = "there is " + list(objects) + " .";
                return new TextRow(premise, hypothesis, label, "shapes-text-" + split + "[" + index + "]");
            }
        }
    }

    /** The objects of a scene in an order that says nothing of their places. */
    private List<ObjectWords> objects(SplittableRandom random) {
        while (true) {
            Scene scene = SCENES.draw(
                    SceneGenerator.any(SceneShape.values(), random),
                    SceneGenerator.any(SceneTexture.values(), random),
                    SceneGenerator.any(SceneColor.values(), random),
                    random);
            List<SceneObject> found = scene.objects();
            if (found.size() >= 2 && found.size() <= options.objects()) {
                List<ObjectWords> objects =
                        new ArrayList<>(found.stream().map(ObjectWords::of).toList());
                for (int i = objects.size() - 1; i > 0; i--) {
                    Collections.swap(objects, i, random.nextInt(i + 1));
                }
                return objects;
            }
        }
    }

    private static String list(List<ObjectWords> objects) {
        return String.join(" , ", objects.stream().map(ObjectWords::phrase).toList());
    }

    /** A sentence that is true of the objects or false, as wanted; empty if the draw gave none. */
    private static String hypothesis(List<ObjectWords> objects, int kind, boolean wanted, SplittableRandom random) {
        int i = random.nextInt(objects.size());
        int j = (i + 1 + random.nextInt(objects.size() - 1)) % objects.size();
        if (kind == 2) {
            return comparison(objects, objects.get(i), objects.get(j), wanted, random);
        }
        ObjectWords part = objects.get(i).part(kind == 1, random);
        ObjectWords said = wanted ? part : part.changed(objects.get(j), random);
        boolean isTrue = objects.stream().anyMatch(said::isTrueOf);
        return isTrue == wanted ? "there is " + said.phrase() + " ." : "";
    }

    /** An object of this scene, or of another if what is said shall be false. */
    private String named(List<ObjectWords> objects, boolean wanted, SplittableRandom random) {
        List<ObjectWords> from = wanted ? objects : objects(random);
        ObjectWords said = from.get(random.nextInt(from.size())).part(false, random);
        return objects.stream().anyMatch(said::isTrueOf) == wanted ? "there is " + said.phrase() + " ." : "";
    }

    private static String comparison(
            List<ObjectWords> objects, ObjectWords a, ObjectWords b, boolean wanted, SplittableRandom random) {
        ObjectWords first = a.part(false, random);
        ObjectWords second = b.part(false, random);
        if (!wanted && random.nextInt(2) == 0) {
            first = first.changed(b, random);
        }
        boolean left = random.nextBoolean();
        return isBeside(objects, first, second, left) == wanted
                ? first.phrase() + " is " + (left ? "left" : "right") + " of " + second.phrase() + " ."
                : "";
    }

    private static boolean isBeside(List<ObjectWords> objects, ObjectWords first, ObjectWords second, boolean left) {
        Stream<ObjectWords> candidates = objects.stream().filter(first::isTrueOf);
        return candidates.anyMatch(x -> objects.stream()
                .filter(second::isTrueOf)
                .anyMatch(y -> left ? x.column() < y.column() : x.column() > y.column()));
    }
}
