package dev.decant.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.decant.InputException;
import dev.decant.data.text.TextAugment;
import dev.decant.data.text.TextRow;
import dev.decant.data.text.TextTable;
import dev.decant.file.AtomicFile;
import dev.decant.file.Hashes;
import dev.decant.file.Json;
import dev.decant.modelio.ModelFolder;
import dev.decant.recipe.TextAugmentSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Joins a recipe's {@code augment} of texts to the variants it describes, which are kept in a file if it says so: the first
 * line tells what they were made from, each other one is a row as a JSON array.
 */
final class AugmentedTexts {

    private AugmentedTexts() {}

    static TextTable of(TextTable table, TextAugmentSpec spec) {
        if (spec.keep().isEmpty()) {
            return made(table, spec);
        }
        Path file = Path.of(spec.keep().get());
        String origin = origin(table, spec);
        if (Files.exists(file)) {
            return table.withRows(read(file, origin));
        }
        TextTable more = made(table, spec);
        write(file, origin, more.rows());
        return more;
    }

    private static TextTable made(TextTable table, TextAugmentSpec spec) {
        TextAugment.Candidates words = new MlmAugmenter(Path.of(spec.model()), spec.candidates());
        return new TextAugment(words, spec.tries(), spec.probability(), spec.seed()).apply(table);
    }

    /** A hash of the texts, the model and the choices. */
    private static String origin(TextTable table, TextAugmentSpec spec) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String weights =
                    Hashes.sha256(ModelFolder.read(Path.of(spec.model())).weights());
            String choices = String.join(
                    " ",
                    weights,
                    Integer.toString(spec.tries()),
                    Double.toString(spec.probability()),
                    Integer.toString(spec.candidates()),
                    Long.toString(spec.seed()));
            digest.update(choices.getBytes(StandardCharsets.UTF_8));
            for (TextRow row : table.rows()) {
                digest.update(row(row).toString().getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static ArrayNode row(TextRow row) {
        return Json.MAPPER
                .createArrayNode()
                .add(row.first())
                .add(row.second())
                .add(row.label())
                .add(row.where());
    }

    private static void write(Path file, String origin, List<TextRow> rows) {
        StringBuilder text =
                new StringBuilder(Json.MAPPER.createArrayNode().add(origin).toString());
        rows.forEach(r -> text.append('\n').append(row(r)));
        AtomicFile.write(file.toAbsolutePath(), text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<TextRow> read(Path file, String origin) {
        List<TextRow> rows = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty()
                    || !Json.MAPPER.readTree(lines.get(0)).path(0).asText().equals(origin)) {
                throw new InputException("data.augment.keep '" + file
                        + "' holds variants of other texts, or of other choices; delete it or name another file");
            }
            for (String line : lines.subList(1, lines.size())) {
                JsonNode row = Json.MAPPER.readTree(line);
                rows.add(new TextRow(
                        row.path(0).asText(),
                        row.path(1).asText(),
                        row.path(2).asDouble(),
                        row.path(3).asText()));
            }
            return rows;
        } catch (JsonProcessingException e) {
            throw new InputException("data.augment.keep '" + file + "' is damaged; delete it");
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
