package dev.decant.build;

import dev.decant.InputException;
import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.data.shapes.ShapesText;
import dev.decant.data.text.Glue;
import dev.decant.data.text.MaskedLanguageModel;
import dev.decant.data.text.PlainText;
import dev.decant.data.text.TextBatches;
import dev.decant.data.text.TextBatching;
import dev.decant.data.text.TextCollator;
import dev.decant.data.text.TextColumns;
import dev.decant.data.text.TextDataset;
import dev.decant.data.text.TextFiles;
import dev.decant.data.text.TextLabels;
import dev.decant.data.text.TextRow;
import dev.decant.data.text.TextTable;
import dev.decant.metric.TextScores;
import dev.decant.metric.WordScores;
import dev.decant.model.ModelConfig;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.Split;
import dev.decant.recipe.TextOptions;
import dev.decant.spec.TextMetric;
import dev.decant.text.Tokenizer;
import dev.decant.train.score.Task;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Joins a recipe's texts to tokenizer, data sets and loaders. Splits are read once. */
public final class TextDataBuilder implements DataBuilder {

    /** Padding is cheap to make: one thread keeps ahead of any network. */
    private static final int WORKERS = 1;

    /** A language model has a logit for every word at every token: 0.5 GB for 32 texts of BERT's. */
    private static final int MOST_ROWS = 32;

    private final DataSpec.OfText spec;
    private final TextOptions options;
    private final Tokenizer tokenizer;
    private final Map<Split, TextDataset> opened = new LinkedHashMap<>();
    private final Map<String, TextTable> tables = new LinkedHashMap<>();

    /** @param models folders of the recipe's models that have a tokenizer */
    TextDataBuilder(DataSpec.OfText spec, List<Path> models) {
        this.spec = spec;
        this.options = spec.options();
        this.tokenizer = Tokenizers.open(
                options.tokenizer(),
                models,
                spec instanceof DataSpec.ShapesText ? Optional.of(ShapesText::tokenizer) : Optional.empty());
        if (spec instanceof DataSpec.MaskedText && options.augment().isPresent()) {
            throw new InputException("data.augment is for labelled texts, not for masked-text");
        }
    }

    @Override
    public Map<String, byte[]> modelFiles() {
        return Map.of("tokenizer.json", tokenizer.json().getBytes(StandardCharsets.UTF_8));
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Under Hugging Face's names. */
    @Override
    public Map<String, Object> modelArguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        if (spec instanceof DataSpec.MaskedText) {
            arguments.put("head", "mlm");
        } else {
            arguments.put("num_classes", classes());
        }
        arguments.put("vocab_size", tokenizer.vocabularySize());
        arguments.put("pad_token_id", tokenizer.pad());
        return arguments;
    }

    @Override
    public int classes() {
        if (spec instanceof DataSpec.MaskedText) {
            return 0;
        }
        return Math.max(1, split(Split.TEST).classes().size());
    }

    @Override
    public Task task() {
        if (spec instanceof DataSpec.MaskedText) {
            return Task.of("accuracy", () -> new WordScores());
        }
        TextMetric metric = metric();
        if (metric == TextMetric.F1 || metric == TextMetric.MATTHEWS || metric == TextMetric.F1_AND_ACCURACY) {
            if (classes() != 2) {
                throw new InputException(
                        "data.metric " + metric.key() + " is for 2 classes, the data has " + classes());
            }
        }
        return Task.of(metric.key(), () -> new TextScores(metric));
    }

    private TextMetric metric() {
        if (spec instanceof DataSpec.Glue s) {
            return Glue.of(s.task()).metric();
        }
        if (spec instanceof DataSpec.Text s) {
            TextMetric usual =
                    s.labels() == DataSpec.Text.Kind.SCORE ? TextMetric.PEARSON_AND_SPEARMAN : TextMetric.ACCURACY;
            return s.metric().orElse(usual);
        }
        return TextMetric.ACCURACY;
    }

    @Override
    public boolean hasScores() {
        return !(spec instanceof DataSpec.MaskedText) && metric().isOfScores();
    }

    @Override
    public long[] labels() {
        TextDataset train = split(Split.TRAIN);
        return IntStream.range(0, train.size())
                .mapToLong(i -> (long) train.label(i))
                .toArray();
    }

    /** The texts of a split; "validation" is the held-out part of the training texts, or the test split without one. */
    TextDataset split(Split split) {
        if (split == Split.VALIDATION && options.validation().isEmpty()) {
            return split(Split.TEST);
        }
        TextDataset known = opened.get(split);
        if (known == null) {
            known = open(split);
            opened.put(split, known);
        }
        return known;
    }

