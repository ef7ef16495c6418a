package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.tensor.DType;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong with texts, tokenizers and packed models: one line that says so, and exit code 2. */
class BadTextTest {

    private static final String QUERY = "bert.encoder.layer.0.attention.self.query.weight";
    private static final List<String> WORDS =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", ".", "a");

    /** A network that was made once, and is copied before it is harmed. */
    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private Path model = Path.of("");
    private Path data = Path.of("");

    @BeforeAll
    static void makesAPackedModel() throws IOException {
        Files.write(made.resolve("vocab.txt"), WORDS);
        rows(made, "good film\t1\n", "bad film\t0\n");
        Path recipe = Files.writeString(
                made.resolve("recipe.yaml"),
                """
                data: {type: glue, task: sst-2, path: '%s', tokenizer: '%s/vocab.txt', max-length: 8}
                student: {model: bert-base, config: {hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2,
                  intermediate_size: 8, max_position_embeddings: 8}}
                stages:
                  - quantize: {}
                precision: fp32
                """
                        .formatted(made, made));
        CommandLineRun run = CommandLineRun.of("run", recipe.toString(), "--out", made + "/run", "--json");
        assertThat(run.code()).as(run.err()).isZero();
    }

    private static void rows(Path folder, String... rows) throws IOException {
        for (String split : List.of("train", "dev")) {
            Files.writeString(folder.resolve(split + ".tsv"), "sentence\tlabel\n" + String.join("", rows));
        }
    }

    @BeforeEach
    void copiesTheModel() throws IOException {
        model = Files.createDirectory(folder.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(made.resolve("run/model").resolve(file), model.resolve(file));
        }
        data = Files.createDirectory(folder.resolve("data"));
        rows(data, "good film\t1\n", "bad film\t0\n");
    }

    private CommandLineRun eval(String more) {
        return CommandLineRun.of(
                "eval",
                model.toString(),
                "--data",
                "{type: glue, task: sst-2, path: '" + data + "', max-length: 8" + more + "}");
    }

    @Test
    void aPackedModelThatIsWholeIsScored() {
        CommandLineRun run = eval("");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("2 examples", "accuracy");
    }

    // ---- tokenizers and lengths

