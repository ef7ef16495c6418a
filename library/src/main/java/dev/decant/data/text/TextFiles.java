package dev.decant.data.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.decant.DataException;
import dev.decant.data.Split;
import dev.decant.file.Json;
import dev.decant.file.TextLines;
import dev.decant.spec.MalformedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Labelled texts in a folder: {@code <split>.jsonl}, {@code <split>.csv} (RFC 4180, with a header) or {@code <split>.tsv}
 * (with a header, never quoted).
 */
public final class TextFiles {

    private static final List<String> EXTENSIONS = List.of("jsonl", "csv", "tsv");
    private final Path folder;
    private final TextColumns columns;
    private final MalformedData policy;

    public TextFiles(Path folder, TextColumns columns, MalformedData policy) {
        this.folder = folder;
        this.columns = columns;
        this.policy = policy;
    }

    /**
     * The classes that the training file uses, in numerical order if all are whole numbers, else by their characters. Other
     * splits are read with these, so that a class the training has not seen is an error.
     */
    public TextLabels.Classes classes() {
        Set<String> found = new TreeSet<>();
        each(
                file("train"),
                new TextRows(folder, new TextLabels.None(), MalformedData.SKIP),
                (line, first, second, label) -> {
                    if (!label.isBlank()) {
                        found.add(label.strip());
                    }
                });
        if (found.size() < 2) {
            throw new DataException(file("train") + ": column '" + columns.label() + "' has " + found.size()
                    + " different labels, at least 2 are needed");
        }
        return TextLabels.Classes.found(found);
    }

    /**
     * Reads a split; {@code test} also answers to {@code dev} and {@code val}, and the other way round.
     *
     * @throws DataException when the file is missing, lacks a column, is empty, or has a line that cannot be used
     */
    public TextTable read(String split, TextLabels labels) {
        Path file = file(split);
        TextRows rows = new TextRows(file, labels, policy);
        each(file, rows, (line, first, second, label) -> {
            if (columns.isPairs()) {
                rows.addPair(line, first, second, label);
            } else {
                rows.add(line, first, "", label);
            }
        });
        return rows.table(columns.isPairs());
    }

    private Path file(String split) {
        return Split.find(split, folder.toString(), name -> existing(name).isPresent())
                .flatMap(this::existing)
                .orElseThrow(() -> new DataException(
                        folder + ": has no file " + split + ".jsonl, " + split + ".csv or " + split + ".tsv"));
    }

    private Optional<Path> existing(String split) {
        return EXTENSIONS.stream()
                .map(e -> folder.resolve(split + "." + e))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** What is done with one line. */
    private interface Taker {
        void take(long line, String first, String second, String label);
    }

    private void each(Path file, TextRows rows, Taker taker) {
        if (file.toString().endsWith(".jsonl")) {
            eachObject(file, rows, taker);
        } else if (file.toString().endsWith(".csv")) {
            eachRecord(file, rows, taker);
        } else {
            List<String> header = TsvFile.header(file);
            int[] places = places(file, header);
            TsvFile.read(file, header.size(), 2, rows, (line, fields) -> take(line, List.of(fields), places, taker));
        }
    }

    private int[] places(Path file, List<String> header) {
        return new int[] {
            TsvFile.column(file, header, columns.first()),
            columns.isPairs() ? TsvFile.column(file, header, columns.second()) : -1,
            columns.label().isEmpty() ? -1 : TsvFile.column(file, header, columns.label())
        };
    }

    private static void take(long line, List<String> fields, int[] places, Taker taker) {
        taker.take(line, field(fields, places[0]), field(fields, places[1]), field(fields, places[2]));
    }

    private static String field(List<String> fields, int place) {
        return place < 0 ? "" : fields.get(place);
    }

    private void eachRecord(Path file, TextRows rows, Taker taker) {
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .detectBomHeader(true)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .ofCsvRecord(file)) {
            List<String> header = new ArrayList<>();
            int[] places = {};
            for (CsvRecord row : reader) {
                if (header.isEmpty()) {
                    header.addAll(row.getFields());
                    places = places(file, header);
                } else if (row.getFieldCount() != header.size()) {
                    rows.reject(
                            row.getStartingLineNumber(), row.getFieldCount() + " columns, expected " + header.size());
                } else {
                    take(row.getStartingLineNumber(), row.getFields(), places, taker);
                }
            }
        } catch (CsvParseException e) {
            throw new DataException(file + ": not CSV (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw TextLines.problem(file, e);
        }
    }

    private void eachObject(Path file, TextRows rows, Taker taker) {
        TextLines.each(file, (number, line) -> {
            if (line.isBlank()) {
                return;
            }
            JsonNode object = object(file, number, line);
            for (String key : List.of(columns.first(), columns.second(), columns.label())) {
                JsonNode value = object.path(key);
                if (!key.isEmpty() && (!value.isValueNode() || value.isNull())) {
                    rows.reject(number, "has no text, number or truth value '" + key + "'");
                    return;
                }
            }
            taker.take(
                    number,
                    object.path(columns.first()).asText(),
                    object.path(columns.second()).asText(),
                    object.path(columns.label()).asText());
        });
    }

    private static JsonNode object(Path file, int number, String line) {
        try {
            JsonNode node = Json.MAPPER.readTree(line);
            if (node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw new DataException(file + ":" + number + ": not JSON (" + e.getOriginalMessage() + ")", e);
        }
        throw new DataException(file + ":" + number + ": expected a JSON object");
    }
}
