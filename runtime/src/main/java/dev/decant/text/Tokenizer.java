package dev.decant.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Turns text into token ids and back, with the same tokenizers library that transformers uses, so ids are the same. Reads
 * {@code tokenizer.json}, or a BERT {@code vocab.txt}. Safe for use by several threads; never looks beyond this machine.
 */
public final class Tokenizer implements AutoCloseable {

    /** Rows that a model's table of words may have beyond the tokens: tables are rounded up for speed. */
    private static final int SPARE_ROWS = 1024;

    private static final int CHUNK = 1000;

    static {
        // Else the library reports its use, and fetches other natives where it finds CUDA.
        System.setProperty("ai.djl.offline", "true");
    }

    private final String name;
    private final TokenizerFile file;
    private final TokenTemplate template;
    private final String[] tokens;
    private final HuggingFaceTokenizer engine;

    private Tokenizer(String name, ObjectNode root) {
        this.name = name;
        this.file = TokenizerFile.of(root, name);
        this.template = TokenTemplate.of(root.path("post_processor"), name);
        int highest =
                file.ids().values().stream().mapToInt(Integer::intValue).max().orElse(0);
        this.tokens = new String[highest + 1];
        Arrays.fill(tokens, "");
        file.ids().forEach((token, id) -> tokens[id] = token);
        this.engine = engine(name, root.toString());
    }

    private static HuggingFaceTokenizer engine(String name, String json) {
        Map<String, String> options = Map.of("truncation", "do_not_truncate", "padding", "do_not_pad");
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), options);
        } catch (IOException | RuntimeException e) {
            throw new DataException(name + ": not a tokenizer that can be used (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Reads a tokenizer.json, a BERT vocab.txt, or the one that lies in a folder.
     *
     * @throws DataException when there is none, or it cannot be read
     */
    public static Tokenizer open(Path path) {
        Path file = TokenizerFile.locate(path);
        return new Tokenizer(file.toString(), TokenizerFile.read(file));
    }

    /** BERT's tokenizer over a list of WordPieces, which holds the five special tokens; a token's id is its place. */
    public static Tokenizer ofWords(List<String> words, boolean lowerCase) {
        return new Tokenizer("vocabulary", WordPieceFile.build(words, lowerCase, "vocabulary"));
    }

    /** The text of a tokenizer.json that opens as this tokenizer, here and in transformers. */
    public String json() {
        return file.root().toString();
    }

    /** How many rows a model's table of words needs: one more than the highest id. */
    public int vocabularySize() {
        return tokens.length;
    }

    /** The token of an id; empty for an id that none has. */
    public String token(int id) {
        return tokens[id];
    }

    public OptionalInt id(String token) {
        Integer id = file.ids().get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The id that fills rows up: of {@code [PAD]} or {@code <pad>}, 0 without either. */
    public int pad() {
        return either("[PAD]", "<pad>").orElse(0);
    }

    /**
     * The id that stands for a hidden token: of {@code [MASK]} or {@code <mask>}.
     *
     * @throws DataException when there is neither
     */
    public int mask() {
        return either("[MASK]", "<mask>")
                .orElseThrow(() -> new DataException(
                        name + ": has no token [MASK] or <mask>, which masked language modeling needs"));
    }

    private OptionalInt either(String first, String second) {
        OptionalInt id = id(first);
        return id.isPresent() ? id : id(second);
    }

    public boolean isSpecial(int id) {
        return file.specials().contains(id);
    }

    /** Whether a token begins a word: WordPieces that go on with one begin with ##, others mark the space before a word. */
    public boolean startsWord(int id) {
        String continuation = file.continuation();
        return continuation.isEmpty()
                ? tokens[id].startsWith("\u0120") || tokens[id].startsWith("\u2581")
                : !tokens[id].startsWith(continuation);
    }

    /** Token ids of a text, without special tokens, however long. */
    public int[] ids(String text) {
        return ids(engine.encode(clean(text), false, false));
    }

    /** As {@link #ids(String)} for many texts at once, on all processors. */
    public List<int[]> ids(List<String> texts) {
        List<int[]> ids = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += CHUNK) {
            List<String> chunk = texts.subList(from, Math.min(texts.size(), from + CHUNK)).stream()
                    .map(Tokenizer::clean)
                    .toList();
            for (Encoding encoding : engine.batchEncode(chunk, false, false)) {
                ids.add(ids(encoding));
            }
        }
        return ids;
    }

    private static int[] ids(Encoding encoding) {
        return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    /** Half of a surrogate pair is no character, and would cost the library the rest of the text. */
    private static String clean(String text) {
        if (text.codePoints().noneMatch(Tokenizer::isHalf)) {
            return text;
        }
        int[] points = text.codePoints().map(c -> isHalf(c) ? 0xfffd : c).toArray();
        return new String(points, 0, points.length);
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** One text with special tokens, cut at its end to at most the given length. */
    public Tokens encode(String text, int longest) {
        return join(ids(text), longest);
    }

    /**
     * A pair with special tokens. While it is too long, the longer text loses a token at its end, the second if both are
     * equally long.
     */
    public Tokens encode(String first, String second, int longest) {
        return join(ids(first), ids(second), longest);
    }

    /** As {@link #encode(String, int)}, from token ids. */
    public Tokens join(int[] first, int longest) {
        return template.join(first, requireRoom(longest, false));
    }

    public Tokens join(int[] first, int[] second, int longest) {
        return template.join(first, second, requireRoom(longest, true));
    }

    private int requireRoom(int longest, boolean isPair) {
        int least = specials(isPair) + (isPair ? 2 : 1);
        if (longest < least) {
            throw new DataException("max-length " + longest + " leaves no room for text; " + name + " needs at least "
                    + least + (isPair ? " for a pair" : ""));
        }
        return longest;
    }

    /** How many special tokens are added to a text or to a pair. */
    public int specials(boolean isPair) {
        return template.specials(isPair);
    }

    /** The text of ids as far as it can be known, without special tokens. */
    public String decode(int[] ids) {
        return engine.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /**
     * Checks that this tokenizer is one for a model.
     *
     * @param rows of the model's table of words
     * @param model what the user calls it
     * @throws DataException when an id has no row, or so many rows have no token that it is another model's tokenizer
     */
    public void requireFits(int rows, String model) {
        if (vocabularySize() > rows) {
            throw new DataException(name + ": has " + vocabularySize() + " tokens, the vocabulary of " + model
                    + " only " + rows + "; this is not its tokenizer");
        }
        if (rows - vocabularySize() > SPARE_ROWS) {
            throw new DataException(name + ": has " + vocabularySize() + " tokens, the vocabulary of " + model + " has "
                    + rows + "; this is not its tokenizer");
        }
    }

    @Override
    public void close() {
        engine.close();
    }

    /** Where it was read from. */
    @Override
    public String toString() {
        return name;
    }
}
