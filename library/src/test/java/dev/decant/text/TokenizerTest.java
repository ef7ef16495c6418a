package dev.decant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.DataException;
import dev.decant.data.text.Glue;
import dev.decant.data.text.TextRow;
import dev.decant.spec.GlueTask;
import dev.decant.spec.MalformedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {

    private static final Path STORED = Path.of("src/test/resources/tokenizer");
    private static final List<String> WORDS =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d", "e", "##s", ".");

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    @Test
    void givesTheIdsOfTransformers() throws IOException {
        JsonNode samples =
                new ObjectMapper().readTree(STORED.resolve("ids.json").toFile());
        assertThat(samples).hasSizeGreaterThan(15);
        List<String> words = Files.readAllLines(STORED.resolve("vocab.txt"));
        try (Tokenizer tokenizer = Tokenizer.open(STORED);
                Tokenizer cased = Tokenizer.ofWords(words, false)) {
            for (JsonNode sample : samples) {
                String text = sample.path("text").asText();
                Tokens pair = tokenizer.encode(text, sample.path("second").asText(), 512);
                assertThat(tokenizer.encode(text, 512).ids()).as(text).isEqualTo(ints(sample.path("ids")));
                assertThat(cased.encode(text, 512).ids()).as(text).isEqualTo(ints(sample.path("cased")));
                assertThat(pair.ids()).as(text).isEqualTo(ints(sample.path("pair")));
                assertThat(pair.types()).as(text).isEqualTo(ints(sample.path("types")));
            }
        }
    }

    /** The digest is that of {@code reference/tokenizer_ids.py}, over the first 2,000 sentences of six tasks. */
    @Test
    @EnabledIfEnvironmentVariable(named = "DECANT_GLUE", matches = ".+")
    @EnabledIfEnvironmentVariable(named = "DECANT_BERT_VOCAB", matches = ".+")
    void givesTheIdsOfTransformersOnGlue() throws Exception {
        StringBuilder lines = new StringBuilder();
        try (Tokenizer tokenizer = Tokenizer.open(Path.of(System.getenv("DECANT_BERT_VOCAB")))) {
            for (Glue task : Stream.of(
                            GlueTask.COLA, GlueTask.SST_2, GlueTask.MRPC, GlueTask.STS_B, GlueTask.RTE, GlueTask.WNLI)
                    .map(Glue::of)
                    .toList()) {
                List<String> texts = new ArrayList<>();
                for (TextRow row : task.read(Path.of(System.getenv("DECANT_GLUE")), "train", MalformedData.ERROR)
                        .rows()) {
                    texts.add(row.first());
                    if (task.isPairs()) {
                        texts.add(row.second());
                    }
                }
                for (int[] ids : tokenizer.ids(texts.subList(0, Math.min(2000, texts.size())))) {
                    lines.append("101 ");
                    for (int id : ids) {
                        lines.append(id).append(' ');
                    }
                    lines.append("102\n");
                }
            }
        }
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(lines.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(lines.chars().filter(c -> c == '\n')).hasSize(11_270);
        assertThat(HexFormat.of().formatHex(digest))
                .isEqualTo("dd66459b72940d2d5a5b1dc85ee4d07e863e103b43bbc74e8525c096fc77c7ed");
    }

    @Test
    void theLongerTextOfAPairIsCutFirstAndTheSecondOfEqualOnes() {
        try (Tokenizer tokenizer = Tokenizer.ofWords(WORDS, true)) {
            assertThat(tokenizer.encode("a b c", 4).ids()).containsExactly(2, 5, 6, 3);
            // room for 3: (4, 2) -> (3, 2) -> (2, 2) -> (2, 1)
            assertThat(tokenizer.encode("a b c d", "d e", 6).ids()).containsExactly(2, 5, 6, 3, 8, 3);
            assertThat(tokenizer.encode("a b c d", "d e", 7).ids()).containsExactly(2, 5, 6, 3, 8, 9, 3);
            assertThat(tokenizer.encode("a b c d", "d e", 7).types()).containsExactly(0, 0, 0, 0, 1, 1, 1);
            assertThat(tokenizer.encode("a", "d e a b", 7).ids()).containsExactly(2, 5, 3, 8, 9, 5, 3);
            assertThatThrownBy(() -> tokenizer.encode("a", "b", 4))
                    .isInstanceOf(DataException.class)
                    .hasMessage("max-length 4 leaves no room for text; vocabulary needs at least 5 for a pair");
        }
    }

    @Test
    void knowsItsTokens(@TempDir Path folder) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.ofWords(WORDS, true)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(12);
            assertThat(tokenizer.pad()).isZero();
            assertThat(tokenizer.mask()).isEqualTo(4);
            assertThat(tokenizer.id("##s")).hasValue(10);
            assertThat(tokenizer.id("z")).isEmpty();
            assertThat(tokenizer.token(9)).isEqualTo("e");
            assertThat(tokenizer.isSpecial(1)).isTrue();
            assertThat(tokenizer.isSpecial(5)).isFalse();
            assertThat(tokenizer.startsWord(10)).isFalse();
            assertThat(tokenizer.startsWord(5)).isTrue();
            assertThat(tokenizer.decode(new int[] {2, 5, 10, 6, 3})).isEqualTo("as b");

            Files.writeString(folder.resolve("tokenizer.json"), tokenizer.json());
        }
        try (Tokenizer again = Tokenizer.open(folder)) {
            assertThat(again.encode("As b.", 9).ids()).containsExactly(2, 5, 10, 6, 11, 3);
        }
    }

    /** The post-processor of RoBERTa: two separators between the texts, all of one type. */
    @Test
    void robertaAndPlainPostProcessorsAreRead(@TempDir Path folder) throws IOException {
        String json;
        try (Tokenizer tokenizer = Tokenizer.ofWords(WORDS, true)) {
            json = tokenizer.json();
        }
        Path file = folder.resolve("tokenizer.json");
        String roberta = "{\"type\":\"RobertaProcessing\",\"sep\":[\"[SEP]\",3],\"cls\":[\"[CLS]\",2],"
                + "\"trim_offsets\":true,\"add_prefix_space\":false}";
        Files.writeString(
                file,
                json.replaceAll("\"post_processor\":.*,\"decoder\"", "\"post_processor\":" + roberta + ",\"decoder\""));
        try (Tokenizer tokenizer = Tokenizer.open(file)) {
            assertThat(tokenizer.encode("a", "b", 9).ids()).containsExactly(2, 5, 3, 3, 6, 3);
            assertThat(tokenizer.encode("a", "b", 9).types()).containsOnly(0);
        }
        Files.writeString(
                file, json.replaceAll("\"post_processor\":.*,\"decoder\"", "\"post_processor\":null,\"decoder\""));
        try (Tokenizer tokenizer = Tokenizer.open(file)) {
            assertThat(tokenizer.encode("a b", 9).ids()).containsExactly(5, 6);
        }
    }

    @Test
    void halfACharacterCostsNoOtherText() {
        try (Tokenizer tokenizer = Tokenizer.ofWords(WORDS, true)) {
            assertThat(tokenizer.ids("a \ud83d\ude00 b \ud83d c")).containsExactly(5, 1, 6, 7);
        }
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused() {
        try (Tokenizer tokenizer = Tokenizer.ofWords(WORDS, true)) {
            tokenizer.requireFits(12, "bert");
            tokenizer.requireFits(128, "bert");
            assertThatThrownBy(() -> tokenizer.requireFits(11, "student"))
                    .isInstanceOf(DataException.class)
                    .hasMessage(
                            "vocabulary: has 12 tokens, the vocabulary of student only 11; this is not its tokenizer");
            assertThatThrownBy(() -> tokenizer.requireFits(30_522, "student"))
                    .hasMessageContaining("has 30522; this is not its tokenizer");
        }
    }

    @Test
    void whatIsNoTokenizerIsNamed(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> Tokenizer.open(folder))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": no tokenizer here; expected tokenizer.json, vocab.txt, or a folder with one");
        Path words = Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\na\na\n");
        assertThatThrownBy(() -> Tokenizer.open(folder))
                .hasMessage(words + ":4: token 'a' stands here for the second time");
        Files.writeString(words, "[PAD]\n[UNK]\na\n");
        assertThatThrownBy(() -> Tokenizer.open(folder)).hasMessageContaining("has no token [CLS]");
        Path json = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {}}");
        assertThatThrownBy(() -> Tokenizer.open(folder))
                .hasMessageStartingWith(json + "")
                .hasMessageContaining("vocab");
        Files.writeString(json, "{\"model\": {\"type\": \"Nothing\", \"vocab\": {\"a\": 0}}}");
        assertThatThrownBy(() -> Tokenizer.open(folder)).hasMessageContaining("not a tokenizer that can be used");
        Files.writeString(json, "{");
        assertThatThrownBy(() -> Tokenizer.open(folder)).hasMessageContaining(json + ": not JSON");
    }
}
