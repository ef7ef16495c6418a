package dev.decant.data;

import java.util.List;

/**
 * A list of labelled images. Loader threads call {@link #image} at the same time, so implementations are safe for
 * concurrent reading; closing gives back open files.
 */
public interface ImageDataset extends AutoCloseable {

    /** How many images there are. */
    int size();

    /**
     * Decodes one image.
     *
     * @throws DataException when the image cannot be read; the message names it
     */
    Image image(int index);

    /** The class of one image, 0 to {@code classes().size() - 1}; needs no decoding. */
    int label(int index);

    /** The names of the classes, in the order of their labels. */
    List<String> classes();

    /** Where one image comes from, for messages: a file name or {@code train_4000.bin.gz[17]}. */
    String name(int index);

    @Override
    default void close() {}
}
