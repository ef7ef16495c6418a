package dev.decant.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.DataException;
import dev.decant.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a tokenizer.json says about its tokens.
 *
 * @param root the file, without the truncation and padding it may ask for
 * @param ids of all tokens, those added after training included
 * @param specials ids of the special tokens
 */
record TokenizerFile(ObjectNode root, Map<String, Integer> ids, Set<Integer> specials) {

    /** tokenizer.json or vocab.txt at a path that is one of them or a folder with one. */
    static Path locate(Path path) {
        Path file = path;
        if (Files.isDirectory(path)) {
            Path json = path.resolve("tokenizer.json");
            file = Files.isRegularFile(json) ? json : path.resolve("vocab.txt");
        }
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    path + ": no tokenizer here; expected tokenizer.json, vocab.txt, or a folder with one");
        }
        return file;
    }

    static ObjectNode read(Path file) {
        if (!file.toString().endsWith(".json")) {
            return WordPieceFile.read(file);
        }
        if (parse(file) instanceof ObjectNode root && root.path("model").isObject()) {
            return root;
        }
        throw new DataException(file + ": not a tokenizer.json; expected an object with the key 'model'");
    }

    static JsonNode parse(Path file) {
        try {
            return Json.MAPPER.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new DataException(file + ": not JSON (" + e.getOriginalMessage() + ")", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e + ")", e);
        }
    }

    static TokenizerFile of(ObjectNode root, String where) {
        root.putNull("truncation").putNull("padding");
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isObject()) {
            vocabulary
                    .properties()
                    .forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
        } else {
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.path(id).path(0).asText(), id);
            }
        }
        Set<Integer> specials = new HashSet<>();
        for (JsonNode token : root.path("added_tokens")) {
            ids.put(token.path("content").asText(), token.path("id").asInt());
            if (token.path("special").asBoolean()) {
                specials.add(token.path("id").asInt());
            }
        }
        if (ids.isEmpty()) {
            throw new DataException(where + ": has no vocabulary");
        }
        return new TokenizerFile(root, Map.copyOf(ids), Set.copyOf(specials));
    }

    /** What a token that goes on with a word begins with; empty where a word's beginning is marked instead. */
    String continuation() {
        return root.path("model").path("type").asText().equals("WordPiece")
                ? root.path("model").path("continuing_subword_prefix").asText("##")
                : "";
    }
}