    private TextDataset open(Split split) {
        TextTable table = tables.computeIfAbsent(split == Split.TEST ? "test" : "train", this::table);
        if (split != Split.TEST) {
            table = chosen(table, split);
        }
        return TextDataset.of(table, tokenizer, options.maxLength(), options.longText());
    }

    /** The rows of the training file that are trained on, and their variants, or those that are held out. */
    private TextTable chosen(TextTable table, Split split) {
        List<TextRow> rows = table.rows();
        rows = rows.subList(0, Math.min(rows.size(), options.trainExamples().orElse(rows.size())));
        if (options.validation().isPresent()) {
            int[] places = HoldOut.indices(rows.size(), options.validation().get(), split == Split.VALIDATION);
            rows = IntStream.of(places).mapToObj(rows::get).toList();
        }
        TextTable own = table.withRows(rows);
        return split == Split.TRAIN && options.augment().isPresent()
                ? AugmentedTexts.of(own, options.augment().get())
                : own;
    }

    private TextTable table(String split) {
        if (spec instanceof DataSpec.Glue s) {
            return Glue.of(s.task()).read(Path.of(s.path()), split, options.malformed());
        }
        if (spec instanceof DataSpec.Text s) {
            TextColumns columns = new TextColumns(s.text(), s.pair().orElse(""), s.label());
            TextFiles files = new TextFiles(Path.of(s.path()), columns, options.malformed());
            return files.read(split, s.labels() == DataSpec.Text.Kind.SCORE ? TextLabels.Scores.ANY : files.classes());
        }
        if (spec instanceof DataSpec.MaskedText s) {
            return s.pairs() ? PlainText.pairs(Path.of(s.path()), split) : PlainText.read(Path.of(s.path()), split);
        }
        if (spec instanceof DataSpec.ShapesText s) {
            return ShapesText.of(new ShapesText.Options(s.train(), s.test(), s.objects(), s.mixed(), s.seed()), split)
                    .table();
        }
        throw new AssertionError(spec);
    }

    @Override
    public Optional<String> skipped() {
        int lines = tables.values().stream().mapToInt(TextTable::skipped).sum();
        return lines == 0 ? Optional.empty() : Optional.of(lines + " malformed lines are left out, as the recipe says");
    }

    @Override
    public Optional<Path> path() {
        if (spec instanceof DataSpec.Glue s) {
            return Optional.of(Path.of(s.path()));
        }
        if (spec instanceof DataSpec.Text s) {
            return Optional.of(Path.of(s.path()));
        }
        return spec instanceof DataSpec.MaskedText s ? Optional.of(Path.of(s.path())) : Optional.empty();
    }

    @Override
    public List<Path> models() {
        return options.augment().map(a -> List.of(Path.of(a.model()))).orElse(List.of());
    }

    @Override
    public Loader training(ModelConfig.Input input, int batchSize, long seed) {
        TextDataset data = split(Split.TRAIN);
        if (data.size() < batchSize) {
            throw new InputException(
                    "batch-size " + batchSize + " is more than the " + data.size() + " training texts");
        }
        return loader(data, input, TextBatching.training(batchSize, seed));
    }

    @Override
    public Loader evaluation(Split split, ModelConfig.Input input, int batchSize) {
        int rows = spec instanceof DataSpec.MaskedText ? Math.min(batchSize, MOST_ROWS) : batchSize;
        return loader(split(split), input, TextBatching.evaluation(rows));
    }

    private Loader loader(TextDataset data, ModelConfig.Input input, TextBatching batching) {
        requireFits(input);
        TextCollator collator = new TextCollator(tokenizer.pad(), options.padTo(), options.maxLength());
        TextBatches batches = spec instanceof DataSpec.MaskedText s
                ? new TextBatches(
                        data,
                        batching,
                        collator,
                        new MaskedLanguageModel(tokenizer, s.mask(), s.wholeWords(), batching.seed()))
                : new TextBatches(data, batching, collator);
        return new Loader(batches, new LoaderOptions(batching.batchSize(), batching.seed(), false, false, WORKERS, 4));
    }

    private void requireFits(ModelConfig.Input input) {
        if (!(input instanceof ModelConfig.TextInput text)) {
            throw new InputException("the data has text, but the model takes images");
        }
        tokenizer.requireFits(text.vocabulary(), "the model");
        if (options.maxLength() > text.positions()) {
            throw new InputException("data.max-length " + options.maxLength() + " is more than the " + text.positions()
                    + " positions of the model");
        }
    }
}
