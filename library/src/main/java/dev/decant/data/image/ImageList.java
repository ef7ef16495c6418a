package dev.decant.data.image;

import dev.decant.DataException;
import dev.decant.data.ClassNames;
import dev.decant.data.Split;
import dev.decant.data.TabTable;
import dev.decant.file.Archive;
import dev.decant.image.Image;
import dev.decant.image.Images;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Images named in a table: {@code <split>.tsv} with a header and the tab-separated columns {@code file}, {@code label}
 * and, if known, the object's box {@code x0 y0 x1 y1}; other columns are ignored. The files lie in the same folder, in
 * its folder {@code images}, or in zips in it.
 *
 * <p>Labels are numbers from 0, named by {@code classes.tsv} ({@code label}, {@code name}) if there is one; or any
 * words, which are then the classes in the order of their characters.
 */
public final class ImageList implements ImageDataset {

    private final Archive archive;
    private final List<String> classes;
    private final List<Row> rows;

    private record Row(String file, int label, @Nullable Box box) {}

    private ImageList(Archive archive, List<String> classes, List<Row> rows) {
        this.archive = archive;
        this.classes = classes;
        this.rows = rows;
    }

    /**
     * Reads the table of one split; {@code test} also answers to {@code val} and the other way round.
     *
     * @throws DataException when the table, a column, a label or an image is missing or wrong; names file and line
     */
    public static ImageList open(Path folder, String split) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + ": no such folder; an image list is a folder with " + split + ".tsv");
        }
        Path table = Split.find(split, folder.toString(), s -> Files.isRegularFile(folder.resolve(s + ".tsv")))
                .map(s -> folder.resolve(s + ".tsv"))
                .orElseThrow(() -> new DataException(folder + ": has no table " + split + ".tsv"));
        Archive archive = Archive.open(folder);
        try {
            return read(archive, TabTable.read(table), ClassNames.of(folder));
        } catch (DataException e) {
            archive.close();
            throw e;
        }
    }

    private static ImageList read(Archive archive, TabTable table, ClassNames names) {
        int file = table.column("file");
        int label = table.column("label");
        boolean boxed = List.of("x0", "y0", "x1", "y1").stream().allMatch(table::hasColumn);
        List<String> words =
                names.isNumbered(table, label) ? List.of() : List.copyOf(new TreeSet<>(table.values(label)));
        List<Row> rows = new ArrayList<>();
        int highest = -1;
        for (int i = 0; i < table.size(); i++) {
            int number = words.isEmpty()
                    ? table.integer(i, label, 0)
                    : Collections.binarySearch(words, table.value(i, label));
            highest = Math.max(highest, number);
            rows.add(new Row(locate(archive, table, i, file), number, boxed ? box(table, i) : null));
        }
        List<String> classes = words.isEmpty() ? names.atLeast(highest + 1, table) : words;
        return new ImageList(archive, classes, List.copyOf(rows));
    }

    private static String locate(Archive archive, TabTable table, int row, int column) {
        String file = table.value(row, column);
        for (String candidate : List.of(file, "images/" + file)) {
            if (archive.contains(candidate)) {
                return candidate;
            }
        }
        throw new DataException(table.at(row) + ": image '" + file + "' is neither in " + archive.root()
                + ", nor in its folder images, nor in a zip there");
    }

    private static Box box(TabTable table, int row) {
        int[] corner = IntStream.range(0, 4)
                .map(i -> table.integer(
                        row, table.column(List.of("x0", "y0", "x1", "y1").get(i)), Integer.MIN_VALUE))
                .toArray();
        if (corner[2] < corner[0] || corner[3] < corner[1]) {
            throw new DataException(table.at(row) + ": box " + corner[0] + " " + corner[1] + " " + corner[2] + " "
                    + corner[3] + " ends before it begins; expected x0 <= x1 and y0 <= y1");
        }
        return new Box(corner[0], corner[1], corner[2], corner[3]);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Image image(int index) {
        return Images.decode(archive.read(rows.get(index).file()), name(index));
    }

    @Override
    public int label(int index) {
        return rows.get(index).label();
    }

    /** Where the labelled object is, if the table says so. */
    public Optional<Box> box(int index) {
        return Optional.ofNullable(rows.get(index).box());
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(int index) {
        return archive.describe(rows.get(index).file());
    }

    @Override
    public void close() {
        archive.close();
    }
}
