package dev.decant.data.imagetext;

import dev.decant.DataException;
import dev.decant.data.JsonEntries;
import dev.decant.data.Problems;
import dev.decant.data.image.ArchivePictures;
import dev.decant.file.Archive;
import dev.decant.image.Crops;
import dev.decant.image.Image;
import dev.decant.image.ImageSet;
import dev.decant.spec.ImageTextTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * NLVR, version 1 (Suhr et al. 2017): statements about pictures of three boxes. {@code dev.json}, whose images come in six
 * orders of the boxes, is the training split, since the official training statements are not with the images; {@code
 * test.json} is the test split, in the first order.
 *
 * <p>As statements about two images: the first two boxes, and the third on ground of its own. Examples of one sentence are
 * held out together.
 */
public final class Nlvr1 implements ImageTextSource {

    private static final int ORDERS = 6;
    private static final int FIRST_WIDTH = 250;
    private static final int THIRD_AT = 300;
    private static final byte GAP = (byte) 128; // the gray between the boxes

    private final Path folder;

    /** @param folder with the lists and the zips of images */
    public Nlvr1(Path folder) {
        this.folder = folder;
    }

    private static String file(String split) {
        return split.equals("train") ? "dev" : split;
    }

    @Override
    public boolean has(String split) {
        return !split.equals("val") && Files.isRegularFile(folder.resolve(file(split) + ".json"));
    }

    @Override
    public ImageTextData read(ImageTextTask task, String split) {
        ImageTextSource.requireTask(folder.toString(), task, ImageTextTask.NLVR);
        if (!has(split)) {
            throw new DataException(
                    folder + ": NLVR has a train split (dev.json) and a test split (test.json), no '" + split + "'");
        }
        Path list = folder.resolve(file(split) + ".json");
        Halves pictures = new Halves(new ArchivePictures(Archive.open(folder)));
        Problems complaints = new Problems(list.toString());
        List<ImageTextExample> examples = new ArrayList<>();
        JsonEntries.each(list, (entry, where) -> {
            String identifier = entry.path("identifier").asText();
            boolean found = false;
            for (int order = 0; order < (split.equals("train") ? ORDERS : 1); order++) {
                OptionalInt place = pictures.whole.place(file(split) + "-" + identifier + "-" + order + ".png");
                if (place.isPresent()) {
                    found = true;
                    examples.add(new ImageTextExample(
                            2 * place.getAsInt(),
                            OptionalInt.of(2 * place.getAsInt() + 1),
                            entry.path("sentence").asText(),
                            examples.size(),
                            identifier.replaceFirst("-.*", ""),
                            new ImageTextExample.Holds(
                                    entry.path("label").asText().equals("true")),
                            where));
                }
            }
            if (!found) {
                complaints.add(where, "no image of '" + identifier + "' in " + folder);
            }
        });
        complaints.done();
        return new ImageTextData(task, pictures, examples, List.of(), List.of());
    }

    /** Every picture as two: its first two boxes, and its third. */
    private record Halves(ArchivePictures whole) implements ImageSet {

        @Override
        public int size() {
            return 2 * whole.size();
        }

        @Override
        public Image image(int index) {
            Image picture = whole.image(index / 2);
            if (picture.width() <= THIRD_AT) {
                throw new DataException(
                        name(index) + ": " + picture.width() + " pixels wide, a picture of NLVR has 400");
            }
            int height = picture.height();
            if (index % 2 == 0) {
                return new Image(FIRST_WIDTH, height, Crops.cut(picture, 0, 0, FIRST_WIDTH, height));
            }
            int width = picture.width() - THIRD_AT;
            byte[] box = Crops.cut(picture, THIRD_AT, 0, width, height);
            byte[] ground = new byte[3 * FIRST_WIDTH * height];
            Arrays.fill(ground, GAP);
            for (int y = 0; y < height; y++) {
                System.arraycopy(box, 3 * y * width, ground, 3 * y * FIRST_WIDTH, 3 * width);
            }
            return new Image(FIRST_WIDTH, height, ground);
        }

        @Override
        public String name(int index) {
            return whole.name(index / 2);
        }

        @Override
        public void close() {
            whole.close();
        }
    }
}
