package dev.decant.data;

import dev.decant.DataException;
import dev.decant.file.TextLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tab-separated table with a header and no quoting; mistakes are reported with file and line. */
public final class TabTable {

    private final Path file;
    private final List<String> header;
    private final List<String[]> rows;
    private final List<Integer> lines;

    private TabTable(Path file, List<String> header, List<String[]> rows, List<Integer> lines) {
        this.file = file;
        this.header = header;
        this.rows = rows;
        this.lines = lines;
    }

    /** Reads a table; blank lines are skipped, every other line has as many fields as the header. */
    public static TabTable read(Path file) {
        List<String> text = TextLines.read(file);
        if (text.isEmpty()) {
            throw new DataException(file + ": empty; expected a header line");
        }
        List<String> header = List.of(text.get(0).split("\t", -1));
        List<String[]> rows = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        for (int i = 1; i < text.size(); i++) {
            if (text.get(i).isBlank()) {
                continue;
            }
            String[] fields = text.get(i).split("\t", -1);
            if (fields.length != header.size()) {
                throw new DataException(
                        file + ":" + (i + 1) + ": " + fields.length + " fields; the header has " + header.size());
            }
            rows.add(fields);
            lines.add(i + 1);
        }
        if (rows.isEmpty()) {
            throw new DataException(file + ": has a header but no rows");
        }
        return new TabTable(file, header, rows, lines);
    }

    Path file() {
        return file;
    }

    public int size() {
        return rows.size();
    }

    public boolean hasColumn(String name) {
        return header.contains(name);
    }

    public int column(String name) {
        int column = header.indexOf(name);
        if (column < 0) {
            throw new DataException(file + ": has no column '" + name + "'; found " + String.join(", ", header));
        }
        return column;
    }

    public String value(int row, int column) {
        return rows.get(row)[column];
    }

    public List<String> values(int column) {
        return rows.stream().map(r -> r[column]).toList();
    }

    public int integer(int row, int column, int lowest) {
        String value = value(row, column);
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= lowest) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new DataException(problem(row, column, value, lowest), e);
        }
        throw new DataException(problem(row, column, value, lowest));
    }

    private String problem(int row, int column, String value, int lowest) {
        return at(row) + ": column '" + header.get(column) + "' must be a whole number" + (lowest == 0 ? " from 0" : "")
                + ", found '" + value + "'";
    }

    /** "file:line" of a row. */
    public String at(int row) {
        return file + ":" + lines.get(row);
    }
}
