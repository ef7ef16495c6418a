package dev.decant.data.imagetext;

import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.DataException;
import dev.decant.data.JsonEntries;
import dev.decant.data.Problems;
import dev.decant.data.image.ArchivePictures;
import dev.decant.file.Archive;
import dev.decant.spec.ImageTextTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A few photographs of COCO 2017: {@code annotations.json}, a list of {@code file}, {@code coco_split}, {@code captions} and
 * {@code objects} with {@code category} and {@code bbox_xywh} in pixels, and the images. Train are those of train2017, test
 * those of val2017. In grounding the phrase is a category that the image has once.
 */
public final class CocoMini implements ImageTextSource {

    private final Path folder;

    public CocoMini(Path folder) {
        this.folder = folder;
    }

    private Path list() {
        return folder.resolve("annotations.json");
    }

    @Override
    public boolean has(String split) {
        return !split.equals("val") && Files.isRegularFile(list());
    }

    @Override
    public ImageTextData read(ImageTextTask task, String split) {
        ImageTextSource.requireTask(
                folder.toString(),
                task,
                ImageTextTask.PRETRAIN,
                ImageTextTask.RETRIEVAL,
                ImageTextTask.ASSIGN,
                ImageTextTask.CAPTION,
                ImageTextTask.GROUNDING);
        if (!has(split)) {
            throw new DataException(folder + ": has no annotations.json with a split '" + split + "'");
        }
        ArchivePictures pictures = new ArchivePictures(Archive.open(folder));
        Problems complaints = new Problems(list().toString());
        BoxCheck check = new BoxCheck(pictures, complaints);
        List<ImageTextExample> examples = new ArrayList<>();
        List<RegionExample> regions = new ArrayList<>();
        JsonEntries.each(list(), (entry, where) -> {
            if (!entry.path("coco_split").asText().equals(split.equals("train") ? "train2017" : "val2017")) {
                return;
            }
            OptionalInt image = pictures.place(entry.path("file").asText());
            if (image.isEmpty()) {
                complaints.add(where, "image '" + entry.path("file").asText() + "' is not in " + folder);
                return;
            }
            List<RegionExample.Region> objects = objects(entry.path("objects"), image.getAsInt(), where, check);
            if (task == ImageTextTask.GROUNDING) {
                examples.addAll(phrases(objects, image.getAsInt(), where));
                return;
            }
            JsonEntries.texts(entry.path("captions"))
                    .forEach(c -> examples.add(ImageTextExample.caption(image.getAsInt(), c, where)));
            if (task == ImageTextTask.PRETRAIN && !objects.isEmpty()) {
                regions.add(new RegionExample(image.getAsInt(), objects, where));
            }
        });
        complaints.done();
        return new ImageTextData(task, pictures, examples, regions, List.of());
    }

    private static List<RegionExample.Region> objects(JsonNode objects, int image, String where, BoxCheck check) {
        List<RegionExample.Region> found = new ArrayList<>();
        for (JsonNode object : objects) {
            JsonNode b = object.path("bbox_xywh");
            Rect box = new Rect(
                    b.path(0).asDouble(),
                    b.path(1).asDouble(),
                    b.path(2).asDouble(),
                    b.path(3).asDouble());
            if (check.fits(box, image, where)) {
                found.add(new RegionExample.Region(box, object.path("category").asText(), false));
            }
        }
        return found;
    }

    private static List<ImageTextExample> phrases(List<RegionExample.Region> objects, int image, String where) {
        Map<String, Integer> counts = new HashMap<>();
        objects.forEach(o -> counts.merge(o.text(), 1, Integer::sum));
        return objects.stream()
                .filter(o -> counts.getOrDefault(o.text(), 0) == 1)
                .map(o -> ImageTextExample.caption(image, o.text(), where).with(new ImageTextExample.At(o.box())))
                .toList();
    }
}
