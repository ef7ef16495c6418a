package dev.decant.data.imagetext;

import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.DataException;
import dev.decant.data.JsonEntries;
import dev.decant.data.Problems;
import dev.decant.data.image.ArchivePictures;
import dev.decant.file.Archive;
import dev.decant.file.TextLines;
import dev.decant.spec.ImageTextTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Images with texts in JSON as X-VLM reads them: {@code <split>.json} (a list), {@code <split>.jsonl} (an object a line), or a
 * folder {@code <split>} of such files. Images are paths in the same folder, in its folder {@code images} or in zips in it.
 *
 * <ul>
 *   <li>pretrain: {@code caption} (or {@code desc}), a text or several; or {@code elems}, a list of {@code caption}, {@code
 *       bb} [x, y, width, height] in pixels and perhaps {@code attributes}; {@code image} or {@code image_rpath}, a path, or
 *       {@code binary}, base64
 *   <li>retrieval, caption: {@code image}, {@code caption}, a text or several, perhaps {@code image_id}
 *   <li>nlvr: {@code images}, two paths, {@code sentence}, {@code label} True or False
 *   <li>vqa: {@code image}, {@code question}, {@code answer}, a text or what several people said; {@code answer_list.json}
 *       beside lists the answers that may be given
 *   <li>grounding: {@code image}, {@code text}, {@code bbox} [x, y, width, height] in pixels
 * </ul>
 */
public final class ImageTextFiles implements ImageTextSource {

    /** What one answer from Visual Genome weighs against ten of VQA. */
    private static final double GENOME = 0.5;

    private final Path folder;

    public ImageTextFiles(Path folder) {
        this.folder = folder;
    }

    @Override
    public boolean has(String split) {
        return !files(split).isEmpty();
    }

