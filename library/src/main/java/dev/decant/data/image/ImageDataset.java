package dev.decant.data.image;

import dev.decant.image.ImageSet;
import java.util.List;

/** A list of labelled images. */
public interface ImageDataset extends ImageSet {

    /** The class of one image, 0 to {@code classes().size() - 1}; needs no decoding. */
    int label(int index);

    /** The names of the classes, in the order of their labels. */
    List<String> classes();
}
