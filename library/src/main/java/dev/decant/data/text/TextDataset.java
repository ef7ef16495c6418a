package dev.decant.data.text;

import dev.decant.DataException;
import dev.decant.spec.LongText;
import dev.decant.text.Tokenizer;
import dev.decant.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Texts as token ids with their labels, all in memory (about 4 bytes a token). */
public final class TextDataset {

    private final String name;
    private final List<Tokens> tokens;
    private final double[] labels;
    private final List<String> where;
    private final TextLabels kind;
    private final int truncated;

    private TextDataset(
            String name, List<Tokens> tokens, double[] labels, List<String> where, TextLabels kind, int truncated) {
        this.name = name;
        this.tokens = tokens;
        this.labels = labels;
        this.where = where;
        this.kind = kind;
        this.truncated = truncated;
    }

    /**
     * Cuts a table into tokens.
     *
     * @param longest tokens of an example, special ones included; no more than the model has positions
     * @throws DataException when a text is longer and that is an error
     */
    public static TextDataset of(TextTable table, Tokenizer tokenizer, int longest, LongText tooLong) {
        List<int[]> first =
                tokenizer.ids(table.rows().stream().map(TextRow::first).toList());
        List<int[]> second = table.isPairs()
                ? tokenizer.ids(table.rows().stream().map(TextRow::second).toList())
                : List.of();
        List<Tokens> tokens = new ArrayList<>(first.size());
        int truncated = 0;
        for (int i = 0; i < first.size(); i++) {
            int whole = first.get(i).length
                    + (table.isPairs() ? second.get(i).length : 0)
                    + tokenizer.specials(table.isPairs());
            if (whole > longest && tooLong == LongText.ERROR) {
                throw new DataException(table.rows().get(i).where() + ": " + whole + " tokens, more than the " + longest
                        + " of max-length");
            }
            truncated += whole > longest ? 1 : 0;
            tokens.add(
                    table.isPairs()
                            ? tokenizer.join(first.get(i), second.get(i), longest)
                            : tokenizer.join(first.get(i), longest));
        }
        double[] labels = table.rows().stream().mapToDouble(TextRow::label).toArray();
        List<String> where = table.rows().stream().map(TextRow::where).toList();
        return new TextDataset(table.name(), List.copyOf(tokens), labels, where, table.labels(), truncated);
    }

    /** The examples at these places, in this order. */
    public TextDataset subset(int... indices) {
        if (indices.length == 0) {
            throw new DataException(name + ": a subset needs at least 1 example");
        }
        return new TextDataset(
                name,
                IntStream.of(indices).mapToObj(tokens::get).toList(),
                IntStream.of(indices).mapToDouble(i -> labels[i]).toArray(),
                IntStream.of(indices).mapToObj(where::get).toList(),
                kind,
                truncated);
    }

    public int size() {
        return labels.length;
    }

    public Tokens tokens(int index) {
        return tokens.get(index);
    }

    /** The number of an example's class, or its score; 0 without labels. */
    public double label(int index) {
        return labels[index];
    }

    /** What the labels are. */
    public TextLabels labels() {
        return kind;
    }

    /** Class names; none where labels are numbers or missing. */
    public List<String> classes() {
        return kind.classes();
    }

    /** Where an example comes from, for messages: file and line. */
    public String name(int index) {
        return where.get(index);
    }

    /** Tokens of each example. */
    public int[] lengths() {
        return tokens.stream().mapToInt(Tokens::length).toArray();
    }

    /** Tokens of the longest example; a model needs as many positions. */
    public int longest() {
        return Arrays.stream(lengths()).max().orElse(0);
    }

    /** How many examples were cut when the whole set was read. */
    public int truncated() {
        return truncated;
    }

    @Override
    public String toString() {
        return name;
    }
}
