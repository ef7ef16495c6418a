package dev.decant.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.recipe.internal.KebabCase;
import dev.decant.spec.GlueTask;
import dev.decant.spec.ImageTextTask;
import dev.decant.spec.Interpolation;
import dev.decant.spec.LmReduction;
import dev.decant.spec.LongText;
import dev.decant.spec.MalformedData;
import dev.decant.spec.ShapesLabels;
import dev.decant.spec.SparsitySpread;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pins every default: changing one is a decision, and shows here. */
class DefaultsTest {

    private static final Optional<String> ANY = Optional.empty();
    private static final DataOptions OPTIONS = new DataOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            DataOptions.Unreadable.ERROR,
            2,
            List.of(),
            new EvalSpec(EvalSpec.Resize.CENTER_CROP, Optional.empty(), Optional.empty()));
    private static final OptimizerSpec SGD = new OptimizerSpec.Sgd(0.05, 0.9, true, 5e-4);
    private static final ScheduleSpec COSINE = new ScheduleSpec.Cosine(0, 0, 1e-6, ScheduleSpec.Per.EPOCH);
    private static final TrainingSpec TRAINING = new TrainingSpec(
            7, 128, 256, SGD, COSINE, Optional.empty(), 1, Optional.empty(), Toggle.AUTO, 1, 50, 1, Optional.empty());
    private static final LossSpec CE = new LabelLoss.CrossEntropy(0);
    private static final LossSpec KD = new LogitLoss.Kd(1);

    private static final Layers ALL = new Layers.Every(1);

    /** Each kind in its shortest form, and what it reads as. */
    private static final Map<String, LossSpec> LOSSES = Map.ofEntries(
            Map.entry("cross-entropy", CE),
            Map.entry("kd", KD),
            Map.entry("ofa", new LogitLoss.Ofa(new Eps.Fixed(List.of(1.0)), List.of(1, 2, 3, 4), 1, 1, 1)),
            Map.entry("fitnet", new FeatureLoss.Fitnet(List.of(1, 2, 3, 4))),
            Map.entry("cc", new FeatureLoss.Cc(128)),
            Map.entry("rkd", new FeatureLoss.Rkd(25, 50)),
            Map.entry("crd", new FeatureLoss.Crd(128, 16384, 0.07, 0.5)),
            Map.entry("dkd", new LogitLoss.Dkd(1, 2, 1, 0)),
            Map.entry("dist", new LogitLoss.Dist(1, 1, 1)),
            Map.entry("hidden", new LayerLoss.Hidden(ALL, ANY, true, false)),
            Map.entry("attention-score", new LayerLoss.AttentionScore(ALL, ANY, false, false)),
            Map.entry("attention-map", new LayerLoss.AttentionMap(ALL, ANY, 1, false, false, false)),
            Map.entry("attention-output", new LayerLoss.AttentionOutput(ALL, ANY, false)),
            Map.entry("self-output", new LayerLoss.SelfOutput(ALL, ANY, false)),
            Map.entry("context", new LayerLoss.Context(ALL, ANY, false)),
            Map.entry("map-and-output", new LayerLoss.MapAndOutput(0.5, ALL, ANY, false)),
            Map.entry("itc", new ImageTextLoss.Itc()),
            Map.entry("itm", new ImageTextLoss.Itm()),
            Map.entry("mlm", new ImageTextLoss.Mlm()),
            Map.entry("box", new ImageTextLoss.Box(1, 1)),
            Map.entry("lm", new ImageTextLoss.Lm(0, 1, LmReduction.QUESTION)),
            Map.entry("itm-kd", new ImageTextLoss.ItmKd(1)),
            Map.entry("mlm-kd", new ImageTextLoss.MlmKd(1, false)),
            Map.entry(
                    "relations",
                    new LayerLoss.Relations(
                            List.of(
                                    LayerLoss.Relations.Of.QUERY,
                                    LayerLoss.Relations.Of.KEY,
                                    LayerLoss.Relations.Of.VALUE),
                            new Layers.Last(),
                            Optional.empty(),
                            Optional.empty(),
                            false)),
            Map.entry("token-scaled", new LogitLoss.TokenScaled(10)),
            Map.entry("logits-mse", new LogitLoss.LogitsMse()),
            Map.entry("squared-error", new LabelLoss.SquaredError()));

    private static final Map<String, AugmentSpec> AUGMENTS = Map.of(
            "random-crop", new AugmentSpec.RandomCrop(4),
            "random-resized-crop",
                    new AugmentSpec.RandomResizedCrop(new Pair(0.08, 1), new Pair(0.75, 1.3333), Interpolation.RANDOM),
            "flip", new AugmentSpec.Flip(0.5),
            "rand-augment", new AugmentSpec.RandAugment(2, 9, 0.5, true),
            "color-jitter", new AugmentSpec.ColorJitter(0.4, 0.4, 0.4),
            "random-erasing", new AugmentSpec.RandomErasing(0.25),
            "mixup", new AugmentSpec.Mixup(0.8),
            "cutmix", new AugmentSpec.Cutmix(1));

    private static final Map<String, OptimizerSpec> OPTIMIZERS = Map.of(
            "sgd", SGD,
            "adamw", new OptimizerSpec.Adamw(5e-4, new Pair(0.9, 0.999), 1e-8, 0.05),
            "bert-adam", new OptimizerSpec.BertAdam(2e-5, new Pair(0.9, 0.999), 1e-6, 0.01, 1),
            "lamb", new OptimizerSpec.Lamb(5e-3, new Pair(0.9, 0.999), 1e-6, 0.02));

    private static final Map<String, ScheduleSpec> SCHEDULES = Map.of(
            "cosine", COSINE,
            "step", new ScheduleSpec.Step(30, 0.1, 0, 1e-6, ScheduleSpec.Per.EPOCH),
            "linear", new ScheduleSpec.Linear(0, 0, 0, ScheduleSpec.Per.STEP),
            "constant", new ScheduleSpec.Constant(0, 1e-6, ScheduleSpec.Per.EPOCH));

    private static final StudySpec CKA = new StudySpec.Cka(ANY, List.of(), List.of(), 64, 20);

    private static final Map<String, StudySpec> STUDIES = Map.of(
            "cka", CKA,
            "attention", new StudySpec.Attention(ANY, 64, 5),
            "hessian", new StudySpec.Hessian(ANY, 64, 64, new HessianSpec(3, 16, 100, 1e-3, 0, 50, 1)),
            "importance",
                    new StudySpec.Importance(
                            64,
                            new ImportanceSpec(
                                    List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
                                    0,
                                    SparsitySpread.UNIFORM,
                                    Optional.empty())));

    private static final Map<String, StageSpec> STAGES = Map.of(
            "finetune: {epochs: 7}",
                    new StageSpec.Finetune(
                            TRAINING, List.of(), Optional.empty(), Optional.empty(), StageSpec.Save.LAST),
            "distill: {epochs: 7, terms: [kd]}",
                    new StageSpec.Distill(
                            TRAINING,
                            List.of(TermSpec.of(KD)),
                            StageSpec.Balance.OFF,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            true,
                            StageSpec.Save.LAST),
            "quantize",
                    new StageSpec.Quantize(new QuantizeSpec(
                            new QuantizeSpec.WeightSpec.Twn(QuantizeSpec.Group.TENSOR, 64, 2.5),
                            new QuantizeSpec.WeightSpec.Twn(QuantizeSpec.Group.ROW, 64, 2.5),
                            new QuantizeSpec.ActivationSpec.Symmetric(8, QuantizeSpec.Per.TOKEN, 2.5),
                            List.of(),
                            List.of())),
            "prune: {sparsity: 0.5}", new StageSpec.Prune(Optional.of(0.5), Map.of(), SparsitySpread.UNIFORM, 1),
            "evaluate", new StageSpec.Evaluate(Split.TEST),
            "export", new StageSpec.Export(List.of(StageSpec.Format.SAFETENSORS)),
            "analyze", new StageSpec.Analyze(CKA));

    private static final TextOptions TEXTS = new TextOptions(
            ANY, 128, LongText.TRUNCATE, MalformedData.ERROR, Optional.empty(), Optional.empty(), Optional.empty(), 8);

    private static ImageTextOptions both(ImageTextTask task) {
        return new ImageTextOptions(
                task,
                ANY,
                Optional.empty(),
                40,
                30,
                8,
                Optional.empty(),
                Optional.empty(),
                2,
                List.of(),
                new ImageTextOptions.RegionSpec(Optional.empty(), 5, 0.5),
                0.25,
                128,
                new ImageTextOptions.GenerationSpec("a picture of", 3, 20, 5));
    }

    private static final Map<String, DataSpec> DATA = Map.ofEntries(
            Map.entry("{type: cifar10, path: P}", new DataSpec.Cifar10("P", OPTIONS)),
            Map.entry("{type: cifar100, path: P}", new DataSpec.Cifar100("P", OPTIONS)),
            Map.entry("{type: image-folder, path: P}", new DataSpec.ImageFolder("P", OPTIONS)),
            Map.entry("{type: image-list, path: P}", new DataSpec.ImageList("P", OPTIONS)),
            Map.entry("shapes", new DataSpec.Shapes(32, 10_000, 2_000, 0.5, 0, ShapesLabels.SHAPE, OPTIONS)),
            Map.entry("{type: glue, path: P, task: sst-2}", new DataSpec.Glue("P", GlueTask.SST_2, TEXTS)),
            Map.entry(
                    "{type: text, path: P}",
                    new DataSpec.Text("P", "text", ANY, "label", DataSpec.Text.Kind.CLASS, Optional.empty(), TEXTS)),
            Map.entry("{type: masked-text, path: P}", new DataSpec.MaskedText("P", 0.15, false, false, TEXTS)),
            Map.entry("shapes-text", new DataSpec.ShapesText(10_000, 2_000, 4, true, 0, TEXTS)),
            Map.entry(
                    "{type: image-text, path: P, task: vqa}",
                    new DataSpec.ImageText("P", DataSpec.ImageText.Format.JSON, both(ImageTextTask.VQA))),
            Map.entry(
                    "{type: shapes-image-text, task: nlvr}",
                    new DataSpec.ShapesImageText(64, 10_000, 1_000, 3, 2, 0.2, 0, both(ImageTextTask.NLVR))));

    private static Recipe recipe(String stage) {
        String yaml = "data: shapes\nteacher: {model: T}\nstudent: {model: S}\nstages:\n  - " + stage + "\n";
        return RecipeReader.readText("r.yaml", yaml, List.of());
    }

    private static StageSpec.Distill distill(String keys) {
        return (StageSpec.Distill)
                recipe("distill: {epochs: 7, " + keys + "}").stages().get(0);
    }

    @Test
    void everyTermHasItsDefaults() {
        LOSSES.forEach((text, expected) -> assertThat(
                        distill("terms: [kd, " + text + "]").terms().get(1))
                .isEqualTo(new TermSpec(expected, 1, ANY)));
        assertThat(kinds(LOSSES.values().stream())).isEqualTo(permitted(LossSpec.class));
    }

    @Test
    void everyAugmentationHasItsDefaults() {
        AUGMENTS.forEach((text, expected) -> {
            DataSpec data = RecipeReader.readData("{type: shapes, augment: [" + text + "]}");
            assertThat(((DataSpec.OfImages) data).options().augment()).containsExactly(expected);
        });
        assertThat(kinds(AUGMENTS.values().stream())).isEqualTo(permitted(AugmentSpec.class));
    }

    @Test
    void everyOptimizerAndScheduleHasItsDefaults() {
        OPTIMIZERS.forEach((text, expected) -> assertThat(
                        distill("terms: [kd], optimizer: " + text).training().optimizer())
                .isEqualTo(expected));
        SCHEDULES.forEach((text, expected) -> assertThat(
                        distill("terms: [kd], schedule: " + text).training().schedule())
                .isEqualTo(expected));
        assertThat(kinds(OPTIMIZERS.values().stream())).isEqualTo(permitted(OptimizerSpec.class));
        assertThat(kinds(SCHEDULES.values().stream())).isEqualTo(permitted(ScheduleSpec.class));
    }

    @Test
    void everyStageHasItsDefaults() {
        STAGES.forEach(
                (text, expected) -> assertThat(recipe(text).stages()).as(text).containsExactly(expected));
        assertThat(kinds(STAGES.values().stream())).isEqualTo(permitted(StageSpec.class));
    }

    @Test
    void everyStudyHasItsDefaults() {
        STUDIES.forEach((kind, expected) -> assertThat(
                        recipe("analyze: {kind: " + kind + "}").stages())
                .containsExactly(new StageSpec.Analyze(expected)));
        assertThat(kinds(STUDIES.values().stream())).isEqualTo(permitted(StudySpec.class));
    }

    @Test
    void everyDataSetHasItsDefaults() {
        DATA.forEach((text, expected) -> assertThat(RecipeReader.readData(text)).isEqualTo(expected));
        assertThat(kinds(DATA.values().stream())).isEqualTo(permitted(DataSpec.class));
    }

    @Test
    void theRecipeItselfHasItsDefaults() {
        Recipe recipe = recipe("evaluate");
        assertThat(recipe)
                .isEqualTo(new Recipe(
                        "",
                        DATA.get("shapes"),
                        List.of(new TeacherSpec(
                                "teacher", new ModelSpec("T", Map.of(), Optional.empty()), Optional.empty())),
                        new StudentSpec(
                                new ModelSpec("S", Map.of(), Optional.empty()), false, Optional.empty(), List.of()),
                        List.of(new StageSpec.Evaluate(Split.TEST)),
                        new RequireSpec(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        List.of(1L),
                        Precision.AUTO,
                        "cpu"));
    }

    @Test
    void kindsAreSpelledInKebabCase() {
        assertThat(permitted(AugmentSpec.class).stream().map(KebabCase::of)).contains("rand-augment", "flip");
    }

    private static Set<Class<?>> permitted(Class<?> sealed) {
        return Stream.of(sealed.getPermittedSubclasses())
                .flatMap(c -> c.isSealed() ? permitted(c).stream() : Stream.of(c))
                .filter(Class::isRecord)
                .collect(Collectors.toSet());
    }

    private static Set<Class<?>> kinds(Stream<?> values) {
        Set<Class<?>> kinds = new HashSet<>();
        values.forEach(v -> kinds.add(v.getClass()));
        return kinds;
    }
}
