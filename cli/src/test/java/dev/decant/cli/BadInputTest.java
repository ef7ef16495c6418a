package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users get wrong, and what they then read: one line that says what is wrong and what to do, and exit code 2. */
class BadInputTest {

    private static final String SHAPES = "{type: shapes, size: 16, train: 32, test: 16, labels: color, workers: 1}";
    private static final String NET = "img_size: 16, blocks: 1, channels: [4, 8, 8]";

    private static final String RECIPE =
            """
            data: %s
            teacher: {model: resnet20_cifar, config: {%s}, train: {epochs: 1, batch-size: 16}}
            student: {model: resnet20_cifar, config: {%s}}
            stages:
              - distill: {epochs: 1, batch-size: 16, terms: [{type: cross-entropy}, {type: kd}]}
              - analyze: {batch-size: 8, batches: 1}
            precision: fp32
            """
                    .formatted(SHAPES, NET, NET);

    @TempDir
    Path folder;

    private Path recipe = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void writesARecipe() throws IOException {
        recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
        out = folder.resolve("out");
    }

    private CommandLineRun run(String... more) {
        List<String> args = new ArrayList<>(List.of("run", recipe.toString(), "--out", out.toString()));
        args.addAll(List.of(more));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    private CommandLineRun runWith(String... sets) {
        List<String> more = new ArrayList<>();
        for (String set : sets) {
            more.addAll(List.of("--set", set));
        }
        CommandLineRun run = run(more.toArray(String[]::new));
        assertThat(out).doesNotExist();
        return run;
    }

    private static CommandLineRun eval(Path weights) {
        return CommandLineRun.of(
                "eval",
                "resnet20_cifar",
                "--set",
                "model.img_size=16",
                "--set",
                "model.blocks=1",
                "--set",
                "model.channels=[4, 8, 8]",
                "--data",
                SHAPES,
                "--weights",
                weights.toString());
    }

    // ---- paths

    @Test
    void aRecipeThatIsNotThere() {
        CommandLineRun.of("run", folder + "/no.yaml", "--out", out.toString()).isRefused(2, "no.yaml: no such file");
        CommandLineRun.of("run", folder.toString(), "--out", out.toString())
                .isRefused(2, "is a folder, expected a YAML file");
        CommandLineRun.of("recipe", "check", folder + "/no.yaml").isRefused(2, "no such file");
        CommandLineRun.of("sweep", folder + "/no.yaml").isRefused(2, "no such file");
        assertThat(out).doesNotExist();
    }

    @Test
    void allModelsThatAreNotThereBeforeTheTextsThatNeedTheirTokenizer() {
        runWith(
                        "data={type: glue, path: " + folder + "/nowhere, task: sst-2}",
                        "teacher={model: runs/big}",
                        "student={model: runs/small, weights: " + folder + "/w.safetensors}")
                .isRefused(
                        2,
                        "student.model 'runs/small': no such folder",
                        "student.weights '" + folder + "/w.safetensors': no such file",
                        "teacher.model 'runs/big': no such folder",
                        "the catalogue has");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cifar10", "cifar100", "image-folder", "image-list"})
    void dataThatIsNotThere(String type) {
        runWith("data={type: " + type + ", path: " + folder + "/nowhere}").isRefused(2, "nowhere");
        CommandLineRun.of(
                        "eval",
                        "resnet20_cifar",
                        "--weights",
                        recipe.toString(),
                        "--data",
                        "{type: " + type + ", path: " + folder + "/nowhere}")
                .isRefused(2, "nowhere");
    }

    @Test
    void aModelOrARunThatIsNotThere() {
        CommandLineRun.of("eval", folder + "/nowhere", "--data", SHAPES).isRefused(2, "nowhere");
        CommandLineRun.of("bench", folder + "/nowhere").isRefused(2, "nowhere");
        CommandLineRun.of("report", folder + "/nowhere").isRefused(2, "not a run folder");
        CommandLineRun.of("report", folder.toString()).isRefused(2, "not a run folder");
        eval(folder.resolve("nowhere.safetensors")).isRefused(2, "nowhere.safetensors: does not exist");
        eval(folder.resolve("nowhere.pth")).isRefused(2, "nowhere.pth: does not exist");
        eval(folder).isRefused(2, folder.toString());
    }

    @Test
    void anOutputFolderThatCannotBe() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        CommandLineRun.of("run", recipe.toString(), "--out", file.toString())
                .isRefused(2, "is a file, expected a folder");
        CommandLineRun.of("run", recipe.toString(), "--out", file + "/run")
                .isRefused(1, "cannot make the run folder " + file + "/run");
        CommandLineRun.of("sweep", sweep().toString(), "--out", file + "/sweep").isRefused(1, file + "/sweep");
    }

    @Test
    void aSweepIsCheckedRunByRunAndIsNoRecipe() throws IOException {
        Path sweep = folder.resolve("many.yaml");
        Files.writeString(
                folder.resolve("one.yaml"),
                "data: " + SHAPES + "\nstudent: {model: resnet20_cifar}\nstages: [evaluate]\n");
        Files.writeString(sweep, "recipe: one.yaml\nruns: [{name: a}, {name: b, set: {seeds: [4]}}]\n");
        CommandLineRun fine = CommandLineRun.of("recipe", "check", sweep.toString());
        assertThat(fine.out()).isEqualTo(sweep + ": 2 runs, no mistakes\n");
        assertThat(fine.code()).isZero();
        CommandLineRun.of("run", sweep.toString(), "--out", out.toString())
                .isRefused(2, sweep + ": is a sweep, which varies a recipe: decant sweep " + sweep);
        Files.writeString(sweep, "recipe: one.yaml\nruns: [{name: a}, {name: b, set: {sedes: [4]}}]\n");
        CommandLineRun.of("recipe", "check", sweep.toString()).isRefused(2, "sedes", "seeds");
        Files.writeString(
                sweep, "recipe: one.yaml\nruns: [{name: a, set: {sedes: [4]}}, {name: b, set: {stagse: []}}]\n");
        assertThat(CommandLineRun.of("recipe", "check", sweep.toString()).err()).contains("sedes", "stagse");
    }

    private Path sweep() throws IOException {
        return Files.writeString(folder.resolve("sweep.yaml"), "recipe: recipe.yaml\nseeds: [1]\nruns: [{name: a}]\n");
    }

    @Test
    void anOutputFolderThatHoldsSomething() throws IOException {
        Files.createDirectories(out);
        Files.writeString(out.resolve("thesis.tex"), "");
        run().isRefused(2, out + ": already holds files");
        run("--resume").isRefused(2, out + ": already holds files");
        assertThat(out.toFile().list()).containsExactly("thesis.tex");
    }

    @Test
    void anOutputFolderThatHoldsARun() {
        CommandLineRun first = run("--json");
        assertThat(first.code()).isZero();
        assertThat(first.out()).startsWith("{").contains("\"stages\"");
        run().isRefused(2, out + ": already holds a run; go on with it by --resume");
        run("--resume", "--seed", "9").isRefused(2, out + ": holds a run of another recipe");
        assertThat(run("--resume").code()).isZero();
        assertThat(run("--resume", "--set", "require={accuracy: \">= 101\"}").code())
                .isEqualTo(2);
    }

    // ---- recipes

    @Test
    void allMistakesOfARecipeAtOnce() throws IOException {
        Files.writeString(
                recipe,
                RECIPE.replace("epochs: 1, batch-size: 16, terms", "epoch: 1, batch-size: 0, terms")
                        .replace("{type: kd}", "{type: kdd}"));
        CommandLineRun run = run();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("recipe.yaml:5:15 ", "unknown key 'epoch'; did you mean 'epochs'?", "did you mean 'kd'?")
                .doesNotContain("\tat ", "Exception");
        assertThat(run.err().lines().count()).isBetween(3L, 5L);
        assertThat(out).doesNotExist();
    }

    @Test
    void aBombOfAnchors() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n"
                    .formatted(i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1));
        }
        Files.writeString(recipe, bomb);
        run().isRefused(2, "more than 20000 values once aliases are followed");
        Files.writeString(recipe, "[".repeat(100_000));
        run().isRefused(2, "nested deeper than 32 levels");
        Files.writeString(recipe, "data: !!javax.script.ScriptEngineManager []\n");
        run().isRefused(2, "tags (!...) mean nothing in a recipe");
        Files.write(recipe, new byte[2_000_000]);
        run().isRefused(2, "too many for a recipe");
        Files.writeString(recipe, "");
        run().isRefused(2, "is empty");
    }

    @Test
    void valuesThatDoNotFitTogether() {
        runWith("teacher={model: resnet20_cifar}").isRefused(2, "teacher 'teacher' has neither weights nor training");
        runWith("teacher.config.img_size=32").isRefused(2, "wants images of 32 px, the student of 16 px");
        runWith("student.config.num_classes=3").isRefused(2, "has 3 classes, the data has 8");
        runWith("student.model=resnet20_cifra").isRefused(2, "resnet20_cifra", "resnet20_cifar");
        runWith("student.config.blokcs=1").isRefused(2, "blokcs", "blocks");
        runWith("student.config.channels=[4, 2]").isRefused(2, "channels");
        runWith("stages.analyze={kind: attention}").isRefused(2, "resnet20_cifar is not a stack of transformer layers");
        runWith("stages.analyze.student-taps=[layer9]").isRefused(2, "no tap 'layer9'", "layer1");
        runWith("stages.distill.batch-size=64").isRefused(2, "batch-size 64", "32 training images");
        runWith("teacher.name=../../x").isRefused(2, "must not contain a slash");
        runWith("name=../x").isRefused(2, "must not contain a slash");
    }

    @Test
    void aGpuThatIsNotThere() {
        org.junit.jupiter.api.Assumptions.assumeFalse(dev.decant.tensor.Engine.cudaIsAvailable(), "there is a GPU");
        run("--device", "cuda").isRefused(2, "device 'cuda': no CUDA device here; use cpu");
        run("--device", "tpu").isRefused(2, "must be cpu, cuda or cuda:<number>");
        assertThat(out).doesNotExist();
    }

    // ---- usage

    @ParameterizedTest
    @CsvSource({
        "'', Missing required subcommand",
        "fly, Unmatched argument",
        "run, Missing required parameter",
        "run r.yaml --outt x, Unknown option",
        "run r.yaml --seed one, Invalid value",
        "eval resnet18, Missing required option",
        "analyze, Missing required subcommand",
        "recipe, Missing required subcommand",
        "eval resnet18 --data {} --split tset, Invalid value",
    })
    void wrongUsage(String line, String message) {
        CommandLineRun run = CommandLineRun.of(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(message).doesNotContain("\tat ", "Exception");
    }

    @Test
    void modelsWithoutWeightsAndNumbersOutOfRange() {
        CommandLineRun.of("eval", "resnet20_cifar", "--data", SHAPES)
                .isRefused(2, "model 'resnet20_cifar' has no weights; give --weights FILE, or a model folder");
        CommandLineRun.of("eval", "runs/nowhere/model", "--data", SHAPES)
                .isRefused(2, "no model 'runs/nowhere/model'; the catalogue has ");
        CommandLineRun.of("analyze", "cka", "resnet18", "resnet18", "--data", SHAPES, "--batch", "2")
                .isRefused(2, "batch-size: must be at least 4, got 2");
        CommandLineRun.of("analyze", "cka", "resnet18", "resnet18", "--data", SHAPES, "--batches", "0")
                .isRefused(2, "batches: must be at least 1, got 0");
        CommandLineRun.of("analyze", "attention", "t", "s", "--data", SHAPES, "--top-k", "0")
                .isRefused(2, "top-k: must be at least 1, got 0");
        CommandLineRun.of("analyze", "hessian", "resnet20_cifar", "--data", SHAPES)
                .isRefused(2, "model 'resnet20_cifar' has no weights");
        CommandLineRun.of("analyze", "hessian", "resnet20_cifar", "--data", SHAPES, "--options", "{topp: 1}")
                .isRefused(2, "topp", "top");
        CommandLineRun.of("eval", "resnet18", "--data", "{type: cifra10}").isRefused(2, "cifra10", "cifar10");
        CommandLineRun.of("inspect", "resnet1").isRefused(2, "no model 'resnet1'");
        CommandLineRun.of("inspect", "resnet18", "--set", "model.depht=3").isRefused(2, "depht");
        CommandLineRun.of("inspect", "resnet18", "--set", "model.num_classes=-3")
                .isRefused(2, "num_classes");
        CommandLineRun.of("inspect", "vit_small_patch16_224", "--set", "model.img_size=0")
                .isRefused(2, "img_size");
        CommandLineRun.of("inspect", "vit_small_patch16_224", "--set", "model.num_heads=7")
                .isRefused(2, "7");
    }

    // ---- images

    private String images(String policy, boolean truncated) throws IOException {
        for (String split : List.of("train", "test")) {
            for (int i = 0; i < 16; i++) {
                Path file = folder.resolve("images/" + split + "/" + (i % 2 == 0 ? "cat" : "dog") + "/" + i + ".png");
                Files.createDirectories(file.getParent());
                BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
                for (int p = 0; p < 256; p++) {
                    image.setRGB(p % 16, p / 16, (p * 7919 + i) << 4);
                }
                ImageIO.write(image, "png", file.toFile());
            }
        }
        if (truncated) {
            Path broken = folder.resolve("images/train/dog/7.png");
            byte[] bytes = Files.readAllBytes(broken);
            Files.write(broken, Arrays.copyOf(bytes, bytes.length / 2));
        }
        return "data={type: image-folder, path: '" + folder.resolve("images") + "', workers: 1, unreadable: " + policy
                + "}";
    }

    @Test
    void aTruncatedImageIsAnErrorUnlessItMayBeSkipped() throws IOException {
        CommandLineRun stopped = run(
                "--set",
                images("error", true),
                "--set",
                "stages.distill.batch-size=8",
                "--set",
                "teacher.train.batch-size=8");
        stopped.isRefused(2, "dog" + java.io.File.separator + "7.png");

        CommandLineRun skipped = CommandLineRun.of(
                "run",
                recipe.toString(),
                "--out",
                folder.resolve("second").toString(),
                "--json",
                "--set",
                images("skip", true),
                "--set",
                "stages.distill.batch-size=8",
                "--set",
                "teacher.train.batch-size=8");
        assertThat(skipped.code()).as(skipped.err()).isZero();
        assertThat(skipped.err()).contains("7.png", "1 of 16 images are unreadable and skipped");
        assertThat(skipped.out()).contains("1 unreadable images are left out, as the recipe says");
    }

    // ---- weights

    private static ImageClassifier net(int classes) {
        return Catalogue.classifier(
                "resnet20_cifar",
                Map.of("num_classes", classes, "img_size", 16, "blocks", 1, "channels", List.of(4, 8, 8)));
    }

    private Path stored(ImageClassifier model) {
        Path file = folder.resolve("model.safetensors");
        Safetensors.writeTensors(file, model.state(), Map.of());
        return file;
    }

    @Test
    void weightsThatFitAreTaken() {
        assertThat(eval(stored(net(8))).code()).isZero();
    }

    @Test
    void weightsOfAnotherModelGiveOneReport() {
        eval(stored(net(5)))
                .isRefused(2, "weights of another model", "linear.weight", "linear.bias", "expected", "found");
        eval(stored(Catalogue.classifier("mobilenetv2_100", Map.of("num_classes", 8))))
                .isRefused(2, "weights of another model", "missing", "unexpected");
    }

    @Test
    void weightsThatAreNoNumbers() {
        ImageClassifier model = net(8);
        try (NoGrad quiet = NoGrad.open()) {
            Tensor weight = model.parameters().get("linear.weight");
            weight.fillInPlace(Double.NaN);
        }
        eval(stored(model)).isRefused(2, "broken weights", "linear.weight");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[400],\"data_offsets\":[0,1600]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,4],\"data_offsets\":[0,24]}}",
                "{\"a\":",
                "[]",
            })
    void safetensorsHeadersThatLie(String header) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + 24).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        Path lying = Files.write(folder.resolve("lying.safetensors"), file.array());
        eval(lying).isRefused(2, lying.toString());
        file.putLong(0, Long.MAX_VALUE);
        Files.write(lying, file.array());
        eval(lying).isRefused(2, lying.toString());
    }

    @Test
    void aPthThatCarriesCode() throws IOException {
        Path proof = folder.resolve("was-executed");
        String code = "\u0080\u0002cposix\nsystem\nX" + "%c\0\0\0".formatted((char) ("touch " + proof).length())
                + "touch " + proof + "\u0085R.";
        byte[] pickle = code.getBytes(StandardCharsets.ISO_8859_1);
        Path zipped = folder.resolve("zipped.pth");
        try (OutputStream file = Files.newOutputStream(zipped);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            ZipEntry entry = new ZipEntry("archive/data.pkl");
            CRC32 sum = new CRC32();
            sum.update(pickle);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(pickle.length);
            entry.setCrc(sum.getValue());
            zip.putNextEntry(entry);
            zip.write(pickle);
        }
        eval(zipped).isRefused(2, zipped.toString(), "posix");
        Path bare = Files.write(folder.resolve("bare.pth"), pickle);
        eval(bare).isRefused(2, bare.toString());
        assertThat(proof).doesNotExist();
    }

    @Test
    void modelFoldersThatAreBroken() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        CommandLineRun.of("inspect", model.toString()).isRefused(2, "config.json");
        Files.writeString(model.resolve("config.json"), "{\"architecture\": \"resnet20_cifar\"}");
        CommandLineRun.of("inspect", model.toString()).isRefused(2, "no weights");
        Safetensors.writeTensors(model.resolve("model.safetensors"), net(8).state(), Map.of());
        CommandLineRun.of("inspect", model.toString()).isRefused(2, "weights of another model");
        Files.writeString(model.resolve("config.json"), "{\"architecture\": 7}");
        CommandLineRun.of("inspect", model.toString()).isRefused(2, "neither 'architecture'");
        Files.writeString(model.resolve("config.json"), "{");
        CommandLineRun.of("inspect", model.toString()).isRefused(2, "not valid JSON");
    }
}
