package dev.decant.data.text;

import dev.decant.DataException;
import dev.decant.file.TextLines;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads tab-separated text without quoting, line by line. */
final class TsvFile {

    private TsvFile() {}

    /** What is done with the fields of one line. */
    interface Taker {
        void take(int line, String[] fields);
    }

    /**
     * Hands on every line with the right number of fields; rejects others.
     *
     * @param columns how many fields a line has
     * @param firstLine where the data begins: 2 after a header
     */
    static void read(Path file, int columns, int firstLine, TextRows rows, Taker taker) {
        TextLines.each(file, (number, line) -> {
            if (number < firstLine || line.isBlank()) {
                return;
            }
            String[] fields = line.split("\t", -1);
            if (fields.length == columns) {
                taker.take(number, fields);
            } else {
                rows.reject(number, fields.length + " columns, expected " + columns);
            }
        });
    }

    /** The names in the first line. */
    static List<String> header(Path file) {
        String line = TextLines.first(file);
        if (line.isBlank()) {
            throw new DataException(file + ":1: empty; expected the names of the columns");
        }
        return Arrays.asList(line.split("\t", -1));
    }

    /** The place of a column in the header. */
    static int column(Path file, List<String> header, String name) {
        int column = header.indexOf(name);
        if (column < 0) {
            throw new DataException(file + ":1: has no column '" + name + "'; found " + String.join(", ", header));
        }
        return column;
    }
}
