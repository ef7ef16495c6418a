package dev.decant.data.image;

import dev.decant.DataException;
import dev.decant.image.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Some images of another data set, in its order; closing closes the other. */
public final class Subset implements ImageDataset {

    private final ImageDataset whole;
    private final int[] indices;
    private final int[] labels;
    private final List<String> classes;

    private Subset(ImageDataset whole, int[] indices, int[] labels, List<String> classes) {
        this.whole = whole;
        this.indices = indices;
        this.labels = labels;
        this.classes = classes;
    }

    /** The images at the given places; the classes stay. */
    public static Subset of(ImageDataset whole, int... indices) {
        int[] chosen = indices.clone();
        int[] labels = Arrays.stream(chosen).map(whole::label).toArray();
        return new Subset(whole, chosen, labels, whole.classes());
    }

    /** The first n images of each class, or all of a class that has fewer. */
    public static Subset firstPerClass(ImageDataset whole, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("a subset needs at least 1 image per class, got " + n);
        }
        int[] seen = new int[whole.classes().size()];
        return of(
                whole,
                IntStream.range(0, whole.size())
                        .filter(i -> seen[whole.label(i)]++ < n)
                        .toArray());
    }

    /** Only the images of the first n classes, whose labels stay. */
    public static Subset firstClasses(ImageDataset whole, int n) {
        if (n < 1 || n > whole.classes().size()) {
            throw new DataException("classes: asked for " + n + ", the data has "
                    + whole.classes().size());
        }
        return ofClasses(whole, whole.classes().subList(0, n));
    }

    /** Only the images of the named classes; labels count in the order of the list. */
    public static Subset ofClasses(ImageDataset whole, List<String> names) {
        int[] renamed = new int[whole.classes().size()];
        Arrays.fill(renamed, -1);
        for (int i = 0; i < names.size(); i++) {
            int label = whole.classes().indexOf(names.get(i));
            if (label < 0 || renamed[label] >= 0) {
                throw new DataException("class '" + names.get(i) + "' "
                        + (label < 0 ? "is none of the data's: " + shortened(whole.classes()) : "is listed twice"));
            }
            renamed[label] = i;
        }
        int[] indices = IntStream.range(0, whole.size())
                .filter(i -> renamed[whole.label(i)] >= 0)
                .toArray();
        int[] labels = Arrays.stream(indices).map(i -> renamed[whole.label(i)]).toArray();
        return new Subset(whole, indices, labels, List.copyOf(names));
    }

    private static String shortened(List<String> names) {
        List<String> shown = new ArrayList<>(names.subList(0, Math.min(20, names.size())));
        return String.join(", ", shown) + (names.size() > 20 ? ", ..." : "");
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Image image(int index) {
        return whole.image(indices[index]);
    }

    @Override
    public int label(int index) {
        return labels[index];
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(int index) {
        return whole.name(indices[index]);
    }

    @Override
    public void close() {
        whole.close();
    }
}