    private List<Path> files(String split) {
        for (String ending : List.of(".json", ".jsonl")) {
            Path file = folder.resolve(split + ending);
            if (Files.isRegularFile(file)) {
                return List.of(file);
            }
        }
        if (!Files.isDirectory(folder.resolve(split))) {
            return List.of();
        }
        try (Stream<Path> shards = Files.list(folder.resolve(split))) {
            return shards.filter(
                            f -> f.toString().endsWith(".json") || f.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw TextLines.problem(folder.resolve(split), e);
        }
    }

    @Override
    public ImageTextData read(ImageTextTask task, String split) {
        List<Path> files = files(split);
        if (files.isEmpty()) {
            throw new DataException(
                    folder + ": has no " + split + ".json, " + split + ".jsonl or folder " + split + " of such files");
        }
        ArchivePictures pictures = new ArchivePictures(Archive.open(folder));
        try {
            Problems complaints = new Problems(files.size() == 1 ? files.get(0).toString() : folder.toString());
            Reading reading = new Reading(folder, task, pictures, complaints);
            files.forEach(file -> JsonEntries.each(file, reading::take));
            reading.checkBoxes();
            complaints.done();
            List<String> answers = task == ImageTextTask.VQA ? reading.answers(split, complaints) : List.of();
            complaints.done();
            if (reading.examples.isEmpty()) {
                throw new DataException(files.get(0) + ": has no "
                        + (reading.regions.isEmpty() ? "entries" : "captions of whole images, regions only"));
            }
            return new ImageTextData(task, pictures, reading.examples, reading.regions, answers);
        } catch (DataException e) {
            pictures.close();
            throw e;
        }
    }

    /** The entries of one split as they are read. */
    private static final class Reading {

        private final Path folder;
        private final ImageTextTask task;
        private final ArchivePictures pictures;
        private final Problems complaints;
        private final List<ImageTextExample> examples = new ArrayList<>();
        private final List<RegionExample> regions = new ArrayList<>();
        private final Map<String, Long> ids = new LinkedHashMap<>();

        Reading(Path folder, ImageTextTask task, ArchivePictures pictures, Problems complaints) {
            this.folder = folder;
            this.task = task;
            this.pictures = pictures;
            this.complaints = complaints;
        }

        void take(JsonNode entry, String where) {
            if (!entry.isObject()) {
                complaints.add(where, "expected a JSON object");
            } else if (task == ImageTextTask.NLVR) {
                statement(entry, where);
            } else {
                OptionalInt image = image(entry, where);
                if (image.isPresent()) {
                    about(image.getAsInt(), entry, where);
                }
            }
        }

        private void about(int image, JsonNode entry, String where) {
            switch (task) {
                case PRETRAIN, RETRIEVAL, ASSIGN, CAPTION -> {
                    if (task == ImageTextTask.PRETRAIN && entry.has("elems")) {
                        regions(image, entry, where);
                    } else {
                        captions(image, entry, where);
                    }
                }
                case VQA -> question(image, entry, where);
                case GROUNDING -> phrase(image, entry, where);
                case NLVR -> throw new AssertionError(task);
            }
        }

        private OptionalInt image(JsonNode entry, String where) {
            if (entry.path("binary").isTextual()) {
                try {
                    return OptionalInt.of(pictures.add(entry.path("binary").asText(), where));
                } catch (IllegalArgumentException e) {
                    complaints.add(where, "'binary' is not base64 (" + e.getMessage() + ")");
                    return OptionalInt.empty();
                }
            }
            String path =
                    entry.path(entry.has("image") ? "image" : "image_rpath").asText();
            return image(path, where);
        }

        private OptionalInt image(String path, String where) {
            if (path.isBlank()) {
                complaints.add(where, "no 'image': every text needs the image it is about");
                return OptionalInt.empty();
            }
            OptionalInt place = pictures.place(path);
            if (place.isEmpty()) {
                complaints.add(where, "image '" + path + "' is not in " + folder);
            }
            return place;
        }

        private String text(JsonNode entry, String key, String where) {
            String text = entry.path(key).asText().strip();
            if (text.isEmpty()) {
                complaints.add(where, "no '" + key + "'");
            }
            return text;
        }

        private void captions(int image, JsonNode entry, String where) {
            List<String> captions = JsonEntries.texts(entry.path(entry.has("caption") ? "caption" : "desc"));
            if (captions.isEmpty()) {
                complaints.add(where, "no 'caption'");
            }
            long id = id(image, entry);
            captions.forEach(c -> add(image, c, id, new ImageTextExample.Together(), where));
        }

        private long id(int image, JsonNode entry) {
            String name = entry.has("image_id") ? entry.path("image_id").asText() : "#" + image;
            return ids.computeIfAbsent(name, n -> (long) ids.size());
        }

        private void add(int image, String text, long id, ImageTextExample.Truth truth, String where) {
            examples.add(new ImageTextExample(image, OptionalInt.empty(), text, id, "" + image, truth, where));
        }

        private void regions(int image, JsonNode entry, String where) {
            List<RegionExample.Region> found = new ArrayList<>();
            JsonEntries.texts(entry.path("caption")).stream()
                    .limit(1)
                    .forEach(c -> found.add(new RegionExample.Region(new Rect(0, 0, 1, 1), c, true)));
            int number = 0;
            for (JsonNode elem : entry.path("elems")) {
                String at = where + ", elems[" + number++ + "]";
                List<String> texts = JsonEntries.texts(elem.path("caption"));
                List<Rect> box = box(elem.path("bb"), "bb", at);
                if (texts.isEmpty()) {
                    complaints.add(at, "no 'caption'");
                } else if (!box.isEmpty()) {
                    List<String> attributes = JsonEntries.texts(elem.path("attributes"));
                    String text = attributes.isEmpty() ? texts.get(0) : attributes.get(0) + " " + texts.get(0);
                    found.add(new RegionExample.Region(box.get(0), text, false));
                }
            }
            if (number == 0) {
                complaints.add(where, "'elems' is empty: an entry of regions needs boxes");
            }
            if (!found.isEmpty()) {
                regions.add(new RegionExample(image, found, where));
            }
        }

        /** The box, or none and a complaint. */
        private List<Rect> box(JsonNode node, String key, String where) {
            boolean right = node.size() == 4;
            for (JsonNode one : node) {
                right &= one.isNumber();
            }
            if (!right) {
                complaints.add(where, "no box '" + key + "': [x, y, width, height] in pixels");
                return List.of();
            }
            return List.of(new Rect(
                    node.path(0).asDouble(),
                    node.path(1).asDouble(),
                    node.path(2).asDouble(),
                    node.path(3).asDouble()));
        }

        private void question(int image, JsonNode entry, String where) {
            String question = text(entry, "question", where);
            List<String> answers = JsonEntries.texts(entry.path("answer"));
            if (answers.isEmpty()) {
                complaints.add(where, "no 'answer': training and scores need one");
                return;
            }
            double weight = entry.path("dataset").asText().equals("vg") ? GENOME : 1;
            add(image, question, image, new ImageTextExample.Written(answers, weight), where);
        }

        private void phrase(int image, JsonNode entry, String where) {
            String text = text(entry, "text", where);
            box(entry.path("bbox"), "bbox", where)
                    .forEach(box -> add(image, text, image, new ImageTextExample.At(box), where));
        }

        private void statement(JsonNode entry, String where) {
            List<String> paths = JsonEntries.texts(entry.path("images"));
            if (paths.size() != 2) {
                complaints.add(where, "'images' must name two images, found " + paths.size());
                return;
            }
            OptionalInt first = image(paths.get(0), where);
            OptionalInt second = image(paths.get(1), where);
            String label = entry.path("label").asText().strip();
            if (!label.equalsIgnoreCase("true") && !label.equalsIgnoreCase("false")) {
                complaints.add(where, "'label' must be True or False, found '" + label + "'");
            }
            String sentence = text(entry, "sentence", where);
            if (first.isPresent() && second.isPresent()) {
                examples.add(new ImageTextExample(
                        first.getAsInt(),
                        second,
                        sentence,
                        examples.size(),
                        sentence,
                        new ImageTextExample.Holds(label.equalsIgnoreCase("true")),
                        where));
            }
        }

        void checkBoxes() {
            BoxCheck check = new BoxCheck(pictures, complaints);
            for (ImageTextExample example : examples) {
                if (example.truth() instanceof ImageTextExample.At at) {
                    check.fits(at.box(), example.image(), example.where());
                }
            }
            for (RegionExample example : regions) {
                for (RegionExample.Region region : example.regions()) {
                    if (!region.whole()) {
                        check.fits(region.box(), example.image(), example.where());
                    }
                }
            }
        }

        /** The answers of the list; a training question must have been given one of them. */
        List<String> answers(String split, Problems found) {
            Path file = folder.resolve("answer_list.json");
            if (!Files.isRegularFile(file)) {
                return List.of();
            }
            List<String> answers = new ArrayList<>();
            JsonEntries.each(file, (entry, where) -> answers.addAll(JsonEntries.texts(entry)));
            if (answers.size() < 2) {
                found.add(file.toString(), "expected a JSON list of two answers or more, found " + answers.size());
            }
            if (split.equals("train")) {
                Set<String> known = new HashSet<>(answers);
                for (ImageTextExample example : examples) {
                    if (example.truth() instanceof ImageTextExample.Written w
                            && w.texts().stream().noneMatch(known::contains)) {
                        found.add(example.where(), "answer '" + w.texts().get(0) + "' is not in " + file.getFileName());
                    }
                }
            }
            return answers.stream().distinct().toList();
        }
    }
}
