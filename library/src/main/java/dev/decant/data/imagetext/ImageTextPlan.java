package dev.decant.data.imagetext;

import dev.decant.DataException;
import dev.decant.data.LoaderOptions;
import dev.decant.data.Seeds;
import dev.decant.spec.ImageTextTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which examples come together. In training, batches of regions lie at random places among those of whole images; their
 * entries are counted on from the last example.
 *
 * @param options batch size, seed, order
 * @param regionShare batches of regions for each batch of whole images
 */
record ImageTextPlan(LoaderOptions options, double regionShare) {

    private static final long PLACES = -11;
    private static final long REGIONS = -12;

    /** Images that are read for each region of a batch: the paper reads 48 for 128. */
    private static final double IMAGES_PER_REGION = 48.0 / 128;

    int batches(ImageTextData data) {
        return options.shuffle() ? whole(data) + regionBatches(data) : plan(data, 0).length;
    }

    private int whole(ImageTextData data) {
        return options.batches(data.examples().size());
    }

    private int regionBatches(ImageTextData data) {
        return data.regions().isEmpty() ? 0 : (int) Math.rint(regionShare * whole(data));
    }

    int[][] plan(ImageTextData data, int epoch) {
        if (!options.shuffle()) {
            return data.task().contrasts() ? byImage(data) : mixed(data, 0);
        }
        int[][] whole = mixed(data, epoch);
        int count = regionBatches(data);
        int[] places = Seeds.permutation(whole.length + count, options.seed() ^ PLACES, epoch);
        int[] regionPlaces = Arrays.copyOf(places, count);
        Arrays.sort(regionPlaces);
        int[] order = Seeds.permutation(Math.max(1, data.regions().size()), options.seed() ^ REGIONS, epoch);
        int[][] all = new int[whole.length + count][];
        int next = 0;
        int region = 0;
        for (int i = 0; i < all.length; i++) {
            if (region < count && regionPlaces[region] == i) {
                all[i] = regions(order, region++, data.examples().size());
            } else {
                all[i] = whole[next++];
            }
        }
        return all;
    }

    private int[] regions(int[] order, int batch, int offset) {
        int images = Math.min(order.length, (int) Math.max(1, Math.rint(options.batchSize() * IMAGES_PER_REGION)));
        int[] chosen = new int[images];
        for (int i = 0; i < images; i++) {
            chosen[i] = offset + order[(int) ((long) batch * images + i) % order.length];
        }
        return chosen;
    }

    /** Batches of as many images as the batch size says, each with all of its texts. */
    private int[][] byImage(ImageTextData data) {
        int[] order = data.imageByImage();
        List<int[]> batches = new ArrayList<>();
        int from = 0;
        int images = 0;
        for (int i = 0; i < order.length; i++) {
            boolean isNew = i == 0
                    || data.examples().get(order[i]).image()
                            != data.examples().get(order[i - 1]).image();
            if (isNew && images == options.batchSize()) {
                batches.add(Arrays.copyOfRange(order, from, i));
                from = i;
                images = 0;
            }
            images += isNew ? 1 : 0;
        }
        batches.add(Arrays.copyOfRange(order, from, order.length));
        return batches.toArray(int[][]::new);
    }

    /** Batches of whole images; with at least two ids each, where they are told apart. */
    private int[][] mixed(ImageTextData data, int epoch) {
        int[][] batches = options.cut(options.order(data.examples().size(), epoch));
        if (!data.task().contrasts() && data.task() != ImageTextTask.ASSIGN) {
            return batches;
        }
        int last = batches.length - 1;
        if (last > 0 && batches[last].length == 1) {
            int[] longer = Arrays.copyOf(batches[last - 1], batches[last - 1].length + 1);
            longer[longer.length - 1] = batches[last][0];
            batches = Arrays.copyOf(batches, last);
            batches[last - 1] = longer;
        }
        mix(batches, data.examples());
        return batches;
    }

    /** Gives every batch at least two ids, as telling pairs apart needs, by exchanging single examples. */
    private static void mix(int[][] batches, List<ImageTextExample> examples) {
        for (int b = 0; b < batches.length; b++) {
            if (!isOneId(batches[b], examples)) {
                continue;
            }
            boolean found = false;
            for (int step = 1; step < batches.length && !found; step++) {
                found = exchange(batches[b], batches[(b + step) % batches.length], examples);
            }
            if (!found) {
                throw new DataException("a batch of " + batches[b].length + " texts is about one image only ("
                        + examples.get(batches[b][0]).where()
                        + ", ...), and telling pairs apart needs two; use more images or a larger batch");
            }
        }
    }

    /** Exchanges two examples if both batches then have two ids. */
    private static boolean exchange(int[] poor, int[] other, List<ImageTextExample> examples) {
        int last = other.length - 1;
        int own = poor[0];
        poor[0] = other[last];
        other[last] = own;
        if (isOneId(poor, examples) || isOneId(other, examples)) {
            other[last] = poor[0];
            poor[0] = own;
            return false;
        }
        return true;
    }

    private static boolean isOneId(int[] batch, List<ImageTextExample> examples) {
        long id = examples.get(batch[0]).id();
        return Arrays.stream(batch).allMatch(i -> examples.get(i).id() == id);
    }
}
