package dev.decant.data.shapes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What a sentence says of one object: size, color, texture, shape and place, in this order; empty where it says nothing. */
record ObjectWords(List<String> said) {

    static final int SIZE = 0;
    static final int COLOR = 1;
    static final int TEXTURE = 2;
    static final int SHAPE = 3;
    static final int PLACE = 4;
    private static final List<String> PLACES = List.of("on the left", "in the middle", "on the right");

    /** All words that there are for each property. */
    static final List<List<String>> CHOICES = List.of(
            Arrays.stream(SceneSize.values()).map(SceneSize::word).toList(),
            Arrays.stream(SceneColor.values()).map(SceneColor::word).toList(),
            Arrays.stream(SceneTexture.values()).map(SceneTexture::word).toList(),
            Arrays.stream(SceneShape.values()).map(SceneShape::word).toList(),
            PLACES);

    /** Everything about an object. */
    static ObjectWords of(SceneObject object) {
        return new ObjectWords(List.of(
                object.size().word(),
                object.color().word(),
                object.texture().word(),
                object.shape().word(),
                PLACES.get(Math.max(0, Math.min(2, (int) (3 * object.place().x()))))));
    }

    /** Which third of the picture, from 0 at the left; needs the place. */
    int column() {
        return PLACES.indexOf(said.get(PLACE));
    }

    /** What is said of one property, as in {@link #CHOICES}. */
    String word(int property) {
        return said.get(property);
    }

    /** The same without what is said of one property. */
    ObjectWords without(int property) {
        List<String> words = new ArrayList<>(said);
        words.set(property, "");
        return new ObjectWords(words);
    }

    /** Nothing but some properties. */
    ObjectWords only(int... properties) {
        List<String> words = new ArrayList<>(Collections.nCopies(said.size(), ""));
        for (int property : properties) {
            words.set(property, said.get(property));
        }
        return new ObjectWords(words);
    }

    /** How many of the objects all this is true of. */
    int count(List<ObjectWords> objects) {
        return (int) objects.stream().filter(this::isTrueOf).count();
    }

    /** Less than all of it: one to three adjectives and the shape, which may be left open, and the place if asked for. */
    ObjectWords part(boolean withPlace, RandomGenerator random) {
        List<String> part = new ArrayList<>(said);
        int kept = random.nextInt(SHAPE);
        for (int i = 0; i < SHAPE; i++) {
            if (i != kept && random.nextInt(3) > 0) {
                part.set(i, "");
            }
        }
        if (random.nextInt(4) == 0) {
            part.set(SHAPE, "");
        }
        if (!withPlace) {
            part.set(PLACE, "");
        }
        return new ObjectWords(part);
    }

    /** The same with another word for one property, if possible one that another object of the scene has. */
    ObjectWords changed(ObjectWords other, RandomGenerator random) {
        List<Integer> mentioned = Stream.iterate(0, i -> i + 1)
                .limit(said.size())
                .filter(i -> !said.get(i).isEmpty())
                .toList();
        int place = mentioned.get(random.nextInt(mentioned.size()));
        List<String> words = new ArrayList<>(said);
        List<String> choices = CHOICES.get(place);
        words.set(
                place,
                other.said.get(place).equals(said.get(place))
                        ? choices.get(random.nextInt(choices.size()))
                        : other.said.get(place));
        return new ObjectWords(words);
    }

    /** Whether all that is said here is true of an object. */
    boolean isTrueOf(ObjectWords object) {
        for (int i = 0; i < said.size(); i++) {
            if (!said.get(i).isEmpty() && !said.get(i).equals(object.said.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** As in {@code the large red circle}. */
    String definite() {
        return phrase().replaceFirst("^an? ", "the ");
    }

    /** As in {@code large red objects}, for several. */
    String plural() {
        String one = phrase().replaceFirst("^an? ", "");
        String shape = said.get(SHAPE).isEmpty() ? "object" : said.get(SHAPE);
        return one.replaceFirst("\\b" + shape + "\\b", plural(shape));
    }

    static String plural(String shape) {
        return shape + (shape.endsWith("s") ? "es" : "s");
    }

    /** As in {@code a large red circle on the left}. */
    String phrase() {
        List<String> words = new ArrayList<>(said.subList(0, SHAPE));
        words.add(said.get(SHAPE).isEmpty() ? "object" : said.get(SHAPE));
        words.add(said.get(PLACE));
        words.removeIf(String::isEmpty);
        return ("aeiou".indexOf(words.get(0).charAt(0)) < 0 ? "a " : "an ") + String.join(" ", words);
    }
}
