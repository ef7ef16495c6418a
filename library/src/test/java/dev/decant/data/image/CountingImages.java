package dev.decant.data.image;

import dev.decant.image.Image;
import dev.decant.image.Pictures;
import java.util.List;
import java.util.stream.IntStream;

/** Images that tell their index. */
public final class CountingImages {

    private CountingImages() {}

    /** A data set of plain images whose red is the index, with index modulo classes as label. */
    public static ImageDataset of(int size, int classes) {
        return new ImageDataset() {
            @Override
            public int size() {
                return size;
            }

            @Override
            public Image image(int index) {
                return Pictures.plain(4, 4, index, 0, 255);
            }

            @Override
            public int label(int index) {
                return index % classes;
            }

            @Override
            public List<String> classes() {
                return IntStream.range(0, classes).mapToObj(i -> "class" + i).toList();
            }

            @Override
            public String name(int index) {
                return "counting[" + index + "]";
            }
        };
    }
}
