package dev.decant.data.image;

import dev.decant.image.Image;
import dev.decant.image.ImageSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Keeps decoded or drawn images in memory, as they are first asked for, until a budget of bytes is spent; the rest is made
 * anew each time.
 */
public final class KeptImages implements ImageSet {

    private final ImageSet source;
    private final AtomicReferenceArray<Image> images;
    private final AtomicLong left;

    /** Keeps at most the given number of bytes of pixels. */
    public KeptImages(ImageSet source, long bytes) {
        this.source = source;
        this.images = new AtomicReferenceArray<>(source.size());
        this.left = new AtomicLong(bytes);
    }

    @Override
    public Image image(int index) {
        Image kept = images.get(index);
        if (kept != null) {
            return kept;
        }
        Image image = source.image(index);
        int cost = image.rgb().length;
        if (left.addAndGet(-cost) < 0 || !images.compareAndSet(index, null, image)) {
            left.addAndGet(cost);
        }
        return image;
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public Extent extent(int index) {
        return source.extent(index);
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
