package dev.decant.data.shapes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What can be said and asked about a scene, read off the words for its objects. */
final class SceneTexts {

    /** Every answer that there is to a question. */
    static final List<String> ANSWERS = Stream.of(
                    ObjectWords.CHOICES.subList(ObjectWords.SIZE, ObjectWords.PLACE).stream()
                            .flatMap(List::stream)
                            .toList(),
                    List.of("left", "middle", "right", "yes", "no"),
                    List.of("zero", "one", "two", "three", "four", "five"))
            .flatMap(List::stream)
            .toList();

    static final List<String> NUMBERS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

    private static final List<String> ASKED =
            List.of("what size is", "what color is", "what texture is", "what shape is");
    private static final int ATTEMPTS = 20;

    private SceneTexts() {}

    /** A question and its answer. */
    record Question(String text, String answer) {}

    /** A sentence that is true of the scene, and of few others. */
    static String caption(List<ObjectWords> objects, RandomGenerator random) {
        int i = random.nextInt(objects.size());
        int j = other(objects, i, random);
        ObjectWords first = objects.get(i).part(true, random);
        ObjectWords second = objects.get(j).part(true, random);
        if (random.nextInt(3) == 0 && objects.get(i).column() != objects.get(j).column()) {
            boolean left = objects.get(i).column() < objects.get(j).column();
            return first.without(ObjectWords.PLACE).phrase()
                    + (left ? " is left of " : " is right of ")
                    + second.without(ObjectWords.PLACE).phrase();
        }
        return "there is " + first.phrase() + " and " + second.phrase();
    }

    private static int other(List<ObjectWords> objects, int i, RandomGenerator random) {
        return (i + 1 + random.nextInt(objects.size() - 1)) % objects.size();
    }

