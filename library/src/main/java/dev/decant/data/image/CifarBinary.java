package dev.decant.data.image;

import dev.decant.DataException;
import dev.decant.data.Split;
import dev.decant.file.TextLines;
import dev.decant.image.Image;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * CIFAR-10 or CIFAR-100 in the binary format of its authors, plain or gzipped, held in memory whole (3 kB an image).
 *
 * <p>A record is one label byte (CIFAR-100: coarse, then fine) and the planes red, green, blue of 32 x 32 bytes.
 * Training files are {@code data_batch_*.bin} or {@code train*.bin}, test files {@code test*.bin}, each also with
 * {@code .gz}; class names come from {@code batches.meta.txt} or {@code fine_label_names.txt} beside them.
 */
public final class CifarBinary implements ImageDataset {

    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;

    /** Which of the two sets. */
    public enum Kind {
        CIFAR10(10, 1, "batches.meta.txt"),
        CIFAR100(100, 2, "fine_label_names.txt");

        private final int classes;
        private final int labelBytes;
        private final String names;

        Kind(int classes, int labelBytes, String names) {
            this.classes = classes;
            this.labelBytes = labelBytes;
            this.names = names;
        }

        /** Bytes of one labelled image: 3073 or 3074. */
        public int recordLength() {
            return labelBytes + 3 * PLANE;
        }
    }

    private final Kind kind;
    private final List<String> classes;
    private final List<Part> parts;
    private final int size;

    /** One file: its name, its bytes, and how many images come before it. */
    private static final class Part {
        private final String name;
        private final byte[] records;
        private final int first;

        private Part(String name, byte[] records, int first) {
            this.name = name;
            this.records = records;
            this.first = first;
        }
    }

    private CifarBinary(Kind kind, List<String> classes, List<Part> parts, int size) {
        this.kind = kind;
        this.classes = classes;
        this.parts = parts;
        this.size = size;
    }

    /**
     * Reads one split of a folder, or a single file whatever the split.
     *
     * @throws DataException when files are missing, are no whole number of records, or hold a label out of range
     */
    public static CifarBinary open(Path path, Kind kind, String split) {
        List<Path> files = Files.isDirectory(path) ? filesOf(path, kind, split) : List.of(path);
        List<Part> parts = new ArrayList<>();
        int size = 0;
        for (Path file : files) {
            byte[] records = readRecords(file, kind);
            checkLabels(file, records, kind);
            parts.add(new Part(String.valueOf(file.getFileName()), records, size));
            size += records.length / kind.recordLength();
        }
        return new CifarBinary(kind, readClasses(files.get(0), kind), List.copyOf(parts), size);
    }

    private static List<Path> filesOf(Path folder, Kind kind, String split) {
        List<Path> all = new ArrayList<>();
        for (String inner : List.of(".", "cifar-10-batches-bin", "cifar-100-binary")) {
            Path candidate = folder.resolve(inner).normalize();
            if (all.isEmpty() && Files.isDirectory(candidate)) {
                all.addAll(binaries(candidate));
            }
        }
        return Split.find(split, folder.toString(), name -> all.stream().anyMatch(f -> belongs(f, name)))
                .map(name -> all.stream().filter(f -> belongs(f, name)).toList())
                .orElseThrow(
                        () -> new DataException(folder + ": no " + kind.name().toLowerCase(Locale.ROOT) + " "
                                + split + " files; expected " + expectedNames(split) + ", found "
                                + (all.isEmpty() ? "no .bin or .bin.gz file" : namesOf(all))));
    }

    private static String expectedNames(String split) {
        return belongsToTrain(split)
                ? "data_batch_*.bin or train*.bin (also with .gz)"
                : "test*.bin or val*.bin (also with .gz)";
    }

    private static boolean belongsToTrain(String split) {
        return Split.candidates(split).contains("train");
    }

    private static String namesOf(List<Path> files) {
        return String.join(
                ", ", files.stream().map(f -> String.valueOf(f.getFileName())).toList());
    }

    private static boolean belongs(Path file, String split) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(split) || (split.equals("train") && name.startsWith("data_batch_"));
    }

    private static List<Path> binaries(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(
                            f -> f.toString().endsWith(".bin") || f.toString().endsWith(".bin.gz"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(folder + ": cannot be listed (" + e.getMessage() + ")", e);
        }
    }

    private static byte[] readRecords(Path file, Kind kind) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz")
                        ? new GZIPInputStream(new BufferedInputStream(in, 1 << 16), 1 << 16)
                        : in) {
            bytes = plain.readAllBytes();
        } catch (java.nio.file.NoSuchFileException e) {
            throw new DataException(file + ": no such file or folder", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
        if (bytes.length == 0 || bytes.length % kind.recordLength() != 0) {
            throw new DataException(file + ": " + bytes.length + " bytes are not a whole number of "
                    + kind.recordLength() + "-byte records of " + kind.name().toLowerCase(Locale.ROOT));
        }
        return bytes;
    }

    private static void checkLabels(Path file, byte[] records, Kind kind) {
        for (int at = kind.labelBytes - 1; at < records.length; at += kind.recordLength()) {
            int label = records[at] & 0xff;
            if (label >= kind.classes) {
                throw new DataException(file + "[" + at / kind.recordLength() + "]: label " + label
                        + " is out of range; " + kind.name().toLowerCase(Locale.ROOT) + " has " + kind.classes
                        + " classes");
            }
        }
    }

    private static List<String> readClasses(Path beside, Kind kind) {
        Path file = beside.resolveSibling(kind.names);
        if (!Files.isRegularFile(file)) {
            return IntStream.range(0, kind.classes).mapToObj(Integer::toString).toList();
        }
        List<String> names = TextLines.read(file).stream()
                .map(String::strip)
                .filter(n -> !n.isEmpty())
                .toList();
        if (names.size() != kind.classes) {
            throw new DataException(
                    file + ": expected " + kind.classes + " class names, one a line, found " + names.size());
        }
        return names;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Image image(int index) {
        Part part = partOf(index);
        int at = start(part, index) + kind.labelBytes;
        byte[] rgb = new byte[3 * PLANE];
        for (int i = 0; i < PLANE; i++) {
            rgb[3 * i] = part.records[at + i];
            rgb[3 * i + 1] = part.records[at + PLANE + i];
            rgb[3 * i + 2] = part.records[at + 2 * PLANE + i];
        }
        return new Image(SIDE, SIDE, rgb);
    }

    @Override
    public int label(int index) {
        Part part = partOf(index);
        return part.records[start(part, index) + kind.labelBytes - 1] & 0xff;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(int index) {
        Part part = partOf(index);
        return part.name + "[" + (index - part.first) + "]";
    }

    private int start(Part part, int index) {
        return Math.multiplyExact(index - part.first, kind.recordLength());
    }

    private Part partOf(int index) {
        java.util.Objects.checkIndex(index, size);
        int last = parts.size() - 1;
        while (parts.get(last).first > index) {
            last--;
        }
        return parts.get(last);
    }

    @Override
    public String toString() {
        return kind + Arrays.toString(parts.stream().map(p -> p.name).toArray());
    }
}
