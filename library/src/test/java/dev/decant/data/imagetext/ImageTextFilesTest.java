package dev.decant.data.imagetext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.image.Pictures;
import dev.decant.spec.ImageTextTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageTextFilesTest {

    @TempDir
    private Path folder;

    private ImageTextFiles files;

    @BeforeEach
    void images() throws IOException {
        files = new ImageTextFiles(folder);
        Pictures.write(folder.resolve("images/a.png"), Pictures.encode(Pictures.plain(20, 10, 255, 0, 0), "png"));
        Pictures.write(folder.resolve("b.png"), Pictures.encode(Pictures.plain(20, 10, 0, 0, 255), "png"));
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }

    @Test
    void captionsAreOneTextOrSeveral() throws IOException {
        write(
                "train.json",
                """
                [{"image": "a.png", "caption": "red", "image_id": "x"},
                 {"image": "b.png", "caption": ["blue", "also blue"], "image_id": "y"},
                 {"image": "a.png", "caption": "red again", "image_id": "x"}]
                """);
        ImageTextData data = files.read(ImageTextTask.RETRIEVAL, "train");
        assertThat(data.examples())
                .extracting(ImageTextExample::text)
                .containsExactly("red", "blue", "also blue", "red again");
        assertThat(data.examples()).extracting(ImageTextExample::id).containsExactly(0L, 1L, 1L, 0L);
        assertThat(data.pictures().size()).isEqualTo(2);
        assertThat(data.pictures().image(1).value(3, 3, 2)).isEqualTo(255);
        assertThat(data.byImage().examples()).hasSize(2);
        assertThat(((ImageTextExample.Written) data.byImage().examples().get(0).truth()).texts())
                .containsExactly("red", "red again");
        assertThat(files.has("val")).isFalse();
    }

    @Test
    void linesOfCaptionsAndOfRegions() throws IOException {
        String bytes = Base64.getEncoder().encodeToString(Pictures.png(0, 255, 0));
        write(
                "train/1.jsonl",
                """
                {"image_rpath": "a.png", "desc": "from a shard"}
                {"binary": "%s", "caption": "green"}
                """
                        .formatted(bytes));
        write(
                "train/2.jsonl",
                """
                {"image": "a.png", "caption": "all", "elems": [{"caption": ["dog"], "bb": [2, 1, 5, 6], "attributes": "big"}]}
                """);
        ImageTextData data = files.read(ImageTextTask.PRETRAIN, "train");
        assertThat(data.examples()).extracting(ImageTextExample::text).containsExactly("from a shard", "green");
        assertThat(data.pictures().image(1).value(0, 0, 1)).isEqualTo(255);
        List<RegionExample.Region> regions = data.regions().get(0).regions();
        assertThat(regions).extracting(RegionExample.Region::text).containsExactly("all", "big dog");
        assertThat(regions).extracting(RegionExample.Region::whole).containsExactly(true, false);
        assertThat(regions.get(1).box()).isEqualTo(new Rect(2, 1, 5, 6));
    }

    @Test
    void statementsQuestionsAndPhrases() throws IOException {
        write(
                "test.json",
                """
                [{"images": ["a.png", "b.png"], "sentence": "one is red", "label": "True"},
                 {"images": ["b.png", "a.png"], "sentence": "both are", "label": "False"}]
                """);
        ImageTextData statements = files.read(ImageTextTask.NLVR, "test");
        assertThat(statements.examples())
                .extracting(ImageTextExample::truth)
                .containsExactly(new ImageTextExample.Holds(true), new ImageTextExample.Holds(false));
        write(
                "train.json",
                """
                [{"image": "a.png", "question": "what color?", "answer": ["red", "red", "dark red"], "question_id": 1},
                 {"image": "b.png", "question": "what color?", "answer": "blue", "dataset": "vg"}]
                """);
        ImageTextData questions = files.read(ImageTextTask.VQA, "train");
        assertThat(questions.examples().get(0).truth())
                .isEqualTo(new ImageTextExample.Written(List.of("red", "red", "dark red"), 1));
        assertThat(questions.examples().get(1).truth()).isEqualTo(new ImageTextExample.Written(List.of("blue"), 0.5));
        assertThat(questions.candidates()).containsExactly("blue", "dark red", "red");
        write("val.json", "[{\"image\": \"a.png\", \"text\": \"it\", \"ref_id\": 7, \"bbox\": [1, 2, 3, 4]}]");
        assertThat(files.read(ImageTextTask.GROUNDING, "val").examples().get(0).truth())
                .isEqualTo(new ImageTextExample.At(new Rect(1, 2, 3, 4)));
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws IOException {
        write(
                "train.json",
                """
                [{"image": "none.png", "caption": "no such image"},
                 {"caption": "no image at all"},
                 {"image": "a.png"}]
                """);
        String file = folder.resolve("train.json").toString();
        assertThatThrownBy(() -> files.read(ImageTextTask.RETRIEVAL, "train"))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": 3 entries cannot be used\n  " + file + ":1 (entry 1): image 'none.png' is not in "
                        + folder
                        + "\n  " + file + ":2 (entry 2): no 'image': every text needs the image it is about\n  " + file
                        + ":3 (entry 3): no 'caption'");
        assertThatThrownBy(() -> files.read(ImageTextTask.RETRIEVAL, "test"))
                .hasMessageContaining("has no test.json, test.jsonl or folder test of such files");
    }

    @Test
    void boxesLieInTheirImages() throws IOException {
        write(
                "train.json",
                """
                [{"image": "a.png", "text": "far", "bbox": [15, 2, 10, 4]},
                 {"image": "a.png", "text": "flat", "bbox": [1, 2, 0, 4]},
                 {"image": "a.png", "text": "none"},
                 {"image": "a.png", "text": "rounded", "bbox": [10, 5, 10.6, 5]}]
                """);
        assertThatThrownBy(() -> files.read(ImageTextTask.GROUNDING, "train"))
                .hasMessageContaining("3 entries")
                .hasMessageContaining(":1 (entry 1): box [15, 2, 10, 4] is outside its image of 20 x 10 pixels")
                .hasMessageContaining(":2 (entry 2): box [1, 2, 0, 4] has no area")
                .hasMessageContaining(":3 (entry 3): no box 'bbox': [x, y, width, height] in pixels");
        write(
                "val.jsonl",
                """
                {"image": "a.png", "caption": "fine"}
                {"image": "a.png", "elems": []}
                {"image": "a.png", "elems": [{"caption": "dog", "bb": [0, 0, 30, 5]}, {"caption": "cat"}]}
                """);
        assertThatThrownBy(() -> files.read(ImageTextTask.PRETRAIN, "val"))
                .hasMessageContaining("val.jsonl:2: 'elems' is empty")
                .hasMessageContaining("val.jsonl:3, elems[1]: no box 'bb'")
                .hasMessageContaining("val.jsonl:3: box [0, 0, 30, 5] is outside");
    }

    @Test
    void answersAreFromTheList() throws IOException {
        write("answer_list.json", "[\"red\", \"blue\"]");
        write(
                "train.json",
                """
                [{"image": "a.png", "question": "what?", "answer": ["red", "mauve"]},
                 {"image": "a.png", "question": "what?", "answer": "mauve"}]
                """);
        assertThatThrownBy(() -> files.read(ImageTextTask.VQA, "train"))
                .hasMessageEndingWith("train.json:2 (entry 2): answer 'mauve' is not in answer_list.json");
        write("test.json", "[{\"image\": \"a.png\", \"question\": \"what?\"}]");
        assertThatThrownBy(() -> files.read(ImageTextTask.VQA, "test")).hasMessageContaining("no 'answer'");
    }

    @Test
    void notJson() throws IOException {
        write("train.json", "[{\"image\": \"a.png\",\n \"caption\" \"x\"}]");
        assertThatThrownBy(() -> files.read(ImageTextTask.RETRIEVAL, "train"))
                .hasMessageContaining("train.json:2: not JSON");
    }
}