    /** A phrase that is true of one object of the scene alone; no place, so that it stays true in a part of the picture. */
    static Optional<String> phrase(List<ObjectWords> objects, ObjectWords object, RandomGenerator random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ObjectWords part = object.part(false, random);
            if (part.count(objects) == 1) {
                return Optional.of(part.phrase());
            }
        }
        ObjectWords all = object.without(ObjectWords.PLACE);
        return all.count(objects) == 1 ? Optional.of(all.phrase()) : Optional.empty();
    }

    /** A question about properties, places, numbers, or whether something is there. */
    static Question question(List<ObjectWords> objects, RandomGenerator random) {
        while (true) {
            Optional<Question> question =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> property(objects, random);
                        case 2 -> place(objects, random);
                        case 3 -> Optional.of(number(objects, random));
                        default -> exists(objects, random);
                    };
            if (question.isPresent()) {
                return question.get();
            }
        }
    }

    private static Optional<Question> property(List<ObjectWords> objects, RandomGenerator random) {
        ObjectWords object = objects.get(random.nextInt(objects.size()));
        int asked = random.nextInt(ASKED.size());
        ObjectWords said = object.part(random.nextBoolean(), random).without(asked);
        return said.count(objects) == 1
                ? Optional.of(new Question(ASKED.get(asked) + " " + said.definite(), object.word(asked)))
                : Optional.empty();
    }

    private static Optional<Question> place(List<ObjectWords> objects, RandomGenerator random) {
        ObjectWords object = objects.get(random.nextInt(objects.size()));
        ObjectWords said = object.part(false, random);
        String place = object.word(ObjectWords.PLACE);
        return said.count(objects) == 1
                ? Optional.of(new Question("where is " + said.definite(), place.substring(place.lastIndexOf(' ') + 1)))
                : Optional.empty();
    }

    private static Question number(List<ObjectWords> objects, RandomGenerator random) {
        ObjectWords kind = objects.get(random.nextInt(objects.size()))
                .only(random.nextBoolean() ? ObjectWords.COLOR : ObjectWords.SIZE);
        boolean all = random.nextInt(3) == 0;
        int count = all ? objects.size() : kind.count(objects);
        return new Question("how many " + (all ? "objects" : kind.plural()) + " are there", NUMBERS.get(count));
    }

    /** Of a kind of phrase that is true of some object and could as well be false. */
    private static Optional<Question> exists(List<ObjectWords> objects, RandomGenerator random) {
        boolean wanted = random.nextBoolean();
        int[] named = named(1 + random.nextInt(3), random);
        return chosen(wanted, random, r -> {
                    ObjectWords said = said(objects, named, r);
                    return new Statement("is there " + said.phrase(), said.count(objects) > 0);
                })
                .map(text -> new Question(text, wanted ? "yes" : "no"));
    }

    /**
     * A statement about two scenes that is true or false as wanted. Its kind, the properties it names and the number in it say
     * nothing of that: they are only used where both a true and a false one are found.
     */
    static String statement(List<ObjectWords> left, List<ObjectWords> right, boolean wanted, RandomGenerator random) {
        List<ObjectWords> all = new ArrayList<>(left);
        all.addAll(right);
        while (true) {
            int kind = random.nextInt(6);
            int[] named = named(kind == 2 || kind == 4 ? 1 : 1 + random.nextInt(2), random);
            int number = random.nextInt(4);
            Optional<String> text = chosen(wanted, random, r -> {
                ObjectWords said = said(all, named, r);
                boolean inLeft = said.count(left) > 0;
                boolean inRight = said.count(right) > 0;
                return switch (kind) {
                    case 0 -> new Statement("the left image has " + said.phrase(), inLeft);
                    case 1 -> new Statement("the right image has " + said.phrase(), inRight);
                    case 2 -> new Statement("both images have " + said.phrase(), inLeft && inRight);
                    case 3 -> new Statement("exactly one image has " + said.phrase(), inLeft != inRight);
                    case 4 -> new Statement(total(number, said), number == said.count(all));
                    default -> compared(left.size() - right.size(), r);
                };
            });
            if (text.isPresent()) {
                return text.get();
            }
        }
    }

    private record Statement(String text, boolean holds) {}

    /** The first true or false one of several draws, unless all are of the other kind or none is. */
    private static Optional<String> chosen(
            boolean wanted, RandomGenerator random, Function<RandomGenerator, Statement> draw) {
        Map<Boolean, String> first = new HashMap<>();
        for (int attempt = 0; attempt < 2 * ATTEMPTS && first.size() < 2; attempt++) {
            Statement statement = draw.apply(random);
            first.putIfAbsent(statement.holds, statement.text);
        }
        return first.size() == 2 ? Optional.ofNullable(first.get(wanted)) : Optional.empty();
    }

    /** Properties that a phrase names; places are not among them. */
    private static int[] named(int count, RandomGenerator random) {
        int[] order = {ObjectWords.SIZE, ObjectWords.COLOR, ObjectWords.TEXTURE, ObjectWords.SHAPE};
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return Arrays.copyOf(order, count);
    }

    /** What the named properties of an object are, one of them perhaps replaced by another's. */
    private static ObjectWords said(List<ObjectWords> objects, int[] named, RandomGenerator random) {
        int i = random.nextInt(objects.size());
        ObjectWords said = objects.get(i).only(named);
        return random.nextBoolean() ? said : said.changed(objects.get(other(objects, i, random)), random);
    }

    private static String total(int number, ObjectWords said) {
        return number == 1
                ? "in total there is one " + said.definite().replaceFirst("^the ", "")
                : "in total there are " + NUMBERS.get(number) + " " + said.plural();
    }

    /** Of equal numbers every comparison is false, and nothing is said. */
    private static Statement compared(int apart, RandomGenerator random) {
        boolean more = random.nextBoolean();
        return new Statement(
                "the left image has " + (more ? "more" : "fewer") + " objects than the right image",
                more ? apart > 0 : apart < 0);
    }
}
