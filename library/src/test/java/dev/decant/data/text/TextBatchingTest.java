package dev.decant.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.model.Inputs;
import dev.decant.spec.LongText;
import dev.decant.tensor.Scope;
import dev.decant.text.Tokenizer;
import dev.decant.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TextBatchingTest {

    private static final Tokenizer TOKENIZER = Tokenizer.ofWords(
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d", "e", "##s"), true);

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    private static TextDataset data(TextLabels labels, String... texts) {
        List<TextRow> rows = new ArrayList<>();
        for (String text : texts) {
            rows.add(new TextRow(text, "", rows.size() % 2, "t:" + (rows.size() + 1)));
        }
        return TextDataset.of(new TextTable("t", rows, false, labels, 0), TOKENIZER, 6, LongText.TRUNCATE);
    }

    private static int padding(List<int[]> batches, int[] lengths) {
        return batches.stream()
                .mapToInt(b -> {
                    int longest = Arrays.stream(b).map(i -> lengths[i]).max().orElse(0);
                    return Arrays.stream(b).map(i -> longest - lengths[i]).sum();
                })
                .sum();
    }

    @Test
    void anEpochHasEveryExampleOnceAndLittlePadding() {
        SplittableRandom random = new SplittableRandom(1);
        int[] lengths = random.ints(1000, 3, 60).toArray();
        TextBatching all = new TextBatching(16, 7, true, false);
        List<int[]> batches = all.batches(lengths, 0);
        assertThat(batches).hasSize(all.batches(1000)).hasSize(63);
        assertThat(batches.stream().flatMapToInt(Arrays::stream).sorted().toArray())
                .isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat((double) padding(batches, lengths) / Arrays.stream(lengths).sum())
                .isLessThan(0.05);
        assertThat(batches.stream().filter(b -> b.length < 16)).hasSize(1);
    }

    @Test
    void theOrderDependsOnSeedAndEpochOnly() {
        int[] lengths = new SplittableRandom(1).ints(200, 3, 60).toArray();
        TextBatching batching = TextBatching.training(16, 7);
        assertThat(batching.batches(lengths, 3).toArray())
                .isEqualTo(batching.batches(lengths, 3).toArray());
        assertThat(batching.batches(lengths, 4).get(0))
                .isNotEqualTo(batching.batches(lengths, 3).get(0));
        assertThat(TextBatching.training(16, 8).batches(lengths, 3).get(0))
                .isNotEqualTo(batching.batches(lengths, 3).get(0));
        assertThat(batching.batches(lengths, 3)).hasSize(12).allMatch(b -> b.length == 16);
        assertThat(TextBatching.evaluation(2).batches(new int[] {3, 5, 4}, 0).toArray())
                .isEqualTo(new Object[] {new int[] {1, 2}, new int[] {0}});
    }

    @Test
    void shortTextsAreFilledUp() {
        TextDataset data = data(new TextLabels.Classes(List.of("no", "yes")), "a", "b c", "a b c d e");
        assertThat(data.truncated()).isEqualTo(1);
        assertThat(data.lengths()).containsExactly(3, 4, 6);
        TextBatch batch = new TextCollator(0, 1, 64).collate(data, 1, 0);
        assertThat(batch.length()).isEqualTo(4);
        assertThat(batch.ids()).containsExactly(2, 6, 7, 3, 2, 5, 3, 0);
        assertThat(batch.mask()).containsExactly(1, 1, 1, 1, 1, 1, 1, 0);
        assertThat(batch.types()).containsOnly(0);
        assertThat(batch.indices()).containsExactly(1, 0);
        assertThat(((TextTargets.Classes) batch.targets()).labels()).containsExactly(1, 0);
        assertThat(new TextCollator(0, 8, 64).collate(data, 0).length()).isEqualTo(8);
        assertThat(new TextCollator(0, 8, 6).collate(data, 0).length()).isEqualTo(6);
        TextDataset scores = data(TextLabels.Scores.ANY, "a", "b").subset(1);
        TextBatch one = new TextCollator(0, 1, 64).collate(scores, 0);
        assertThat(((TextTargets.Scores) one.targets()).labels()).containsExactly(1f);
        assertThat(scores.name(0)).isEqualTo("t:2");
    }

    @Test
    void aLoaderGivesTensors() {
        TextDataset data = data(new TextLabels.Classes(List.of("no", "yes")), "a", "b c", "a b c d", "e");
        TextBatches source = new TextBatches(data, TextBatching.evaluation(3), new TextCollator(0, 1, 64));
        try (Scope scope = Scope.open();
                Epoch epoch = new Loader(source, LoaderOptions.evaluation(3)).epoch(0, 0)) {
            Batch batch = epoch.next();
            Inputs.Text text = (Inputs.Text) batch.inputs();
            assertThat(text.ids().shape()).containsExactly(3, 6);
            assertThat(text.mask().longs()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0);
            assertThat(batch.indices()).containsExactly(2, 1, 0);
            assertThat(batch.labels().longs()).containsExactly(0, 1, 0);
            assertThat(epoch.next().indices()).containsExactly(3);
            assertThat(epoch.hasNext()).isFalse();
        }
        assertThatThrownBy(() -> new TextBatches(data, TextBatching.training(8, 1), new TextCollator(0, 1, 64)))
                .hasMessage("the data set has 4 texts, fewer than one batch of 8");
    }

    @Test
    void aTextThatIsTooLongIsNamed() {
        TextTable table =
                new TextTable("t", List.of(new TextRow("a b c d", "", 0, "f.tsv:3")), false, new TextLabels.None(), 0);
        assertThatThrownBy(() -> TextDataset.of(table, TOKENIZER, 5, LongText.ERROR))
                .isInstanceOf(DataException.class)
                .hasMessage("f.tsv:3: 6 tokens, more than the 5 of max-length");
    }

    @Test
    void fifteenPercentAreChosenAndMostOfThemHidden() {
        int[] ids = new int[1002];
        Arrays.fill(ids, 5);
        ids[0] = 2;
        ids[1001] = 3;
        Tokens text = new Tokens(ids, new int[ids.length]);
        MaskedLanguageModel masking = new MaskedLanguageModel(TOKENIZER, 0.15, false, 1);
        int chosen = 0;
        int hidden = 0;
        int same = 0;
        for (int index = 0; index < 20; index++) {
            MaskedLanguageModel.Masked masked = masking.mask(text, 0, index);
            for (int i = 0; i < ids.length; i++) {
                boolean asked = masked.labels()[i] != MaskedLanguageModel.IGNORED;
                assertThat(masked.labels()[i]).isEqualTo(asked ? ids[i] : -100);
                chosen += asked ? 1 : 0;
                hidden += asked && masked.tokens().ids()[i] == 4 ? 1 : 0;
                same += asked && masked.tokens().ids()[i] == ids[i] ? 1 : 0;
                assertThat(asked || masked.tokens().ids()[i] == ids[i]).isTrue();
            }
            assertThat(masked.tokens().ids()[0]).isEqualTo(2);
            assertThat(masked.tokens().ids()[1001]).isEqualTo(3);
        }
        assertThat(chosen).isEqualTo(20 * 150);
        assertThat(hidden / (double) chosen).isBetween(0.78, 0.82);
        // 10 % stay, and of the 10 % replaced one in six is the same by chance
        assertThat(same / (double) chosen).isBetween(0.1, 0.135);
        assertThat(masking.mask(text, 2, 5).labels())
                .isEqualTo(masking.mask(text, 2, 5).labels());
        assertThat(masking.mask(text, 2, 5).labels())
                .isNotEqualTo(masking.mask(text, 3, 5).labels());
    }

    @Test
    void wholeWordsAreHiddenTogether() {
        Tokens text = TOKENIZER.encode("as bs cs ds es as bs cs ds es", 64);
        MaskedLanguageModel masking = new MaskedLanguageModel(TOKENIZER, 0.2, true, 1);
        for (int index = 0; index < 20; index++) {
            int[] labels = masking.mask(text, 0, index).labels();
            for (int i = 1; i < labels.length - 1; i += 2) {
                assertThat(labels[i] == -100).isEqualTo(labels[i + 1] == -100);
            }
            assertThat(Arrays.stream(labels).filter(l -> l != -100)).hasSize(4);
        }
    }

    @Test
    void hiddenTokensAreTheTargetsOfABatch() {
        TextDataset data = data(new TextLabels.None(), "a b c d", "e");
        MaskedLanguageModel masking = new MaskedLanguageModel(TOKENIZER, 0.15, false, 1);
        TextBatch both = new TextCollator(0, 1, 64).collate(data, masking, 3, 0, 1);
        long[] labels = ((TextTargets.Words) both.targets()).labels();
        assertThat(labels).hasSize(12);
        assertThat(Arrays.stream(labels).filter(l -> l != -100)).hasSize(2);
        assertThat(labels[7]).isEqualTo(9);
        TextBatch second = new TextCollator(0, 6, 64).collate(data, masking, 3, 1);
        assertThat(second.ids()).isEqualTo(Arrays.copyOfRange(both.ids(), 6, 12));
    }
}
