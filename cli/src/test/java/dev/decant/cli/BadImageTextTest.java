package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users get wrong with images and texts about them, and with pruning: one line that says so, and exit code 2. */
class BadImageTextTest {

    private static final String STUDENT =
            """
            student:
              model: xvlm-small
              config: {image_res: 16, patch_size: 8, vision_width: 16, vision_layers: 2, vision_heads: 2, local_depth: 1,
                text_layers: 1, cross_layers: 1, hidden_size: 16, heads: 2, intermediate_size: 32, embed_dim: 8}
            precision: fp32
            """;
    private static final String FINETUNE = "stages: [{finetune: {epochs: 1, batch-size: 2, optimizer: adamw}}]\n";

    /** A network that was pruned once, and is copied before it is harmed. */
    @TempDir
    static Path made;

    @TempDir
    Path folder;

    @BeforeAll
    static void prunes() throws IOException {
        Path recipe = Files.writeString(
                made.resolve("recipe.yaml"),
                "data: {type: shapes-image-text, task: retrieval, size: 16, train: 4, test: 2, texts: 1, workers: 1}\n"
                        + STUDENT + "stages: [{prune: {sparsity: 0.4}}]\n");
        CommandLineRun run = CommandLineRun.of("run", recipe.toString(), "--out", made + "/run", "--json");
        assertThat(run.code()).as(run.err()).isZero();
    }

