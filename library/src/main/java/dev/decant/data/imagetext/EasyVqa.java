package dev.decant.data.imagetext;

import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.DataException;
import dev.decant.data.JsonEntries;
import dev.decant.data.Problems;
import dev.decant.data.image.ArchivePictures;
import dev.decant.file.Archive;
import dev.decant.file.TextLines;
import dev.decant.spec.ImageTextTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * easy-VQA (Victor Zhou): {@code <split>_questions.json}, a list of [question, answer, number of the image], the images in
 * {@code <split>_images.zip}, and {@code answers.txt}. Splits are train and test.
 */
public final class EasyVqa implements ImageTextSource {

    private final Path folder;

    public EasyVqa(Path folder) {
        this.folder = folder;
    }

    private Path questions(String split) {
        return folder.resolve(split + "_questions.json");
    }

    @Override
    public boolean has(String split) {
        return Files.isRegularFile(questions(split));
    }

    @Override
    public ImageTextData read(ImageTextTask task, String split) {
        ImageTextSource.requireTask(folder.toString(), task, ImageTextTask.VQA);
        if (!has(split)) {
            throw new DataException(folder + ": has no " + split + "_questions.json");
        }
        List<String> answers = TextLines.read(folder.resolve("answers.txt")).stream()
                .map(String::strip)
                .filter(a -> !a.isEmpty())
                .toList();
        ArchivePictures pictures = new ArchivePictures(Archive.open(folder));
        Problems complaints = new Problems(questions(split).toString());
        List<ImageTextExample> examples = new ArrayList<>();
        JsonEntries.each(questions(split), (entry, where) -> {
            JsonNode number = entry.path(2);
            String answer = entry.path(1).asText();
            if (!number.isInt() || answer.isBlank()) {
                complaints.add(where, "expected [question, answer, number of the image]");
                return;
            }
            OptionalInt image = image(pictures, split, number.asInt());
            if (image.isEmpty()) {
                complaints.add(where, "image '" + number.asInt() + ".png' is not in " + folder);
            } else if (!answers.contains(answer)) {
                complaints.add(where, "answer '" + answer + "' is not in answers.txt");
            } else {
                examples.add(
                        ImageTextExample.caption(image.getAsInt(), entry.path(0).asText(), where)
                                .with(new ImageTextExample.Written(List.of(answer), 1)));
            }
        });
        complaints.done();
        return new ImageTextData(task, pictures, examples, List.of(), answers);
    }

    private static OptionalInt image(ArchivePictures pictures, String split, int number) {
        OptionalInt inFolder = pictures.place(split + "/images/" + number + ".png");
        return inFolder.isPresent() ? inFolder : pictures.place(split + "/" + number + ".png");
    }
}
