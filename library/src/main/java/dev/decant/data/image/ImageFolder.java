package dev.decant.data.image;

import dev.decant.DataException;
import dev.decant.data.Split;
import dev.decant.file.Archive;
import dev.decant.image.Image;
import dev.decant.image.Images;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Images sorted into folders by class: {@code <split>/<class>/*} under a folder, in a zip, or in zips that lie in a
 * folder. Files are decoded when asked for; zips stay open until {@link #close}.
 *
 * <p>Classes are the folder names of all splits together, in the order of their characters, so that a split that
 * lacks a class does not shift the labels.
 */
public final class ImageFolder implements ImageDataset {

    private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "bmp", "gif");

    private final Archive archive;
    private final List<String> classes;
    private final List<Entry> entries;

    private record Entry(String split, String className, String file) {}

    private ImageFolder(Archive archive, List<String> classes, List<Entry> entries) {
        this.archive = archive;
        this.classes = classes;
        this.entries = entries;
    }

    /**
     * Finds the images of one split; {@code test} also answers to {@code val}, {@code valid} and {@code validation},
     * and the other way round.
     *
     * @throws DataException when the path or the split does not exist
     */
    public static ImageFolder open(Path path, String split) {
        Archive archive = Archive.open(path);
        try {
            List<Entry> all = new ArrayList<>();
            for (String name : archive.names()) {
                entry(name, split).ifPresent(all::add);
            }
            Set<String> splits = new TreeSet<>(all.stream().map(Entry::split).toList());
            String found = Split.find(split, path.toString(), splits::contains)
                    .orElseThrow(() -> new DataException(path + ": no images of split '" + split
                            + "'; expected " + split + "/<class>/<image>, found "
                            + (splits.isEmpty() ? "no images in folders of that form" : "only " + splits)));
            List<String> classes =
                    List.copyOf(new TreeSet<>(all.stream().map(Entry::className).toList()));
            return new ImageFolder(
                    archive,
                    classes,
                    all.stream().filter(e -> e.split().equals(found)).toList());
        } catch (DataException e) {
            archive.close();
            throw e;
        }
    }

    /** Splits "any/where/train/cat/1.jpg" at the first folder that is a split's name. */
    private static Optional<Entry> entry(String name, String wanted) {
        String[] steps = name.split("/", -1);
        String last = steps[steps.length - 1];
        String extension = last.substring(last.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (!EXTENSIONS.contains(extension) || last.startsWith("._") || name.startsWith("__MACOSX/")) {
            return Optional.empty();
        }
        for (int i = 0; i + 2 < steps.length; i++) {
            if (Split.isSplitName(steps[i]) || steps[i].equals(wanted)) {
                String split = Split.isSplitName(steps[i]) ? steps[i].toLowerCase(Locale.ROOT) : steps[i];
                return Optional.of(new Entry(split, steps[i + 1], name));
            }
        }
        return Optional.empty();
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public Image image(int index) {
        return Images.decode(archive.read(entries.get(index).file()), name(index));
    }

    @Override
    public int label(int index) {
        return java.util.Collections.binarySearch(classes, entries.get(index).className());
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(int index) {
        return archive.describe(entries.get(index).file());
    }

    @Override
    public void close() {
        archive.close();
    }

    /** How many images each class has, for reports. */
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new HashMap<>();
        entries.forEach(e -> counts.merge(e.className(), 1, Integer::sum));
        return Map.copyOf(counts);
    }
}
