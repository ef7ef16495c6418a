package dev.decant.data;

import dev.decant.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The names of numbered classes, from {@code classes.tsv} of an image list; the numbers themselves without it. */
public record ClassNames(List<String> names) {

    public static ClassNames of(Path folder) {
        Path file = folder.resolve("classes.tsv");
        if (!Files.isRegularFile(file)) {
            return new ClassNames(List.of());
        }
        TabTable table = TabTable.read(file);
        int label = table.column("label");
        int name = table.column("name");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < table.size(); i++) {
            if (table.integer(i, label, 0) != i) {
                throw new DataException(table.at(i) + ": expected label " + i + ", found " + table.value(i, label)
                        + "; labels count up from 0");
            }
            names.add(table.value(i, name));
        }
        return new ClassNames(List.copyOf(names));
    }

    /** Whether labels are numbers: always with class names, else when every one of them is. */
    public boolean isNumbered(TabTable table, int column) {
        return !names.isEmpty() || table.values(column).stream().allMatch(v -> v.matches("[0-9]+"));
    }

    /** At least n names. */
    public List<String> atLeast(int n, TabTable table) {
        if (names.isEmpty()) {
            return java.util.stream.IntStream.range(0, n)
                    .mapToObj(Integer::toString)
                    .toList();
        }
        if (n > names.size()) {
            throw new DataException(table.file() + ": label " + (n - 1) + " is out of range; classes.tsv names "
                    + names.size() + " classes");
        }
        return names;
    }
}
