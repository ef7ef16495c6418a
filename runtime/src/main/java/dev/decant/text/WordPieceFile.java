package dev.decant.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.DataException;
import dev.decant.file.Json;
import dev.decant.file.TextLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes a BERT vocabulary (one WordPiece a line) as the tokenizer.json that transformers makes of it. */
public final class WordPieceFile {

    public static final List<String> SPECIALS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private WordPieceFile() {}

    /** Reads vocab.txt, and how to normalize from tokenizer_config.json beside it if there is one. */
    static ObjectNode read(Path file) {
        return build(TextLines.read(file), settings(file.resolveSibling("tokenizer_config.json")), file.toString());
    }

    private static JsonNode settings(Path file) {
        if (!Files.isRegularFile(file)) {
            return Json.MAPPER.createObjectNode();
        }
        return TokenizerFile.parse(file);
    }

    static ObjectNode build(List<String> words, boolean lowerCase, String where) {
        return build(words, Json.MAPPER.createObjectNode().put("do_lower_case", lowerCase), where);
    }

    private static ObjectNode build(List<String> words, JsonNode settings, String where) {
        ObjectNode vocabulary = Json.MAPPER.createObjectNode();
        for (int id = 0; id < words.size(); id++) {
            if (words.get(id).isEmpty() || vocabulary.has(words.get(id))) {
                throw new DataException(where + ":" + (id + 1) + ": "
                        + (words.get(id).isEmpty()
                                ? "empty line; every line is a token"
                                : "token '" + words.get(id) + "' stands here for the second time"));
            }
            vocabulary.put(words.get(id), id);
        }
        for (String special : SPECIALS) {
            if (!vocabulary.has(special)) {
                throw new DataException(
                        where + ": has no token " + special + "; a BERT vocabulary has " + String.join(", ", SPECIALS));
            }
        }
        return tokenizer(vocabulary, settings);
    }

    private static ObjectNode tokenizer(ObjectNode vocabulary, JsonNode settings) {
        ObjectNode root = Json.MAPPER.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        SPECIALS.forEach(s -> added.addObject()
                .put("id", vocabulary.get(s).asInt())
                .put("content", s)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true));
        root.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put(
                        "handle_chinese_chars",
                        settings.path("tokenize_chinese_chars").asBoolean(true))
                .put("lowercase", settings.path("do_lower_case").asBoolean(true))
                .set(
                        "strip_accents",
                        settings.path("strip_accents").isBoolean()
                                ? settings.path("strip_accents")
                                : Json.MAPPER.nullNode());
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        root.set("post_processor", processor(vocabulary));
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        root.putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100)
                .set("vocab", vocabulary);
        return root;
    }

    private static ObjectNode processor(ObjectNode vocabulary) {
        ObjectNode processor = Json.MAPPER.createObjectNode().put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        ArrayNode pair = processor.putArray("pair");
        List.of(single, pair).forEach(template -> {
            piece(template, "SpecialToken", "[CLS]", 0);
            piece(template, "Sequence", "A", 0);
            piece(template, "SpecialToken", "[SEP]", 0);
        });
        piece(pair, "Sequence", "B", 1);
        piece(pair, "SpecialToken", "[SEP]", 1);
        ObjectNode specials = processor.putObject("special_tokens");
        for (String token : List.of("[CLS]", "[SEP]")) {
            ObjectNode special = specials.putObject(token).put("id", token);
            special.putArray("ids").add(vocabulary.get(token).asInt());
            special.putArray("tokens").add(token);
        }
        return processor;
    }

    private static void piece(ArrayNode template, String kind, String id, int type) {
        template.addObject().putObject(kind).put("id", id).put("type_id", type);
    }
}
