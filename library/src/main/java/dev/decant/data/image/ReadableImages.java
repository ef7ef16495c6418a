package dev.decant.data.image;

import dev.decant.DataException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves out the images that cannot be decoded: the policy "skip" for unreadable images. Without it the first such
 * image stops the loader with its name.
 *
 * <p>Decodes everything once, on all cores, so that the size, the number of steps and the order are known before
 * training and the same on every run.
 */
public final class ReadableImages {

    private static final Logger LOG = LoggerFactory.getLogger(ReadableImages.class);

    /**
     * What was kept and what was not.
     *
     * @param data the readable images in their old order
     * @param skipped one message for each unreadable image
     */
    public record Result(ImageDataset data, List<String> skipped) {}

    private ReadableImages() {}

    /** Tries every image; names and counts the unreadable ones in the log. */
    public static Result of(ImageDataset whole) {
        SortedMap<Integer, String> unreadable = Collections.synchronizedSortedMap(new TreeMap<>());
        IntStream.range(0, whole.size()).parallel().forEach(i -> {
            try {
                whole.image(i);
            } catch (DataException e) {
                unreadable.put(i, String.valueOf(e.getMessage()));
            }
        });
        if (unreadable.isEmpty()) {
            return new Result(whole, List.of());
        }
        if (unreadable.size() == whole.size()) {
            throw new DataException("none of the " + whole.size() + " images can be read; the first: "
                    + unreadable.get(unreadable.firstKey()));
        }
        List<String> messages = List.copyOf(unreadable.values());
        messages.forEach(m -> LOG.warn("skipped {}", m));
        LOG.warn("{} of {} images are unreadable and skipped", messages.size(), whole.size());
        int[] kept = IntStream.range(0, whole.size())
                .filter(i -> !unreadable.containsKey(i))
                .toArray();
        return new Result(Subset.of(whole, kept), messages);
    }
}
