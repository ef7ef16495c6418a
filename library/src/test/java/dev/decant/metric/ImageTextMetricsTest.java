package dev.decant.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageTextMetricsTest {

    private static final List<String> WRITTEN =
            List.of("a red circle on the left", "a small blue star and a green ring", "the dog");
    private static final List<List<String>> REFERENCES = List.of(
            List.of("a large red circle on the left", "there is a red circle"),
            List.of("a blue star and a green ring on the right", "a small star"),
            List.of("a dog runs in the park", "the dog runs"));

    @Test
    void recallCountsPlacesBothWays() {
        // texts 0 and 1 are about image 0, text 2 about image 1
        float[][] scores = {{0.1f, 0.9f, 0.5f}, {0.8f, 0.2f, 0.3f}};
        Map<String, Double> recall = Recall.of(scores, scores, new int[] {0, 0, 1});
        assertThat(recall.get("tr1")).isEqualTo(50.0); // image 0 finds text 1 first; image 1 finds its text second
        assertThat(recall.get("ir1")).isCloseTo(100.0 / 3, within(1e-9)); // only text 1 finds its image first
        assertThat(recall.get("tr5")).isEqualTo(100.0);
        assertThat(recall.get("r-mean")).isCloseTo((50 + 100 + 100 + 100.0 / 3 + 100 + 100) / 6, within(1e-9));
    }

    @Test
    void whatWasNotScoredIsNeverFoundAndTiesGoToTheFirst() {
        float none = Float.NEGATIVE_INFINITY;
        float[][] scores = {{none, 1}, {1, 1}};
        Map<String, Double> recall = Recall.of(scores, scores, new int[] {0, 1});
        assertThat(recall.get("tr10")).isEqualTo(50.0);
        assertThat(recall.get("tr1")).isEqualTo(0.0); // text 0 has the same score and comes first
        assertThat(recall.get("ir1")).isEqualTo(0.0); // image 0 has the same score for text 1
        assertThat(recall.get("ir5")).isEqualTo(50.0);
    }

    @Test
    void boxesAreFoundFromHalfOverlapOn() {
        BoxScores scores = new BoxScores();
        scores.add( // IoU 1/3, 1, 0, and exactly 1/2
                Tensor.of(
                        new float[] {.5f, .5f, .4f, .4f, .3f, .3f, .2f, .2f, .2f, .2f, .2f, .2f, .5f, .5f, .5f, .5f},
                        4,
                        4),
                Tensor.of(
                        new float[] {.6f, .5f, .4f, .2f, .3f, .3f, .2f, .2f, .7f, .7f, .2f, .2f, .5f, .5f, 1f, .25f},
                        4,
                        4));
        assertThat(scores.scores().get("accuracy")).isEqualTo(25.0);
        // .125 shared of .25 + .25 - .125
        assertThat(scores.scores().get("iou")).isCloseTo(100 * (1.0 / 3 + 1 + 0 + 1.0 / 3) / 4, within(1e-4));
    }

    /** Reference: the counting of the COCO caption tools on the same sentences. */
    @Test
    void bleuAndCiderAreThoseOfTheCocoTools() {
        assertThat(Bleu.of(WRITTEN, REFERENCES)).isCloseTo(0.7273863789931763, within(1e-12));
        assertThat(Cider.of(WRITTEN, REFERENCES)).isCloseTo(3.7130168099740963, within(1e-12));
    }

    @Test
    void aCaptionEqualToItsReferenceScoresMost() {
        List<String> same = List.of("a red circle on a green square", "two stars beside one large moon");
        List<List<String>> references = same.stream().map(List::of).toList();
        assertThat(Bleu.of(same, references)).isCloseTo(1, within(1e-8));
        assertThat(Cider.of(same, references)).isCloseTo(10, within(1e-9));
        assertThat(Bleu.of(List.of("", ""), references)).isZero();
        assertThat(Cider.of(List.of("", ""), references)).isZero();
    }

    @Test
    void captionsLosePunctuationAndCliticsStandApart() {
        assertThat(CaptionWords.of("A woman's dog, it doesn't run -- \"fast\"!"))
                .isEqualTo("a woman 's dog it does n't run fast");
        assertThat(CaptionWords.of("A black-and-white cat (asleep) at 10:30 a.m. on St. John's street."))
                .isEqualTo("a black-and-white cat asleep at 10:30 a.m. on st. john 's street");
        assertThatThrownBy(() -> Bleu.of(List.of("a"), List.of(List.of()))).hasMessageContaining("no reference");
    }

    @Test
    void anAnswerCountsByThePeopleWhoGaveIt() {
        List<String> people = List.of("red", "red", "blue", "red", "dark red", "blue", "pink", "pink", "pink", "pink");
        // 3 of 10 said red: 3 times min(1, 2/3), 7 times 1
        assertThat(VqaAccuracy.of("red", people)).isCloseTo((3 * 2 / 3.0 + 7) / 10, within(1e-12));
        assertThat(VqaAccuracy.of("blue", people)).isCloseTo((2 / 3.0 + 8 * 2 / 3.0) / 10, within(1e-12));
        assertThat(VqaAccuracy.of("pink", people)).isEqualTo(1);
        assertThat(VqaAccuracy.of("green", people)).isZero();
        assertThat(VqaAccuracy.of("yes", List.of("yes"))).isEqualTo(1);
        assertThat(VqaAccuracy.of("no", List.of("yes"))).isZero();
        assertThat(VqaAccuracy.of("yes", Collections.nCopies(10, "Yes"))).isEqualTo(1);
    }

    @Test
    void answersAreNormalizedAsOfficially() {
        assertThat(VqaAccuracy.normal("The Two dogs.")).isEqualTo("2 dogs");
        assertThat(VqaAccuracy.normal("dont know")).isEqualTo("don't know");
        assertThat(VqaAccuracy.normal("1,000 people, 2.5 m")).isEqualTo("1000 people 2.5 m");
        assertThat(VqaAccuracy.normal("red/white")).isEqualTo("red white");
    }
}
