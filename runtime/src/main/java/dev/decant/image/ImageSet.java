package dev.decant.image;

import dev.decant.DataException;

/**
 * A list of images. Loader threads call {@link #image} at the same time, so implementations are safe for concurrent
 * reading; closing gives back open files.
 */
public interface ImageSet extends AutoCloseable {

    /** How many images there are. */
    int size();

    /**
     * Decodes one image.
     *
     * @throws DataException when the image cannot be read; the message names it
     */
    Image image(int index);

    /** Width and height of one image; without decoding it where that can be done. */
    default Extent extent(int index) {
        Image image = image(index);
        return new Extent(image.width(), image.height());
    }

    /** Size of an image in pixels. */
    record Extent(int width, int height) {}

    /** Where one image comes from, for messages: a file name or {@code train_4000.bin.gz[17]}. */
    String name(int index);

    @Override
    default void close() {}
}
