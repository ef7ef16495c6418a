package dev.decant.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.DataException;
import dev.decant.file.Json;
import dev.decant.file.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The entries of a JSON list, or of a file with one JSON object a line, with the line that each begins in. */
public final class JsonEntries {

    private JsonEntries() {}

    /** What is done with one entry. */
    public interface Taker {
        void take(JsonNode entry, String where);
    }

    public static void each(Path file, Taker taker) {
        try (JsonParser parser = Json.MAPPER.createParser(file.toFile())) {
            JsonToken token = parser.nextToken();
            boolean isList = token == JsonToken.START_ARRAY;
            if (token == null) {
                throw new DataException(file + ": empty");
            }
            if (isList) {
                token = parser.nextToken();
            }
            for (int i = 1; token != null && token != JsonToken.END_ARRAY; i++) {
                int line = parser.currentTokenLocation().getLineNr();
                JsonNode entry = Json.MAPPER.readTree(parser);
                taker.take(entry, file + ":" + line + (isList ? " (entry " + i + ")" : ""));
                token = parser.nextToken();
            }
        } catch (JsonProcessingException e) {
            throw new DataException(
                    file + ":" + (e.getLocation() == null ? 0 : e.getLocation().getLineNr()) + ": not JSON ("
                            + e.getOriginalMessage() + ")",
                    e);
        } catch (IOException e) {
            throw TextLines.problem(file, e);
        }
    }

    /** A text, or a list of texts; blank ones are left out. */
    public static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        for (JsonNode one : node.isArray() ? node : List.of(node)) {
            if ((one.isTextual() || one.isNumber()) && !one.asText().isBlank()) {
                texts.add(one.asText().strip());
            }
        }
        return texts;
    }
}