    @BeforeEach
    void pictures() throws IOException {
        for (String name : new String[] {"a.png", "b.png"}) {
            ImageIO.write(
                    new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB),
                    "png",
                    folder.resolve(name).toFile());
        }
        Files.copy(made.resolve("run/model/tokenizer.json"), folder.resolve("tokenizer.json"));
    }

    /** Runs a task on what every split says. */
    private CommandLineRun run(String task, String more, String entries) throws IOException {
        for (String split : new String[] {"train", "val", "test"}) {
            Files.writeString(folder.resolve(split + ".json"), entries);
        }
        Path recipe = Files.writeString(
                folder.resolve("recipe.yaml"),
                "data: {type: image-text, task: " + task + ", path: '" + folder + "', tokenizer: '" + folder
                        + "/tokenizer.json', workers: 1" + more + "}\n" + STUDENT + FINETUNE);
        CommandLineRun run = CommandLineRun.of("run", recipe.toString(), "--out", folder + "/run");
        assertThat(folder.resolve("run")).doesNotExist();
        return run;
    }

    private static String caption(String image, String text) {
        return "{\"image\": \"" + image + "\", \"caption\": \"" + text + "\"}";
    }

    @Test
    void captionsNeedTheirImages() throws IOException {
        String right = caption("a.png", "a red circle");
        run("retrieval", "", "[" + right + ", " + caption("c.png", "a blue circle") + "]")
                .isRefused(2, "train.json:1 (entry 2): image 'c.png' is not in " + folder);
        run("retrieval", "", "[" + right + ", {\"caption\": \"a blue circle\"}]")
                .isRefused(2, "(entry 2): no 'image': every text needs the image it is about");
    }

    private static String phrase(String box) {
        return "[{\"image\": \"a.png\", \"text\": \"a red circle\", \"bbox\": " + box + "}]";
    }

    @Test
    void boxesLieInTheirImagesAndHaveAnArea() throws IOException {
        run("grounding", "", phrase("[15, 2, 10, 4]"))
                .isRefused(2, "box [15, 2, 10, 4] is outside its image of 20 x 10 pixels");
        run("grounding", "", phrase("[1, 2, 0, 4]")).isRefused(2, "box [1, 2, 0, 4] has no area");
        run("grounding", "", phrase("[1, 2]")).isRefused(2, "no box 'bbox': [x, y, width, height] in pixels");
    }

    @Test
    void batchesOfRegionsNeedBoxes() throws IOException {
        String captions = "[" + caption("a.png", "a red circle") + ", " + caption("b.png", "a blue circle") + "]";
        run("pretrain", ", regions: {share: 0.5}", captions)
                .isRefused(2, "data.regions.share is 0.5, but no training entry has regions", "'elems'");
        run("pretrain", "", "[" + caption("a.png", "a red circle") + ", {\"image\": \"b.png\", \"elems\": []}]")
                .isRefused(2, "'elems' is empty: an entry of regions needs boxes");
    }

    @Test
    void answersAreThoseOfTheList() throws IOException {
        String asked = "{\"image\": \"a.png\", \"question\": \"what color is the circle\", \"answer\": [\"%s\"]}";
        Files.writeString(folder.resolve("answer_list.json"), "[\"red\", \"blue\"]");
        run("vqa", "", "[" + asked.formatted("mauve") + "]").isRefused(2, "answer 'mauve' is not in answer_list.json");
        Files.writeString(folder.resolve("answer_list.json"), "[\"red\", \"xylophone\"]");
        run("vqa", "", "[" + asked.formatted("red") + ", " + asked.formatted("red") + "]")
                .isRefused(2, "does not know the answers [xylophone] (1 of 2)");
    }

    @Test
    void tellingPairsApartNeedsTwoImages() throws IOException {
        run("retrieval", "", "[" + caption("a.png", "a red circle") + ", " + caption("a.png", "a large circle") + "]")
                .isRefused(2, "telling pairs apart needs texts about two images in each batch, found 1");
    }

    private CommandLineRun shapes(String stages) throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("recipe.yaml"),
                "data: {type: shapes-image-text, task: nlvr, size: 16, train: 4, test: 2, texts: 1, workers: 1}\n"
                        + STUDENT + "stages:\n" + stages);
        return CommandLineRun.of("run", recipe.toString(), "--out", folder + "/run");
    }

    @Test
    void whatCanGoIsSaid() throws IOException {
        shapes("  - finetune: {epochs: 2, batch-size: 2, prune: {target: {sparsity: 0.99}}}\n")
                .isRefused(2, "prune.target: sparsity 0.99 cannot be reached", "at most 0.", " can go");
        shapes("  - finetune: {epochs: 2, batch-size: 2, prune: {target: {modalities: {vision: 0.99}}}}\n")
                .isRefused(2, "sparsity 0.99 of 'vision' cannot be reached", " can go");
        shapes("  - prune: {modalities: {text: 0.99}}\n").isRefused(2, "cannot be reached", " can go");
        shapes("  - prune: {modalities: {audio: 0.5}}\n")
                .isRefused(2, "has no modality 'audio'; it has cross, text, vision");
        shapes("  - analyze: {kind: importance, importance: {sparsities: [0.99]}}\n")
                .isRefused(2, "sparsity 0.99 cannot be reached", " can go");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void aPrunedFolderIsOfOnePiece() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        for (String file : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
            Files.copy(made.resolve("run/model").resolve(file), model.resolve(file));
        }
        String[] eval = {
            "eval",
            model.toString(),
            "--data",
            "{type: shapes-image-text, task: retrieval, size: 16, train: 4, test: 2}"
        };
        assertThat(CommandLineRun.of(eval).code()).isZero();
        eval[3] = eval[3].replace("retrieval", "nlvr");
        CommandLineRun.of(eval).isRefused(2, "is built for task 'retrieval', the data is for 'nlvr'", "new-head: true");

        eval[3] = eval[3].replace("nlvr", "retrieval");
        ObjectMapper json = new ObjectMapper();
        Path file = model.resolve("config.json");
        ObjectNode config = (ObjectNode) json.readTree(file.toFile());
        ObjectNode args = (ObjectNode) config.path("model_args");
        ObjectNode pruned = (ObjectNode) args.path("pruned");
        String gate = "text_encoder.encoder.layer.0.intermediate.neurons";
        assertThat(pruned.fieldNames()).toIterable().contains(gate);
        pruned.put(gate, pruned.path(gate).asInt() + 1);
        json.writeValue(file.toFile(), config);
        CommandLineRun.of(eval).isRefused(2, "text_encoder.encoder.layer.0.intermediate");
        pruned.put(gate, 1000);
        json.writeValue(file.toFile(), config);
        CommandLineRun.of(eval).isRefused(2, gate, "1000");
        args.remove("pruned");
        json.writeValue(file.toFile(), config);
        CommandLineRun.of(eval).isRefused(2, "model.safetensors");
    }
}
