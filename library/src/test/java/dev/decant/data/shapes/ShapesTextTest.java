package dev.decant.data.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.data.text.TextDataset;
import dev.decant.data.text.TextRow;
import dev.decant.data.text.TextTable;
import dev.decant.spec.LongText;
import dev.decant.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapesTextTest {

    private static final ShapesText.Options OPTIONS = new ShapesText.Options(600, 200, 4, true, 0);
    private static final Set<String> SHAPES =
            Set.copyOf(Arrays.stream(SceneShape.values()).map(SceneShape::word).toList());

    private final TextTable train = ShapesText.of(OPTIONS, "train").table();

    /** Pinned: a change of this number means that every result on these sentences must be measured again. */
    @Test
    void saysTheSameEverywhere() {
        CRC32 sum = new CRC32();
        train.rows().subList(0, 50).forEach(r -> sum.update((r.first() + r.second()).getBytes(StandardCharsets.UTF_8)));
        assertThat(sum.getValue()).isEqualTo(3583690007L);
    }

    /** Reads premise and second sentence again, from their words alone. */
    @Test
    void theClassIsWhatTheWordsSay() {
        for (TextRow row : train.rows()) {
            List<Set<String>> objects = objects(
                    row.first().replace("there is ", "").replace(" .", "").split(" , "));
            String said = row.second().replace("there is ", "").replace(" .", "");
            boolean entailed;
            if (said.contains(" is ")) {
                boolean left = said.contains(" is left of ");
                List<Set<String>> sides = objects(said.split(left ? " is left of " : " is right of "));
                entailed = objects.stream()
                        .anyMatch(a -> a.containsAll(sides.get(0))
                                && objects.stream()
                                        .anyMatch(b -> b.containsAll(sides.get(1))
                                                && (left ? column(a) < column(b) : column(a) > column(b))));
            } else {
                Set<String> wanted = objects(said).get(0);
                entailed = objects.stream().anyMatch(o -> o.containsAll(wanted));
            }
            assertThat(entailed).as(row.toString()).isEqualTo(row.label() == 0);
        }
    }

    private static List<Set<String>> objects(String... phrases) {
        List<Set<String>> objects = new ArrayList<>();
        for (String phrase : phrases) {
            Set<String> words = new HashSet<>(List.of(phrase.split(" ")));
            words.removeAll(Set.of("a", "an", "object", "on", "in", "the"));
            objects.add(words);
        }
        return objects;
    }

    private static int column(Set<String> object) {
        return object.contains("left") ? 0 : object.contains("middle") ? 1 : 2;
    }

    @Test
    void pairsAreBalancedDifferentAndOfTheirSplit() {
        TextTable test = ShapesText.of(OPTIONS, "test").table();
        assertThat(train.rows()).filteredOn(r -> r.label() == 0).hasSize(300);
        Set<String> seen = new HashSet<>();
        train.rows().forEach(r -> seen.add(r.first() + r.second()));
        test.rows().forEach(r -> seen.add(r.first() + r.second()));
        assertThat(seen).hasSize(800);
        assertThat(train.rows()).extracting(TextRow::second).anyMatch(s -> s.contains(" is left of "));
        assertThat(train.rows()).allMatch(r -> SHAPES.stream().anyMatch(r.first()::contains));
        assertThatThrownBy(() -> ShapesText.of(OPTIONS, "dev"))
                .hasMessage("shapes-text: no split 'dev'; expected train, test or val");
    }

    /** No word of the second sentence tells the class without the first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSecondSentenceAloneTellsLittle(boolean mixed) {
        ShapesText many = ShapesText.of(new ShapesText.Options(4000, 1, 4, mixed, 0), "train");
        Map<String, int[]> counts = new HashMap<>();
        for (int i = 0; i < 4000; i++) {
            for (String word : Set.copyOf(List.of(many.row(i).second().split(" ")))) {
                counts.computeIfAbsent(word, w -> new int[2])[(int) many.row(i).label()]++;
            }
        }
        assertThat(counts).hasSizeGreaterThan(mixed ? 30 : 20);
        counts.forEach((word, of) ->
                assertThat((double) of[0] / (of[0] + of[1])).as(word).isBetween(0.4, 0.6));
    }

    @Test
    void unmixedPairsNameAnObjectAlone() {
        TextTable easy = ShapesText.of(new ShapesText.Options(200, 1, 2, false, 0), "train")
                .table();
        assertThat(easy.rows()).extracting(TextRow::second).allMatch(s -> s.matches("there is an? [a-z ]+ \\."));
        assertThat(easy.rows()).extracting(TextRow::second).noneMatch(s -> s.contains(" left") || s.contains(" right"));
    }

    @Test
    void theOwnTokenizerKnowsEveryWord() {
        try (Tokenizer tokenizer = ShapesText.tokenizer()) {
            assertThat(tokenizer.vocabularySize()).isLessThan(64);
            TextDataset data = TextDataset.of(train, tokenizer, 64, LongText.ERROR);
            for (int i = 0; i < data.size(); i++) {
                assertThat(data.tokens(i).ids()).doesNotContain(1);
            }
            assertThat(data.classes()).containsExactly("entailment", "not_entailment");
        }
    }
}
