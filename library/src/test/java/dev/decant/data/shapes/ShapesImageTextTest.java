package dev.decant.data.shapes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.data.image.Box;
import dev.decant.data.imagetext.CaptionText;
import dev.decant.data.imagetext.ImageTextData;
import dev.decant.data.imagetext.ImageTextExample;
import dev.decant.data.imagetext.Rect;
import dev.decant.data.imagetext.RegionExample;
import dev.decant.spec.ImageTextTask;
import dev.decant.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapesImageTextTest {

    private static final ShapesImageText WORLD =
            new ShapesImageText(new ShapesImageText.Options(64, 150, 40, 4, 2, 0.2, 7));

    /** Pinned: a change of this number means that every result on this world must be measured again. */
    @Test
    void saysAndShowsTheSameEverywhere() {
        CRC32 sum = new CRC32();
        for (ImageTextTask task : ImageTextTask.values()) {
            ImageTextData data = WORLD.read(task, "train");
            if (task == ImageTextTask.ASSIGN) { // says what pre-training says
                assertThat(data.examples())
                        .isEqualTo(WORLD.read(ImageTextTask.PRETRAIN, "train").examples());
                continue;
            }
            data.examples()
                    .subList(0, 40)
                    .forEach(e -> sum.update((e.text() + e.truth()).getBytes(StandardCharsets.UTF_8)));
            sum.update(data.pictures().image(3).rgb());
        }
        assertThat(sum.getValue()).isEqualTo(3835918085L);
    }

    @ParameterizedTest
    @EnumSource
    void theTokenizerKnowsEveryWord(ImageTextTask task) {
        Tokenizer tokenizer = ShapesImageText.tokenizer();
        int unknown = tokenizer.id("[UNK]").orElseThrow();
        ImageTextData data = WORLD.read(task, "train");
        for (ImageTextExample example : data.examples()) {
            assertThat(tokenizer.ids(CaptionText.clean(example.text(), 40)))
                    .as(example.text())
                    .isNotEmpty()
                    .doesNotContain(unknown);
        }
        data.candidates()
                .forEach(a -> assertThat(tokenizer.ids(a)).as(a).hasSize(1).doesNotContain(unknown));
        assertThat(tokenizer.ids("a picture of")).doesNotContain(unknown);
        assertThat(data.examples().size()).isBetween(140, 300);
    }

    @Test
    void objectsOfASceneDoNotMeetAndHaveBoxesOfTheirOwn() {
        for (Scene scene : WORLD.scenes("train", 60)) {
            List<SceneObject> objects = scene.objects();
            assertThat(objects.size()).isBetween(2, 4);
            assertThat(objects.stream().map(ObjectWords::of).distinct().count()).isEqualTo(objects.size());
            for (SceneObject a : objects) {
                for (SceneObject b : objects) {
                    double apart = Math.hypot(
                            a.place().x() - b.place().x(),
                            a.place().y() - b.place().y());
                    assertThat(a == b
                                    || apart
                                            > 0.9
                                                    * (a.place().radius()
                                                            + b.place().radius()))
                            .isTrue();
                }
            }
        }
    }

    /** Each phrase is true of the object in its box, and of no other. */
    @Test
    void aPhraseNamesOneObject() {
        ImageTextData data = WORLD.read(ImageTextTask.PRETRAIN, "train");
        List<Scene> scenes = WORLD.scenes("train", 150);
        for (RegionExample example : data.regions()) {
            List<SceneObject> objects = scenes.get(example.image()).objects();
            for (RegionExample.Region region : example.regions()) {
                List<SceneObject> named =
                        objects.stream().filter(o -> isSaid(region.text(), o)).toList();
                assertThat(named).as(region.text()).hasSize(1);
                Box box = named.get(0).box(64);
                assertThat(region.box())
                        .isEqualTo(new Rect(box.x0(), box.y0(), box.x1() - box.x0() + 1, box.y1() - box.y0() + 1));
            }
        }
    }

    /** All words of a phrase that name a property are true of the object. */
    private static boolean isSaid(String phrase, SceneObject object) {
        Set<String> own = Set.of(
                object.size().word(),
                object.color().word(),
                object.texture().word(),
                object.shape().word(),
                "object",
                "a",
                "an");
        return own.containsAll(List.of(phrase.split(" ", -1)));
    }

    @Test
    void questionsAskAboutThePicture() {
        ImageTextData data = WORLD.read(ImageTextTask.VQA, "train");
        List<Scene> scenes = WORLD.scenes("train", 150);
        Set<String> seen = new TreeSet<>();
        for (ImageTextExample example : data.examples()) {
            String answer = ((ImageTextExample.Written) example.truth()).texts().get(0);
            seen.add(answer);
            assertThat(data.candidates()).contains(answer);
            List<SceneObject> objects = scenes.get(example.image()).objects();
            if (example.text().equals("how many objects are there")) {
                assertThat(answer).isEqualTo(SceneTexts.NUMBERS.get(objects.size()));
            }
            if (example.text().startsWith("is there ")) {
                String phrase = example.text().replace("is there ", "").replaceFirst(" (on|in) the .*", "");
                boolean there = objects.stream().anyMatch(o -> isSaid(phrase, o));
                assertThat(there || answer.equals("no")).isTrue();
            }
        }
        assertThat(seen).contains("yes", "no", "two", "large", "left").hasSizeGreaterThan(20);
    }

    @Test
    void everyOtherStatementIsTrue() {
        ImageTextData data = WORLD.read(ImageTextTask.NLVR, "train");
        List<Scene> scenes = WORLD.scenes("train", 300);
        int checked = 0;
        for (ImageTextExample example : data.examples()) {
            boolean said = ((ImageTextExample.Holds) example.truth()).value();
            List<SceneObject> left = scenes.get(example.image()).objects();
            List<SceneObject> right = scenes.get(example.second().getAsInt()).objects();
            String text = example.text();
            if (text.startsWith("both images have ")) {
                String phrase = text.replace("both images have ", "");
                assertThat(left.stream().anyMatch(o -> isSaid(phrase, o))
                                && right.stream().anyMatch(o -> isSaid(phrase, o)))
                        .isEqualTo(said);
                checked++;
            }
            if (text.endsWith("objects than the right image")) {
                int apart = left.size() - right.size();
                assertThat(text.contains("more") ? apart > 0 : apart < 0).isEqualTo(said);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(30);
        long right = data.examples().stream()
                .filter(e -> ((ImageTextExample.Holds) e.truth()).value())
                .count();
        assertThat(right).isEqualTo(150);
    }

    /** What comes before the phrase must not give the truth away. */
    @Test
    void theKindOfAStatementSaysNothing() {
        ImageTextData data = new ShapesImageText(new ShapesImageText.Options(16, 1500, 40, 4, 2, 0.2, 7))
                .read(ImageTextTask.NLVR, "train");
        for (String words : List.of(
                "the left image has a", "both images", "exactly one", "in total there are", "more objects", "zero")) {
            List<ImageTextExample> some = data.examples().stream()
                    .filter(e -> e.text().contains(words))
                    .toList();
            long right = some.stream()
                    .filter(e -> ((ImageTextExample.Holds) e.truth()).value())
                    .count();
            assertThat(100.0 * right / some.size()).as(words).isBetween(38.0, 62.0);
        }
    }

    @Test
    void splitsShareNoScene() {
        Set<String> train = new TreeSet<>();
        WORLD.scenes("train", 40).forEach(s -> train.add(s.toString()));
        IntStream.range(0, 40).mapToObj(WORLD.scenes("val", 40)::get).forEach(s -> assertThat(train)
                .doesNotContain(s.toString()));
    }
}
