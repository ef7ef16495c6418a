package dev.decant.data;

import java.util.List;
import java.util.Optional;
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

    private static Optional<Question> exists(List<ObjectWords> objects, RandomGenerator random) {
        boolean wanted = random.nextBoolean();
        int i = random.nextInt(objects.size());
        ObjectWords part = objects.get(i).part(random.nextBoolean(), random);
        ObjectWords said = wanted ? part : part.changed(objects.get(other(objects, i, random)), random);
        boolean isTrue = said.count(objects) > 0;
        return isTrue == wanted
                ? Optional.of(new Question("is there " + said.phrase(), isTrue ? "yes" : "no"))
                : Optional.empty();
    }

    /** A statement about two scenes that is true or false as wanted. */
    static String statement(List<ObjectWords> left, List<ObjectWords> right, boolean wanted, RandomGenerator random) {
        while (true) {
            List<ObjectWords> from = random.nextBoolean() ? left : right;
            int i = random.nextInt(from.size());
            ObjectWords part = from.get(i).part(false, random);
            ObjectWords said = random.nextBoolean() ? part : part.changed(from.get(other(from, i, random)), random);
            String text = said.phrase();
            boolean inLeft = said.count(left) > 0;
            boolean inRight = said.count(right) > 0;
            Statement statement =
                    switch (random.nextInt(5)) {
                        case 0 -> new Statement("the left image has " + text, inLeft);
                        case 1 -> new Statement("the right image has " + text, inRight);
                        case 2 -> new Statement("both images have " + text, inLeft && inRight);
                        case 3 -> new Statement("exactly one image has " + text, inLeft != inRight);
                        default -> total(left, right, said, wanted, random);
                    };
            if (statement.holds == wanted) {
                return statement.text;
            }
        }
    }

    private record Statement(String text, boolean holds) {}

    private static Statement total(
            List<ObjectWords> left, List<ObjectWords> right, ObjectWords said, boolean wanted, RandomGenerator random) {
        if (random.nextInt(3) == 0) {
            boolean more = random.nextBoolean();
            int apart = left.size() - right.size();
            return new Statement(
                    "the left image has " + (more ? "more" : "fewer") + " objects than the right image",
                    more ? apart > 0 : apart < 0);
        }
        int count = said.count(left) + said.count(right);
        int named = wanted ? count : Math.max(0, count + (random.nextBoolean() ? 1 : -1));
        return new Statement(
                "in total there are " + NUMBERS.get(Math.min(named, NUMBERS.size() - 1)) + " " + said.plural(),
                named == count);
    }
}
