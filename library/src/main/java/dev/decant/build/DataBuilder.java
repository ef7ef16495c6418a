package dev.decant.build;

import dev.decant.data.Loader;
import dev.decant.export.OnnxNetwork;
import dev.decant.model.ModelConfig;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.LabelLoss;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Split;
import dev.decant.recipe.TermSpec;
import dev.decant.train.score.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A recipe's {@code data}: loaders of its splits, and what a network must be to fit it. Splits are opened once. */
public interface DataBuilder {

    /** @param models that the data is for: texts take their tokenizer from the first that has one */
    static DataBuilder of(DataSpec spec, ModelSpec... models) {
        if (spec instanceof DataSpec.OfImages images) {
            return new ImageDataBuilder(images);
        }
        if (spec instanceof DataSpec.OfText texts) {
            return new TextDataBuilder(texts, tokenizers(models));
        }
        if (spec instanceof DataSpec.OfImageText both) {
            return new ImageTextDataBuilder(both, tokenizers(models));
        }
        throw new AssertionError(spec);
    }

    private static List<Path> tokenizers(ModelSpec... models) {
        return Stream.of(models)
                .flatMap(m -> Stream.concat(Stream.of(ModelBuilder.path(m)), m.weights().map(Path::of).stream()))
                .map(path -> path.toString().endsWith(OnnxNetwork.SUFFIX) ? path.resolveSibling(".") : path)
                .filter(folder -> Files.isRegularFile(folder.resolve("tokenizer.json"))
                        || Files.isRegularFile(folder.resolve("vocab.txt")))
                .distinct()
                .toList();
    }

    /** Files that a model folder needs besides the model, by name: a tokenizer. */
    default Map<String, byte[]> modelFiles() {
        return Map.of();
    }

    /** What the data says of a network, by the network's own argument names: classes, size of images. */
    Map<String, Object> modelArguments();

    /** Classes to tell apart; 1 for a value, 0 where nothing is told. */
    int classes();

    /** How networks are scored on it. */
    Task task();

    /** Shuffled, augmented batches of the training examples. */
    Loader training(ModelConfig.Input input, int batchSize, long seed);

    /** Every example of a split once; "validation" is the test split where nothing is held out. */
    Loader evaluation(Split split, ModelConfig.Input input, int batchSize);

    /** Whether the labels are values to be predicted as such. */
    default boolean hasScores() {
        return false;
    }

    /** The objective that the labels alone make. */
    default List<TermSpec> labelTerms() {
        return List.of(TermSpec.of(hasScores() ? new LabelLoss.SquaredError() : new LabelLoss.CrossEntropy(0)));
    }

    /** The objective of a teacher that is trained first. */
    default List<TermSpec> teacherTerms() {
        return labelTerms();
    }

    /** The class of each training example. */
    long[] labels();

    /** How many examples were skipped because they cannot be read, in words; empty if none. */
    Optional<String> skipped();

    /** Where it lies, unless it is generated. */
    Optional<Path> path();

    /** Folders of models that the examples are made with. */
    default List<Path> models() {
        return List.of();
    }
}
