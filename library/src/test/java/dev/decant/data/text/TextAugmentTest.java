package dev.decant.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TextAugmentTest {

    private static final TextAugment.Candidates DOGS = (words, places) -> places.stream()
            .map(i -> words.get(i).equals("cat") ? List.of("dog", "fox") : List.<String>of())
            .toList();

    private static TextTable table(boolean isPairs, TextRow... rows) {
        return new TextTable("t", List.of(rows), isPairs, new TextLabels.Classes(List.of("0", "1")), 0);
    }

    @Test
    void wordsArePutInPlaceAndTheOriginalComesFirst() {
        TextTable table = table(false, new TextRow("The cat's mat.", "", 1, "f:1"));
        TextTable more = new TextAugment(DOGS, 30, 0.4, 1).apply(table);
        assertThat(more.rows().get(0)).isEqualTo(table.rows().get(0));
        assertThat(more.rows()).extracting(TextRow::first).containsOnlyOnce("the dog ' s mat .", "the fox ' s mat .");
        assertThat(more.rows())
                .hasSize(3)
                .allMatch(r -> r.label() == 1 && r.where().equals("f:1"));
        assertThat(new TextAugment(DOGS, 30, 0.4, 1).apply(table)).isEqualTo(more);
    }

    @Test
    void oneTextOfAPairIsTheOriginal() {
        TextTable table = table(true, new TextRow("A cat.", "Cat!", 0, "f:1"));
        TextTable more = new TextAugment(DOGS, 30, 0.4, 1).apply(table);
        assertThat(more.rows()).hasSize(5);
        assertThat(more.rows())
                .allMatch(r -> r.first().equals("A cat.") || r.second().equals("Cat!"));
    }

    @Test
    void stopWordsNumbersAndMarksStay() {
        Set<String> asked = new HashSet<>();
        TextAugment.Candidates spy = (words, places) -> {
            places.forEach(i -> asked.add(words.get(i)));
            return Collections.nCopies(places.size(), List.of());
        };
        TextTable table = table(false, new TextRow("Is it the 25th café, Teacher?", "", 0, "f:1"));
        assertThat(new TextAugment(spy, 5, 0.4, 1).apply(table).rows()).hasSize(1);
        assertThat(asked).containsExactly("teacher");
    }
}
