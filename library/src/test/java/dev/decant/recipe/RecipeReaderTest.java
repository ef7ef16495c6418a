package dev.decant.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeReaderTest {

    private static final String MINIMAL =
            """
            data: {type: cifar10, path: P}
            teacher: {model: resnet56_cifar}
            student: {model: resnet20_cifar}
            stages:
              - distill:
                  epochs: 2
                  terms: [cross-entropy, kd]
            """;

    @TempDir
    private Path folder;

    static Path example(String name) {
        return Path.of("src/test/resources/recipe", name);
    }

    private static List<String> mistakes(String yaml, String... sets) {
        RecipeException e =
                catchThrowableOfType(RecipeException.class, () -> RecipeReader.readText("r.yaml", yaml, List.of(sets)));
        assertThat(e).as("no mistake found").isNotNull();
        return e.getMessage().lines().toList();
    }

    private static Recipe with(String... sets) {
        return RecipeReader.readText("r.yaml", MINIMAL, List.of(sets));
    }

    @Test
    void reportsAllMistakesAtOnceWithTheirPlaces() {
        String yaml =
                """
                data: {type: cifar10, path: P}
                teacher: {model: resnet56_cifar}
                student: {modle: resnet20_cifar}
                seeds: [one]
                stages:
                  - distill:
                      epochs: 2
                      terms:
                        - {type: cross-entropy, smothing: 0.1}
                        - {type: kdd}
                        - {type: ofa, temperature: 0, eps: [1, 2]}
                """;
        assertThat(mistakes(yaml))
                .containsExactly(
                        "r.yaml:3:11 recipe.student: unknown key 'modle'; did you mean 'model'?",
                        "r.yaml:3:10 recipe.student: missing key 'model'",
                        "r.yaml:4:9 recipe.seeds[0]: expected a whole number, got 'one'",
                        "r.yaml:9:33 recipe.stages[0].distill.terms[0]: unknown key 'smothing'; did you mean 'smoothing'?",
                        "r.yaml:10:18 recipe.stages[0].distill.terms[1].type: unknown type 'kdd'; did you mean 'kd'?",
                        "r.yaml:11:44 recipe.stages[0].distill.terms[2].eps: must be one number or 5 (one for each of the 4"
                                + " stages, the last for the logits), got [1.0, 2.0]",
                        "r.yaml:11:36 recipe.stages[0].distill.terms[2].temperature: must be greater than 0, got 0");
    }

    @Test
    void readsTheExampleIntoRecords() {
        Recipe recipe = RecipeReader.read(example("ofa.yaml"), List.of());

        assertThat(recipe.name()).isEqualTo("ofa");
        assertThat(recipe.data()).isInstanceOf(DataSpec.Cifar100.class);
        assertThat(((DataSpec.OfImages) recipe.data()).options().augment())
                .containsExactly(new AugmentSpec.RandomCrop(4), new AugmentSpec.Flip(0.5));
        assertThat(recipe.teachers())
                .containsExactly(new TeacherSpec(
                        "teacher",
                        new ModelSpec(
                                "vit_small_patch16_224",
                                Map.of("img_size", 32L, "patch_size", 4L),
                                Optional.of("teacher/model.safetensors")),
                        Optional.empty()));
        StageSpec.Distill distill = (StageSpec.Distill) recipe.stages().get(0);
        assertThat(distill.training().epochs()).isEqualTo(60);
        assertThat(distill.training().optimizer()).isEqualTo(new OptimizerSpec.Sgd(0.05, 0.9, true, 5e-4));
        assertThat(distill.terms().get(1))
                .isEqualTo(TermSpec.of(new LogitLoss.Ofa(new Eps.Fixed(List.of(1.2)), List.of(1, 2, 3, 4), 1, 1, 1)));
        assertThat(recipe.require().bounds())
                .containsOnlyKeys("accuracy-drop", "size-ratio")
                .containsEntry("accuracy-drop", new Bound(Bound.Comparison.AT_MOST, 1));
    }

    @Test
    void readsEveryKindOfTermAndKeepsTypesInModelArguments() {
        Recipe recipe = RecipeReader.read(example("teachers.yaml"), List.of());

        assertThat(recipe.student().config())
                .isEqualTo(Map.of(
                        "img_size",
                        64L,
                        "patch_size",
                        8L,
                        "drop_rate",
                        0.1,
                        "class_token",
                        true,
                        "widths",
                        List.of(1L, 2L),
                        "note",
                        "3",
                        "odd",
                        "~"));
        StageSpec.Distill distill = (StageSpec.Distill) recipe.stages().get(1);
        assertThat(distill.terms()).hasSize(10);
        assertThat(recipe.stages().get(4)).isInstanceOf(StageSpec.Export.class);
        assertThat(distill.training().schedule())
                .isEqualTo(new ScheduleSpec.Step(3, 0.1, 0, 1e-6, ScheduleSpec.Per.STEP));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ofa.yaml", "teachers.yaml"})
    void explanationReadsBackToTheSameRecipe(String name) {
        Recipe recipe = RecipeReader.read(example(name), List.of());
        String explained = RecipeText.explain(recipe);
        assertThat(RecipeReader.readText("resolved", explained, List.of())).isEqualTo(recipe);
        assertThat(explained).contains("checkpoint-every: 1").contains("image-size:");
    }

    @Test
    void readsDataInFlowStyleAndWritesItBack() {
        DataSpec data = RecipeReader.readData("{type: cifar10, path: P}");
        assertThat(((DataSpec.Cifar10) data).path()).isEqualTo("P");
        assertThat(RecipeReader.readData(RecipeText.explain(data))).isEqualTo(data);
        assertThat(RecipeReader.readData("shapes")).isInstanceOf(DataSpec.Shapes.class);
        assertThatThrownBy(() -> RecipeReader.readData("{type: cifar, path: P}"))
                .isInstanceOf(RecipeException.class)
                .hasMessage("--data:1:8 data.type: unknown type 'cifar'; did you mean 'cifar10'?");
    }

    private static String mistake(String stage) {
        String yaml = "data: shapes\nteacher: {model: T}\nstudent: {model: S}\nstages:\n  - " + stage + "\n";
        return catchThrowableOfType(RecipeException.class, () -> RecipeReader.readText("r.yaml", yaml, List.of()))
                .getMessage();
    }

    @Test
    void aKeyOfAnotherKindIsNamedWithItsOwner() {
        assertThat(mistake("analyze: {kind: hessian, top-k: 9}"))
                .isEqualTo(
                        "r.yaml:5:30 recipe.stages[0].analyze: 'top-k' is a key of attention, not of hessian, which has"
                                + " with, batch-size, examples, hessian");
        assertThat(mistake("analyze: {examples: 9}"))
                .contains("'examples' is a key of attention, hessian, not of cka, which has with, student-taps");
        assertThat(mistake("distill: {epochs: 1, terms: [{type: kd, gamma: 2}]}"))
                .contains(
                        "terms[0]: 'gamma' is a key of dist, map-and-output, not of kd, which has temperature, weight,"
                                + " teacher");
        assertThat(mistake("export: {split: test}"))
                .contains("export: 'split' is a key of evaluate, not of export, which has formats");
    }

    @Test
    void aStudyIsChosenByItsKind() {
        assertThat(mistake("analyze: {kind: hesian}"))
                .contains("analyze.kind: unknown kind 'hesian'; did you mean 'hessian'?");
        assertThat(mistake("analyze: {kind: cka, batch-size: 2}"))
                .contains("r.yaml:5:38 recipe.stages[0].analyze.batch-size: must be at least 4, got 2");
        assertThat(with("stages.1={analyze: {kind: importance}}").stages().get(1))
                .isInstanceOfSatisfying(
                        StageSpec.Analyze.class, a -> assertThat(a.study()).isInstanceOf(StudySpec.Importance.class));
    }

    @Test
    void anOldNameIsToldTheNewOne() {
        assertThat(mistake("finetune: {epochs: 1, terms: [{type: writing}]}"))
                .isEqualTo("r.yaml:5:42 recipe.stages[0].finetune.terms[0].type: 'writing' is now called 'lm'");
        assertThat(mistake("finetune: {epochs: 1, terms: [writing]}"))
                .isEqualTo("r.yaml:5:35 recipe.stages[0].finetune.terms[0]: 'writing' is now called 'lm'");
        assertThat(mistake("finetune: {epochs: 1, terms: [{type: lm, given: 4}]}"))
                .isEqualTo("r.yaml:5:46 recipe.stages[0].finetune.terms[0]: 'given' is now called 'prefix-tokens'");
    }

    @Test
    void aLossOnTheDataAloneHasNoTeacher() {
        assertThat(mistake("distill: {epochs: 1, terms: [kd, {type: cross-entropy, teacher: teacher}]}"))
                .endsWith("terms[1].teacher: cross-entropy learns from the data alone; leave out 'teacher'");
        assertThat(mistake("distill: {epochs: 1, terms: [{type: kd, weight: -1}, {type: kd, temperature: 0}]}"))
                .contains("terms[0].weight: must be at least 0, got -1")
                .contains("terms[1].temperature: must be greater than 0, got 0");
    }

    @Test
    void readsModelsWithArguments() {
        assertThat(RecipeReader.readModel("vit_small", List.of("model.img-size=32", "model.num_classes=10")))
                .isEqualTo(new ModelSpec("vit_small", Map.of("img_size", 32L, "num_classes", 10L), Optional.empty()));
        assertThatThrownBy(() -> RecipeReader.readModel("vit_small", List.of("img_size=32")))
                .hasMessage("--set img_size=32: expected model.<argument>=value, as in model.img_size=32");
    }

    @Test
    void ofSeveralStagesOfOneKindTheSecondHasANumber() {
        String text =
                """
                data: shapes
                student: {model: resnet20_cifar}
                stages:
                  - finetune: {epochs: 1}
                  - evaluate
                  - finetune: {epochs: 2}
                  - finetune: {epochs: 3}
                """;
        Recipe recipe = RecipeReader.readText(
                "r.yaml",
                text,
                List.of("stages.finetune.epochs=4", "stages.finetune2.epochs=5", "stages.finetune3={epochs: 6}"));
        assertThat(recipe.stages().stream()
                        .filter(s -> s instanceof StageSpec.Finetune)
                        .map(s -> ((StageSpec.Finetune) s).training().epochs()))
                .containsExactly(4, 5, 6);
        assertThatThrownBy(() -> RecipeReader.readText("r.yaml", text, List.of("stages.finetune4.epochs=5")))
                .hasMessageContaining("--set stages.finetune4.epochs=5: unknown item 'finetune4'");
    }

    @Test
    void overridesReachMapsItemsAndMissingParts() {
        Recipe recipe = with(
                "stages.0.distill.epochs=3",
                "stages.distill.terms.kd.temperature=4",
                "stages.distill.terms.2={type: dkd, beta: 8}",
                "data.augment=[flip]",
                "data.augment.flip.probability=0.25",
                "student.config.img_size=32",
                "require.accuracy=>= 90",
                "student.weights=",
                "data.classes=~",
                "seeds=[7, 8]");
        StageSpec.Distill distill = (StageSpec.Distill) recipe.stages().get(0);
        assertThat(distill.training().epochs()).isEqualTo(3);
        assertThat(distill.terms().get(1)).isEqualTo(TermSpec.of(new LogitLoss.Kd(4)));
        assertThat(distill.terms().get(2)).isEqualTo(TermSpec.of(new LogitLoss.Dkd(1, 8, 1, 0)));
        assertThat(((DataSpec.OfImages) recipe.data()).options().augment()).containsExactly(new AugmentSpec.Flip(0.25));
        assertThat(recipe.student().config()).containsEntry("img_size", 32L);
        assertThat(recipe.require().accuracy()).contains(new Bound(Bound.Comparison.AT_LEAST, 90));
        assertThat(recipe.seeds()).containsExactly(7L, 8L);
    }

    @Test
    void overridesFailLikeKeysOfTheFile() {
        assertThat(mistakes(
                        MINIMAL,
                        "data.pth=x",
                        "stages.distil.epochs=1",
                        "stages.4.distill.epochs=1",
                        "stages.0.distill.epochs=many",
                        "epochs",
                        "data.workers={"))
                .containsExactly(
                        "--set stages.distil.epochs=1: unknown item 'distil'; did you mean 'distill'?",
                        "--set stages.4.distill.epochs=1: no item 4; the list has 1, counted from 0",
                        "--set epochs: expected path=value, as in stages.0.distill.epochs=3",
                        "--set data.workers={: not YAML: while parsing a flow node: expected the node content, but"
                                + " found '<stream end>'",
                        "--set data.pth=x: unknown key 'pth'; did you mean 'path'?",
                        "--set stages.0.distill.epochs=many: expected a whole number, got 'many'");
    }

    @Test
    void crossChecksPointAtTheTerm() {
        String teachers =
                MINIMAL.replace("teacher: {model: resnet56_cifar}", "teachers: [{model: a}, {name: vit, model: b}]");
        assertThat(mistakes(teachers))
                .containsExactly(
                        "r.yaml:7:30 recipe.stages[0].distill.terms[1]: there are several teachers; say which with"
                                + " 'teacher:' (teacher1, vit, average, confidence)");
        assertThat(mistakes(teachers.replace("kd]", "{type: kd, teacher: vitt}]")))
                .containsExactly(
                        "r.yaml:7:50 recipe.stages[0].distill.terms[1].teacher: unknown teacher 'vitt'; did you mean"
                                + " 'vit'?");
        assertThat(mistakes(teachers.replace("kd]", "{type: rkd, teacher: average}]")))
                .containsExactly(
                        "r.yaml:7:51 recipe.stages[0].distill.terms[1].teacher: compares features, which 'average'"
                                + " cannot join; name one teacher");
        assertThat(mistakes(MINIMAL.replace("teacher: {model: resnet56_cifar}\n", "")))
                .containsExactly("r.yaml:5:7 recipe.stages[0].distill: needs a teacher, and the recipe names none; add"
                        + " 'teacher:'");
        assertThat(mistakes(MINIMAL.replace("epochs: 2", "epochs: 0")))
                .containsExactly("r.yaml:6:15 recipe.stages[0].distill.epochs: must be at least 1, got 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5e-4", "0.0005", "5E-4", "+.0005"})
    void numbersMayBeWrittenInAnyUsualWay(String number) {
        Recipe recipe = with("stages.distill.optimizer={type: sgd, weight-decay: " + number + "}");
        assertThat(((StageSpec.Distill) recipe.stages().get(0))
                        .training()
                        .optimizer()
                        .weightDecay())
                .isEqualTo(5e-4);
    }

    @Test
    void namesWrongTypesAndMisplacedKeysAsTyped() {
        assertThat(
                        mistakes(
                                """
                        data: [cifar10]
                        student: resnet18
                        stages:
                          - distill:
                            epochs: 3
                          - finetune: {epochs: "3", batch-size: 3000000000, save: bst, optimizer: {lr: .nan}}
                          - evaluate: {}
                            split: test
                        name: x
                        name: y
                        device: gpu
                        """))
                .containsExactly(
                        "r.yaml:1:7 recipe.data: expected keys and values, got a list",
                        "r.yaml:2:10 recipe.student: expected keys and values, got 'resnet18'",
                        "r.yaml:4:5 recipe.stages[0]: expected one key (finetune, distill, quantize, prune, evaluate, export, analyze), got"
                                + " [distill, epochs]; keys of a stage are indented below its name",
                        "r.yaml:6:24 recipe.stages[1].finetune.epochs: expected a whole number, got the quoted text \"3\"",
                        "r.yaml:6:41 recipe.stages[1].finetune.batch-size: expected a whole number, got '3000000000'",
                        "r.yaml:6:75 recipe.stages[1].finetune.optimizer: missing key 'type', one of sgd, adamw, bert-adam, lamb",
                        "r.yaml:6:59 recipe.stages[1].finetune.save: unknown value 'bst'; did you mean 'best'?",
                        "r.yaml:7:5 recipe.stages[2]: expected one key (finetune, distill, quantize, prune, evaluate, export, analyze), got"
                                + " [evaluate, split]; keys of a stage are indented below its name",
                        "r.yaml:10:1 recipe: key 'name' is given twice");
    }

    @Test
    void refusesWhatIsNoRecipeInOneLine() throws IOException {
        assertThat(mistakes("")).containsExactly("r.yaml: is empty");
        assertThat(mistakes("# nothing\n")).containsExactly("r.yaml: is empty");
        assertThat(mistakes("- a\n- b\n")).containsExactly("r.yaml:1:1 recipe: expected keys and values, got a list");
        assertThat(mistakes("data:\n\ttype: x\n")).containsExactly("r.yaml:2:1: a tab cannot indent YAML; use spaces");
        assertThat(mistakes("data: {type: cifar10\n"))
                .singleElement()
                .asString()
                .startsWith("r.yaml:2:1: not YAML: while");
        assertThat(mistakes("a: 1\n---\nb: 2\n")).singleElement().asString().contains("not YAML: ");
        assertThat(mistakes("a: \u0001\n")).containsExactly("r.yaml: has a character that is no text (U+0001)");
        assertThat(mistakes("[".repeat(5000)))
                .containsExactly("r.yaml:1:32: nested deeper than 32 levels; too much for a recipe");
        assertThat(mistakes("a: &a [*a]")).containsExactly("r.yaml:1:8: alias *a stands inside what it repeats");
        assertThat(mistakes("a: !!java.io.File x"))
                .containsExactly("r.yaml:1:4: tags (!...) mean nothing in a recipe; leave them out");
        assertThat(mistakes("%YAML 3.0\n---\na")).singleElement().asString().startsWith("r.yaml: not YAML");
        assertThat(mistakes("a: *b")).singleElement().asString().contains("undefined alias");

        Path file = folder.resolve("bad.yaml");
        assertThatThrownBy(() -> RecipeReader.read(file, List.of())).hasMessage(file + ": no such file");
        assertThatThrownBy(() -> RecipeReader.read(folder, List.of()))
                .hasMessage(folder + ": is a folder, expected a YAML file");
        Files.write(file, "a: 1\nname: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> RecipeReader.read(file, List.of()))
                .hasMessage(file + ": is not UTF-8 text: byte 0xE9 in line 2; save it as UTF-8");
        Files.write(file, new byte[2_000_000]);
        assertThatThrownBy(() -> RecipeReader.read(file, List.of()))
                .hasMessage(file + ": has 2000000 bytes, too many for a recipe (at most 1048576)");
    }

    @Test
    void refusesAnAliasBombBeforeItGrows() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) {
            String below = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(10, below))));
        }
        assertThat(mistakes(bomb.toString()))
                .singleElement()
                .asString()
                .endsWith("more than 20000 values once aliases are followed; too much for a recipe");
    }

    @Test
    void anchorsMayShareAPart() {
        Recipe recipe = RecipeReader.readText(
                "r.yaml",
                """
                data: {type: shapes}
                student: {model: resnet20_cifar}
                stages:
                  - finetune: &t {epochs: 1}
                  - finetune: *t
                """,
                List.of("stages.1.finetune.epochs=2"));
        assertThat(recipe.stages())
                .extracting(s -> ((StageSpec.Finetune) s).training().epochs())
                .containsExactly(1, 2);
    }

    @Test
    void readsASweepIntoCases() throws IOException {
        Path file = folder.resolve("table.yaml");
        Files.writeString(
                file,
                """
                recipe: ofa.yaml
                runs:
                  - {name: none, set: {stages.distill.terms: [cross-entropy, {type: kd, weight: 0}]}}
                  - {name: kd, set: {stages.distill.terms.kd.temperature: 4}}
                grid: {student.model: [a, b]}
                seeds: [1, 2]
                """);
        SweepSpec sweep = RecipeReader.readSweep(file);
        assertThat(sweep.name()).isEqualTo("table");
        assertThat(sweep.cases())
                .extracting(SweepSpec.Case::name)
                .containsExactly("none,model=a", "none,model=b", "kd,model=a", "kd,model=b");
        assertThat(sweep.cases().get(0).sets())
                .containsExactly("stages.distill.terms=[cross-entropy, {type: kd, weight: 0}]", "student.model=a");
        Recipe recipe = with(sweep.cases().get(3).sets().toArray(String[]::new));
        assertThat(recipe.student().model()).isEqualTo("b");
    }
}
