package dev.decant.data.shapes;

import dev.decant.DataException;
import dev.decant.data.TabTable;
import dev.decant.data.imagetext.ImageTextData;
import dev.decant.data.imagetext.ImageTextExample;
import dev.decant.data.imagetext.ImageTextSource;
import dev.decant.image.Image;
import dev.decant.image.ImageSet;
import dev.decant.spec.ImageTextTask;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * SHAPES (Andreas et al. 2016): yes-no questions about small pictures. {@code <split>.input.npy.gz} holds the pictures,
 * {@code <split>.tsv} a question and its answer for each. Train is {@code train.small}, test is {@code val}.
 */
public final class ShapesVqa implements ImageTextSource {

    private static final Pattern SHAPE = Pattern.compile("'shape': \\((\\d+), (\\d+), (\\d+), 3\\)");
    private static final List<String> ANSWERS = List.of("no", "yes");

    private final Path folder;

    public ShapesVqa(Path folder) {
        this.folder = folder;
    }

    private static String file(String split) {
        return split.equals("train") ? "train.small" : split.equals("test") ? "val" : split + ".none";
    }

    @Override
    public boolean has(String split) {
        return Files.isRegularFile(folder.resolve(file(split) + ".tsv"));
    }

    @Override
    public ImageTextData read(ImageTextTask task, String split) {
        ImageTextSource.requireTask(folder.toString(), task, ImageTextTask.VQA);
        if (!has(split)) {
            throw new DataException(folder
                    + ": SHAPES has a train split (train.small.tsv) and a test split (val.tsv), no '" + split + "'");
        }
        TabTable table = TabTable.read(folder.resolve(file(split) + ".tsv"));
        ImageSet pictures = pictures(folder.resolve(file(split) + ".input.npy.gz"));
        if (pictures.size() != table.size()) {
            throw new DataException(folder.resolve(file(split) + ".tsv") + ": has " + table.size()
                    + " questions, beside " + pictures.size() + " pictures");
        }
        int query = table.column("query");
        int answer = table.column("answer");
        List<ImageTextExample> examples = new ArrayList<>();
        for (int i = 0; i < table.size(); i++) {
            String given = table.value(i, answer).equals("true") ? "yes" : "no";
            examples.add(
                    ImageTextExample.caption(i, table.value(i, query), folder.resolve(file(split)) + ".tsv:" + (i + 2))
                            .with(new ImageTextExample.Written(List.of(given), 1)));
        }
        return new ImageTextData(task, pictures, examples, List.of(), ANSWERS);
    }

    private static ImageSet pictures(Path file) {
        byte[] bytes;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
        int header = bytes.length < 10 ? 0 : 10 + (bytes[8] & 0xff) + 256 * (bytes[9] & 0xff);
        String text = new String(bytes, 0, Math.min(header, bytes.length), StandardCharsets.ISO_8859_1);
        Matcher shape = SHAPE.matcher(text);
        if (!text.startsWith("NUMPY", 1) || !text.contains("'|u1'") || text.contains("True") || !shape.find()) {
            throw new DataException(file + ": expected a NumPy array of bytes (N, height, width, 3)");
        }
        int[] size = {
            Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2)), Integer.parseInt(shape.group(3))
        };
        if (bytes.length != header + 3L * size[0] * size[1] * size[2]) {
            throw new DataException(file + ": ends early; " + size[0] + " pictures are announced");
        }
        return new ArrayPictures(file.toString(), bytes, header, size[0], size[2], size[1]);
    }

    /** ImageSet one after the other in an array. */
    private static final class ArrayPictures implements ImageSet {

        private final String file;
        private final byte[] bytes;
        private final int start;
        private final int count;
        private final int width;
        private final int height;

        ArrayPictures(String file, byte[] bytes, int start, int count, int width, int height) {
            this.file = file;
            this.bytes = bytes;
            this.start = start;
            this.count = count;
            this.width = width;
            this.height = height;
        }

        @Override
        public int size() {
            return count;
        }

        @Override
        public Image image(int index) {
            int length = 3 * width * height;
            int from = start + index * length;
            return new Image(width, height, Arrays.copyOfRange(bytes, from, from + length));
        }

        @Override
        public String name(int index) {
            return file + "[" + index + "]";
        }
    }
}