    @Test
    void aTokenizerOfAnotherModel() throws IOException {
        Path more = folder.resolve("more.txt");
        Files.writeString(more, String.join("\n", WORDS) + "\nfilms\nfilmed\n");
        eval(", tokenizer: '" + more + "'")
                .isRefused(2, "more.txt: has 12 tokens, the vocabulary of the model only 10");
        Path other = folder.resolve("other.txt");
        Files.writeString(other, String.join("\n", WORDS).replace("film", "play"));
        eval(", tokenizer: '" + other + "'").isRefused(2, "other.txt", "token 7 is 'play', there 'film'");
        eval(", tokenizer: '" + folder + "/none.txt'").isRefused(2, "none.txt");
        Path broken = Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": 1}");
        eval(", tokenizer: '" + broken + "'").isRefused(2, "tokenizer.json");
        Path special = Files.writeString(folder.resolve("special.txt"), "good\nbad\n");
        eval(", tokenizer: '" + special + "'").isRefused(2, "special.txt");
    }

    @Test
    void textsThatAreLongerThanTheModel() throws IOException {
        eval(", max-length: 9").isRefused(2, "max-length"); // twice the same key
        CommandLineRun.of("eval", model.toString(), "--data", "{type: glue, task: sst-2, path: '" + data + "'}")
                .isRefused(2, "data.max-length 128 is more than the 8 positions of the model");
        rows(data, "good film\t1\n", "a good film . a bad film .\t0\n");
        assertThat(eval("").code()).isZero();
        eval(", long-text: error").isRefused(2, "dev.tsv:3: 10 tokens, more than the 8 of max-length");
    }

    // ---- tables of texts

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "' \t1\n'                   | dev.tsv:3: the text is empty",
                "'bad film\n'               | dev.tsv:3: 1 columns, expected 2",
                "'bad film\t0\tno\n'        | dev.tsv:3: 3 columns, expected 2",
                "'bad film\t2\n'            | dev.tsv:3: label '2' is none of 0, 1",
                "'bad film\t\n'             | dev.tsv:3: label '' is none of 0, 1",
            })
    void linesThatAreNotAsTheyShouldBe(String row, String message) throws IOException {
        rows(data, "good film\t1\n", row);
        eval("").isRefused(2, message);
    }

    @Test
    void tablesThatAreNotAsTheyShouldBe() throws IOException {
        Files.writeString(data.resolve("dev.tsv"), "text\tlabel\ngood\t1\n");
        eval("").isRefused(2, "dev.tsv:1: has no column 'sentence'; found text, label");
        Files.writeString(data.resolve("dev.tsv"), "\n\n\n");
        eval("").isRefused(2, "dev.tsv:1: empty; expected the names of the columns");
        Files.writeString(data.resolve("dev.tsv"), "");
        eval("").isRefused(2, "dev.tsv: empty");
        Files.writeString(data.resolve("dev.tsv"), "sentence\tlabel\n\n\n");
        eval("").isRefused(2, "dev.tsv: has no examples");
        Files.write(data.resolve("dev.tsv"), new byte[] {(byte) 0xff, (byte) 0xfe, 1, 2});
        eval("").isRefused(2, "dev.tsv: not UTF-8 text");
        Files.delete(data.resolve("dev.tsv"));
        eval("").isRefused(2, "has neither SST-2/dev.tsv nor dev.tsv");
    }

    @Test
    void scoresThatAreNoNumbers() throws IOException {
        Files.writeString(data.resolve("test.csv"), "text,score\ngood film,NaN\n");
        Files.copy(data.resolve("test.csv"), data.resolve("train.csv"));
        String text = "{type: text, path: '" + data + "', max-length: 8, labels: score, label: score}";
        CommandLineRun.of("eval", model.toString(), "--data", text)
                .isRefused(2, "test.csv:2: label NaN is not a finite number");
        Files.writeString(data.resolve("test.csv"), "text,score\ngood film,fine\n");
        CommandLineRun.of("eval", model.toString(), "--data", text)
                .isRefused(2, "test.csv:2: label 'fine' is not a number");
        Files.writeString(data.resolve("test.csv"), "text,score\n\"good film,1\n");
        CommandLineRun.of("eval", model.toString(), "--data", text).isRefused(2, "test.csv");
    }

    @Test
    void aLanguageModelNeedsText() throws IOException {
        Path file = Files.writeString(data.resolve("all.txt"), "\n \n\n");
        CommandLineRun.of("eval", model.toString(), "--data", "{type: masked-text, path: '" + file + "'}")
                .isRefused(2, "all.txt: has no examples");
    }

    // ---- packed models

    @Test
    void scalesThatAreNoNumbers() {
        harm(t -> t.put(QUERY + ".scales", Tensor.of(new float[] {Float.NaN}, 1)));
        eval("").isRefused(2, "'" + QUERY + ".scales' is not a number at 0");
    }

    @Test
    void codesOutOfRange() {
        byte[] codes = new byte[16];
        codes[5] = (byte) 0b11_00_00_00;
        harm(t -> t.put(QUERY + ".codes", Tensor.fromBuffer(ByteBuffer.wrap(codes), DType.U8, 16)));
        eval("").isRefused(2, "holds the code 3 at 23, there are 3 levels");
    }

    @Test
    void sizesThatDisagreeWithTheConfig() throws IOException {
        harm(t -> t.put(QUERY + ".codes", Tensor.fromBuffer(ByteBuffer.wrap(new byte[12]), DType.U8, 12)));
        eval("").isRefused(2, "'" + QUERY + ".codes': expected 16 of U8, found");
        copyAgain();
        harm(t -> t.remove(QUERY + ".codes"));
        eval("").isRefused(2, "no '" + QUERY + ".codes'");
        copyAgain();
        config(c -> c.put("hidden_size", 16));
        eval("").isRefused(2, "weights of another model", "expected", "found");
        copyAgain();
        config(c -> ((ObjectNode) c.at("/quantization/weights/" + QUERY)).put("bits", 3));
        eval("").isRefused(2, "do not fit together");
        copyAgain();
        config(c -> ((ObjectNode) c.at("/quantization/weights/" + QUERY)).put("lowest", "low"));
        eval("").isRefused(2, QUERY + ".lowest: expected a whole number");
        copyAgain();
        config(c -> ((ObjectNode) c.at("/quantization/activations"))
                .putObject("nowhere")
                .put("type", "symmetric"));
        eval("").isRefused(2, "the network has no slot 'nowhere'");
        copyAgain();
        config(c -> c.put("quantization", 7));
        eval("").isRefused(2, "config.json", "quantization: expected a map, found 7");
    }

    @Test
    void aPackedModelIsNotTrainedFurther() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("recipe.yaml"),
                "data: {type: glue, task: sst-2, path: '" + data + "', max-length: 8}\nstudent: {model: '" + model
                        + "'}\nstages:\n  - finetune: {epochs: 1, batch-size: 2}\n");
        CommandLineRun.of("run", recipe.toString(), "--out", folder + "/out").isRefused(2, "is packed", "start from");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private void copyAgain() throws IOException {
        Files.delete(model.resolve("config.json"));
        Files.delete(model.resolve("model.safetensors"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(made.resolve("run/model").resolve(file), model.resolve(file));
        }
    }

    private void harm(Consumer<Map<String, Tensor>> change) {
        Path file = model.resolve("model.safetensors");
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            Safetensors.read(file).tensors().forEach((k, t) -> tensors.put(k, t.toTensor()));
            change.accept(tensors);
            Safetensors.writeTensors(file, tensors, Map.of());
        }
    }

    private void config(Consumer<ObjectNode> change) throws IOException {
        Path file = model.resolve("config.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode config = (ObjectNode) json.readTree(file.toFile());
        change.accept(config);
        Files.writeString(file, json.writeValueAsString(config));
    }
}
