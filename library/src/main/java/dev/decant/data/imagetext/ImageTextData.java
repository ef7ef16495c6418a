package dev.decant.data.imagetext;

import dev.decant.data.image.KeptImages;
import dev.decant.image.ImageSet;
import dev.decant.spec.ImageTextTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A split of images with texts.
 *
 * @param examples whole images with their texts
 * @param regions images with named parts, for pre-training; may be empty
 * @param answers those that may be given to questions, in the data's order; empty if it does not list them
 */
public record ImageTextData(
        ImageTextTask task,
        ImageSet pictures,
        List<ImageTextExample> examples,
        List<RegionExample> regions,
        List<String> answers)
        implements AutoCloseable {

    public ImageTextData {
        examples = List.copyOf(examples);
        regions = List.copyOf(regions);
        answers = List.copyOf(answers);
    }

    /** The same over pictures that are kept as they are first decoded or drawn, up to so many bytes. */
    public ImageTextData kept(long bytes) {
        return new ImageTextData(task, new KeptImages(pictures, bytes), examples, regions, answers);
    }

    /** What is held out together, in the order of the examples and then of the regions' images. */
    public List<String> groups() {
        Set<String> groups = new LinkedHashSet<>();
        examples.forEach(e -> groups.add(e.group()));
        regions.forEach(r -> groups.add("" + r.image()));
        return List.copyOf(groups);
    }

    /** The examples and regions of some groups, over the same pictures. */
    public ImageTextData only(Set<String> kept) {
        return new ImageTextData(
                task,
                pictures,
                examples.stream().filter(e -> kept.contains(e.group())).toList(),
                regions.stream().filter(r -> kept.contains("" + r.image())).toList(),
                answers);
    }

    /** The first examples and images with regions. */
    public ImageTextData first(int n) {
        return new ImageTextData(
                task,
                pictures,
                examples.subList(0, Math.min(n, examples.size())),
                regions.subList(0, Math.min(n, regions.size())),
                answers);
    }

    /** Captions as they are scored: one example for each image, with all that was written about it. */
    public ImageTextData byImage() {
        Map<Integer, List<ImageTextExample>> byImage = new LinkedHashMap<>();
        examples.forEach(
                e -> byImage.computeIfAbsent(e.image(), i -> new ArrayList<>()).add(e));
        List<ImageTextExample> one = byImage.values().stream()
                .map(all -> all.get(0)
                        .with(new ImageTextExample.Written(
                                all.stream().map(ImageTextExample::text).toList(), 1)))
                .toList();
        return new ImageTextData(task, pictures, one, regions, answers);
    }

    /** The answers that may be given: those that the data lists, or all that were given in it, by their characters. */
    public List<String> candidates() {
        if (!answers.isEmpty()) {
            return answers;
        }
        Set<String> found = new TreeSet<>();
        examples.forEach(e -> {
            if (e.truth() instanceof ImageTextExample.Written written) {
                found.addAll(written.texts());
            }
        });
        return List.copyOf(found);
    }

    /** How many images there are that pairs can be told apart by. */
    public long distinctIds() {
        return examples.stream().mapToLong(ImageTextExample::id).distinct().count();
    }

    /** The examples' places in an order in which those of one image follow each other. */
    int[] imageByImage() {
        return IntStream.range(0, examples.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> examples.get(i).image()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Override
    public void close() {
        pictures.close();
    }
}
