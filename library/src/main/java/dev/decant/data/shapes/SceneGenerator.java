package dev.decant.data.shapes;

import dev.decant.data.shapes.SceneColor.Rgb;
import dev.decant.image.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Draws scenes at random. Difficulty, 0 to 1, raises everything that makes the main object hard to tell: noise, strokes
 * over it, small objects beside it, turning and squashing, little contrast, smaller size.
 */
record SceneGenerator(double difficulty) {

    private static final Rgb BLACK = new Rgb(0, 0, 0);
    private static final Rgb WHITE = new Rgb(255, 255, 255);

    /** A scene whose main object has the given shape; all else is chance. */
    Scene draw(SceneShape shape, SceneTexture texture, SceneColor color, RandomGenerator random) {
        Scene.Backdrop backdrop = new Scene.Backdrop(grayish(random), grayish(random));
        SceneSize size = random.nextDouble() < difficulty ? SceneSize.MEDIUM : SceneSize.LARGE;
        SceneObject main = object(shape, texture, color, size, backdrop, random);
        List<SceneObject> objects = new ArrayList<>();
        int distractors = random.nextInt(1 + (int) Math.rint(6 * difficulty));
        for (int i = 0; i < distractors; i++) {
            SceneObject other = object(
                    any(SceneShape.values(), random),
                    any(SceneTexture.values(), random),
                    any(SceneColor.values(), random),
                    SceneSize.SMALL,
                    backdrop,
                    random);
            if (isClear(other, main)) {
                objects.add(other);
            }
        }
        objects.add(main);
        int strokes = random.nextInt(1 + (int) Math.rint(10 * difficulty));
        List<Scene.Stroke> clutter = new ArrayList<>();
        for (int i = 0; i < strokes; i++) {
            clutter.add(stroke(random));
        }
        return new Scene(backdrop, objects, clutter, 4 + 40 * difficulty, random.nextLong());
    }

    /**
     * A scene of objects that do not meet and no two of which are described by the same words.
     *
     * @param most objects; at least two, fewer than were drawn where there is no room
     */
    Scene compose(int most, RandomGenerator random) {
        while (true) {
            Scene.Backdrop backdrop = new Scene.Backdrop(grayish(random), grayish(random));
            int wanted = 2 + random.nextInt(most - 1);
            List<SceneObject> objects = new ArrayList<>();
            Set<ObjectWords> words = new HashSet<>();
            for (int attempt = 0; attempt < 8 * wanted && objects.size() < wanted; attempt++) {
                SceneObject next = object(
                        any(SceneShape.values(), random),
                        any(SceneTexture.values(), random),
                        any(SceneColor.values(), random),
                        any(SceneSize.values(), random),
                        backdrop,
                        random);
                if (objects.stream().allMatch(o -> isApart(o, next)) && words.add(ObjectWords.of(next))) {
                    objects.add(next);
                }
            }
            int strokes = random.nextInt(1 + (int) Math.rint(10 * difficulty));
            List<Scene.Stroke> clutter = new ArrayList<>();
            for (int i = 0; i < strokes; i++) {
                clutter.add(stroke(random));
            }
            if (objects.size() >= 2) {
                objects.sort(Comparator.comparingDouble(o -> o.place().radius()));
                return new Scene(backdrop, objects, clutter, 4 + 40 * difficulty, random.nextLong());
            }
        }
    }

    private static boolean isApart(SceneObject a, SceneObject b) {
        double dx = a.place().x() - b.place().x();
        double dy = a.place().y() - b.place().y();
        double apart = 0.95 * (a.place().radius() + b.place().radius());
        return dx * dx + dy * dy > apart * apart;
    }

    private SceneObject object(
            SceneShape shape,
            SceneTexture texture,
            SceneColor color,
            SceneSize size,
            Scene.Backdrop backdrop,
            RandomGenerator random) {
        double radius = size.radius().draw(random);
        Range inside = new Range(Math.min(0.5, radius * 0.9), Math.max(0.5, 1 - radius * 0.9));
        double turn = Math.toRadians(5 + 50 * difficulty);
        SceneObject.Place place = new SceneObject.Place(
                inside.draw(random),
                inside.draw(random),
                radius,
                new Range(-turn, turn).draw(random),
                1 - 0.4 * difficulty * random.nextDouble());
        Rgb shade = color.rgb().towards(random.nextBoolean() ? BLACK : WHITE, 0.25 * random.nextDouble());
        Rgb tone = shade.towards(backdrop.left(), 0.6 * difficulty * random.nextDouble());
        return new SceneObject(shape, color, texture, size, place, tone);
    }

    private static boolean isClear(SceneObject other, SceneObject main) {
        double dx = other.place().x() - main.place().x();
        double dy = other.place().y() - main.place().y();
        double apart = other.place().radius() + 0.8 * main.place().radius();
        return dx * dx + dy * dy > apart * apart;
    }

    private static Scene.Stroke stroke(RandomGenerator random) {
        double x = random.nextDouble();
        double y = random.nextDouble();
        return new Scene.Stroke(
                x,
                y,
                x + 0.6 * (random.nextDouble() - 0.5),
                y + 0.6 * (random.nextDouble() - 0.5),
                0.02 + 0.03 * random.nextDouble(),
                any(SceneColor.values(), random).rgb().towards(grayish(random), 0.5));
    }

    private static Rgb grayish(RandomGenerator random) {
        double gray = 40 + 170 * random.nextDouble();
        return new Rgb(
                gray + 40 * (random.nextDouble() - 0.5),
                gray + 40 * (random.nextDouble() - 0.5),
                gray + 40 * (random.nextDouble() - 0.5));
    }

    static <T> T any(T[] choices, RandomGenerator random) {
        return choices[random.nextInt(choices.length)];
    }
}
