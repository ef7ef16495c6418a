package dev.decant.data.image;

import dev.decant.image.Image;
import java.util.List;

/** Labelled images of which decoded ones are kept; see {@link KeptImages}. Tiny-ImageNet's 64 px take 12 kB each. */
public final class DecodedCache implements ImageDataset {

    private final ImageDataset source;
    private final KeptImages images;

    /** Keeps at most the given number of bytes of pixels. */
    public DecodedCache(ImageDataset source, long bytes) {
        this.source = source;
        this.images = new KeptImages(source, bytes);
    }

    @Override
    public Image image(int index) {
        return images.image(index);
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public int label(int index) {
        return source.label(index);
    }

    @Override
    public List<String> classes() {
        return source.classes();
    }

    @Override
    public String name(int index) {
        return source.name(index);
    }

    @Override
    public void close() {
        source.close();
    }
}
