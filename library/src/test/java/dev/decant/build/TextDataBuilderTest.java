package dev.decant.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.InputException;
import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.data.Loader;
import dev.decant.data.text.TextDataset;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.Split;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextDataBuilderTest {

    private static final ModelConfig.Input SMALL = new ModelConfig.TextInput(64, 64, 0);

    @TempDir
    private Path folder;

    private static DataBuilder parts(String yaml) {
        return DataBuilder.of(RecipeReader.readData(yaml));
    }

    @Test
    void generatedPairsComeAsBatches() {
        DataBuilder data = parts("{type: shapes-text, train: 200, test: 50, max-length: 64, validation: 0.25}");
        int words = (int) data.modelArguments().get("vocab_size");
        assertThat(data.modelArguments()).isEqualTo(Map.of("num_classes", 2, "vocab_size", words, "pad_token_id", 0));
        assertThat(data.task().metric()).isEqualTo("accuracy");
        assertThat(data.labels()).hasSize(150).contains(0, 1);
        assertThat(data.path()).isEmpty();
        assertThat(data.evaluation(Split.VALIDATION, SMALL, 32).size()).isEqualTo(50);
        try (Scope scope = Scope.open();
                Epoch epoch = data.training(SMALL, 16, 1).epoch(0, 0)) {
            Batch batch = epoch.next();
            Inputs.Text text = (Inputs.Text) batch.inputs();
            assertThat(text.ids().size(1) % 8).isZero();
            assertThat(text.types().longs()).contains(0, 1);
        }
    }

    @Test
    void aModelMustFit() {
        DataBuilder data = parts("{type: shapes-text, train: 20, test: 20, max-length: 65}");
        assertThatThrownBy(() -> data.training(SMALL, 4, 1))
                .isInstanceOf(InputException.class)
                .hasMessage("data.max-length 65 is more than the 64 positions of the model");
        assertThatThrownBy(() -> data.training(new ModelConfig.TextInput(20, 512, 0), 4, 1))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("this is not its tokenizer");
        ModelConfig.Input images =
                new ModelConfig.ImageInput(32, ModelConfig.ImageInput.HALF, ModelConfig.ImageInput.HALF, "bilinear", 1);
        assertThatThrownBy(() -> data.training(images, 4, 1))
                .hasMessage("the data has text, but the model takes images");
    }

    @Test
    void filesAreReadAsTheRecipeSays() throws IOException {
        Path words = Files.write(
                folder.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad"));
        Files.writeString(folder.resolve("train.csv"), "review,stars\ngood,5\nbad,1\n,3\n");
        Files.writeString(folder.resolve("dev.csv"), "review,stars\ngood,4.5\n");
        String text = "{type: text, path: " + folder + ", tokenizer: " + words
                + ", text: review, label: stars, labels: score, malformed: skip}";
        DataBuilder scores = parts(text);
        assertThat(scores.classes()).isEqualTo(1);
        assertThat(scores.task().metric()).isEqualTo("pearson-and-spearman");
        Loader loader = scores.evaluation(Split.TRAIN, new ModelConfig.TextInput(7, 128, 0), 2);
        try (Scope scope = Scope.open();
                Epoch epoch = loader.epoch(0, 0)) {
            assertThat(epoch.next().labels().floats()).containsExactly(5, 1);
        }
        assertThat(scores.skipped()).contains("1 malformed lines are left out, as the recipe says");

        Files.writeString(folder.resolve("all.txt"), "good bad good\n".repeat(40));
        DataBuilder hidden =
                parts("{type: masked-text, path: " + folder.resolve("all.txt") + ", tokenizer: " + words + "}");
        assertThat(hidden.modelArguments()).containsEntry("head", "mlm");
        try (Scope scope = Scope.open();
                Epoch epoch = hidden.evaluation(Split.TEST, new ModelConfig.TextInput(7, 128, 0), 2)
                        .epoch(0, 0)) {
            assertThat(epoch.next().labels().shape()).containsExactly(2); // one hidden word in each
        }
    }

    @Test
    void aTaskOfGlueHasItsScore() throws IOException {
        Path words = Files.write(
                folder.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad"));
        Files.writeString(folder.resolve("train.tsv"), "s\t1\t\tgood\ns\t0\t*\tbad\n");
        Files.writeString(folder.resolve("dev.tsv"), "s\t1\t\tgood good\n");
        DataBuilder cola = parts("{type: glue, task: cola, path: " + folder + ", tokenizer: " + words + "}");
        assertThat(cola.task().metric()).isEqualTo("matthews");
        assertThat(cola.classes()).isEqualTo(2);
        assertThat(cola.labels()).containsExactly(1, 0);
        assertThat(cola.path()).contains(folder);
        assertThat(cola.skipped()).isEmpty();
    }

    @Test
    void variantsAreMadeByALanguageModel() throws IOException {
        List<String> words =
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "play", "##s", ".", "the");
        Path vocabulary = Files.write(folder.resolve("vocab.txt"), words);
        Path model = folder.resolve("mlm");
        Rng.seed(1);
        Network network = Catalogue.create(
                "bert-base",
                Map.of(
                        "head",
                        "mlm",
                        "vocab_size",
                        words.size(),
                        "hidden_size",
                        8,
                        "num_hidden_layers",
                        1,
                        "num_attention_heads",
                        2,
                        "intermediate_size",
                        8,
                        "max_position_embeddings",
                        8));
        try (Tokenizer tokenizer = Tokenizer.open(vocabulary)) {
            ModelBuilder.write(
                    model, network, Map.of("tokenizer.json", tokenizer.json().getBytes(StandardCharsets.UTF_8)));
        }
        Files.writeString(folder.resolve("train.tsv"), "sentence\tlabel\nThe good film.\t1\nbad plays\t0\n\nbad\t0\n");
        Files.writeString(folder.resolve("dev.tsv"), "sentence\tlabel\ngood\t1\nbad\t0\n");
        String glue =
                "{type: glue, task: sst-2, path: " + folder + ", tokenizer: " + vocabulary + ", train-examples: 2";
        String augment =
                ", augment: {model: " + model + ", tries: 50, candidates: 3, keep: " + folder + "/more.jsonl}}";
        TextDataBuilder data = (TextDataBuilder) parts(glue + augment);

        TextDataset texts = data.split(Split.TRAIN);
        assertThat(texts.size()).isGreaterThan(4);
        assertThat(data.models()).containsExactly(model);
        assertThat(data.split(Split.TEST).size()).isEqualTo(2);
        List<String> read = IntStream.range(0, texts.size())
                .mapToObj(i -> data.tokenizer().decode(texts.tokens(i).ids()))
                .toList();
        assertThat(read).doesNotHaveDuplicates();
        assertThat(read.get(0)).isEqualTo("the good film.");
        assertThat(read).allMatch(t -> t.matches("the \\w+ \\w+\\.|\\w+ plays")); // "plays" is two tokens and stays
        assertThat(read).anyMatch(t -> t.startsWith("the play") || t.startsWith("the bad"));
        assertThat(data.labels()).hasSize(texts.size());

        List<String> kept = Files.readAllLines(folder.resolve("more.jsonl"));
        assertThat(kept).hasSize(1 + texts.size());
        assertThat(((TextDataBuilder) parts(glue + augment)).split(Split.TRAIN).size())
                .isEqualTo(texts.size());
        TextDataBuilder other = (TextDataBuilder) parts(glue + augment.replace("tries: 50", "tries: 5"));
        assertThatThrownBy(() -> other.split(Split.TRAIN)).hasMessageContaining("holds variants of other texts");
        assertThatThrownBy(() -> parts("{type: masked-text, path: x, tokenizer: " + vocabulary + augment))
                .hasMessage("data.augment is for labelled texts, not for masked-text");
    }
}
