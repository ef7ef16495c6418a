package dev.decant.run;

import dev.decant.export.ModelFolder;
import dev.decant.model.ImageClassifier;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Precision;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeText;
import dev.decant.recipe.Split;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TeacherSpec;
import dev.decant.recipe.TermSpec;
import dev.decant.tensor.Device;
import dev.decant.tensor.Engine;
import dev.decant.tensor.Rng;
import dev.decant.train.Evaluator;
import dev.decant.train.RunKey;
import dev.decant.train.Teacher;
import dev.decant.weights.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs a recipe from data to report, into a run folder; goes on where an earlier attempt stopped. */
public final class Runner {

    private static final int EVALUATION_BATCH = 256;

    private final Recipe recipe;
    private final RunFolder folder;
    private final RunListener listener;
    private final DataParts data;
    private final Device device;
    private final boolean bf16;
    private final StageTrainer trainer;
    private final RunResults results = new RunResults();
    private final Map<String, Teacher> teachers = new LinkedHashMap<>();

    private Runner(Recipe recipe, RunFolder folder, RunListener listener) {
        this.recipe = recipe;
        this.folder = folder;
        this.listener = listener;
        data = new DataParts(recipe.data());
        device = Device.parse(recipe.device());
        if (device.isCuda() && !Engine.cudaIsAvailable()) {
            throw new InputException("device '" + recipe.device() + "': no CUDA device here; use cpu");
        }
        bf16 = recipe.precision() == Precision.BF16
                || (recipe.precision() == Precision.AUTO && (device.isCuda() || Engine.bf16IsFast()));
        trainer = new StageTrainer(data, device, bf16, listener);
    }

    /**
     * Runs the recipe.
     *
     * @param recipeText the file as given, kept in the folder
     * @param out the run folder; must be new or empty, or, with {@code resume}, hold this recipe's run
     */
    public static Summary run(Recipe recipe, String recipeText, Path out, boolean resume, RunListener listener) {
        RunFolder folder = RunFolder.open(out, recipeText, RecipeText.explain(recipe), resume);
        Optional<Summary> finished = Summary.read(out);
        if (finished.isPresent()) {
            listener.says("the run in " + out + " is finished; nothing to do");
            return finished.get();
        }
        try (RunLog log = RunLog.open(out, listener)) {
            return new Runner(recipe, folder, log).run();
        }
    }

    private Summary run() {
        AtomicFile.write(
                folder.path().resolve("provenance.json"),
                Provenance.json(recipe.seeds(), recipe.device(), bf16, inputs()).getBytes(StandardCharsets.UTF_8));
        prepareTeachers();
        ImageClassifier first = fresh(recipe.seeds().get(0));
        for (long seed : recipe.seeds()) {
            ImageClassifier student = fresh(seed);
            for (int i = 0; i < recipe.stages().size(); i++) {
                stage(i, student, seed);
            }
            if (seed == recipe.seeds().get(0)) {
                first = student;
                ship(first);
            }
        }
        Summary summary = results.summary(recipe, folder, first, teachers);
        summary.write(folder.path());
        Report.write(folder.path());
        return summary;
    }

    private List<Path> inputs() {
        List<Path> files = new ArrayList<>();
        recipe.student().weights().ifPresent(w -> files.add(Path.of(w)));
        for (TeacherSpec t : recipe.teachers()) {
            t.spec().weights().ifPresent(w -> files.add(Path.of(w)));
            if (Files.isDirectory(Path.of(t.spec().model()))) {
                files.add(Path.of(t.spec().model()));
            }
        }
        DataParts.path(recipe.data()).ifPresent(files::add);
        return files;
    }

    private ImageClassifier build(ModelSpec spec) {
        int classes = data.classes().size();
        Optional<Integer> size = recipe.data().options().imageSize();
        return ModelParts.build(
                spec, OptionalInt.of(classes), size.map(OptionalInt::of).orElse(OptionalInt.empty()));
    }

    /** A student with the weights it starts from, which depend on the seed alone. */
    private ImageClassifier fresh(long seed) {
        Rng.seed(seed);
        return build(recipe.student());
    }

    private void prepareTeachers() {
        ImageClassifier student = fresh(recipe.seeds().get(0));
        for (TeacherSpec spec : recipe.teachers()) {
            ImageClassifier model = teacher(spec);
            int size = model.config().input().size();
            if (size != student.config().input().size()) {
                throw new InputException("teacher '" + spec.name() + "' wants images of " + size
                        + " px, the student of " + student.config().input().size()
                        + " px; set data.image-size, or config.img_size of one");
            }
            teachers.put(spec.name(), new Teacher(model, student.config().input()));
            results.teacher(spec.name(), score(model, Split.TEST));
            listener.says(String.format(
                    java.util.Locale.ROOT,
                    "teacher %s (%s): accuracy %.2f",
                    spec.name(),
                    model.config().architecture(),
                    results.teacherAccuracy(spec.name())));
        }
    }

    private ImageClassifier teacher(TeacherSpec spec) {
        boolean hasWeights = spec.spec().weights().isPresent()
                || Files.isDirectory(Path.of(spec.spec().model()));
        if (hasWeights) {
            ImageClassifier model = build(spec.spec());
            model.to(device);
            return model;
        }
        var training = spec.train()
                .orElseThrow(
                        () -> new InputException(
                                "teacher '" + spec.name()
                                        + "' has neither weights nor training; give 'weights:', a model folder, or 'train: {epochs: ...}'"));
        Rng.seed(recipe.seeds().get(0));
        ImageClassifier model = build(spec.spec());
        RunKey key = new RunKey("teacher", spec.name(), recipe.seeds().get(0));
        trainer.train(
                key,
                model,
                Map.of(),
                List.of(TermSpec.labels(0.1)),
                training,
                false,
                folder.training(key.stage(), key.run(), key.seed()));
        Path saved = folder.teacher(spec.name());
        ModelFolder.write(saved, ModelParts.config(model), model.state(), Map.of(), ModelFolder.Existing.REPLACE);
        return model;
    }

    private Map<String, Double> score(ImageClassifier model, Split split) {
        model.to(device);
        return Evaluator.evaluate(
                model,
                data.evaluation(split, model.config().input(), EVALUATION_BATCH),
                new Evaluator.Mode(device, false, false));
    }

    private void stage(int index, ImageClassifier student, long seed) {
        StageSpec spec = recipe.stages().get(index);
        String name = results.stageName(recipe, index);
        boolean isFirstSeed = seed == recipe.seeds().get(0);
        if (spec instanceof StageSpec.Finetune s) {
            train(name, "student", student, s.terms(), s.training(), s.save(), seed);
        } else if (spec instanceof StageSpec.Distill s) {
            if (s.control()) {
                ImageClassifier alone = copy(student);
                train(name, RunKey.CONTROL, alone, labelTerms(s.terms()), s.training(), s.save(), seed);
            }
            train(name, "student", student, s.terms(), s.training(), s.save(), seed);
        } else if (spec instanceof StageSpec.Evaluate s) {
            results.add(name, "student", seed, score(student, s.split()), 0);
        } else if (spec instanceof StageSpec.Analyze s && isFirstSeed) {
            listener.says("analyzing " + s.kind().name().toLowerCase(java.util.Locale.ROOT));
            CkaStage.run(s, student, teachers, data, folder, device);
        } else if (spec instanceof StageSpec.Export s && isFirstSeed) {
            results.export(s, folder);
        }
    }

    private void train(
            String stage,
            String run,
            ImageClassifier model,
            List<TermSpec> terms,
            dev.decant.recipe.TrainingSpec spec,
            StageSpec.Save save,
            long seed) {
        RunKey key = new RunKey(stage, run, seed);
        boolean needsTeachers = terms.stream().anyMatch(TermSpec::needsTeacher);
        StageTrainer.Result result = trainer.train(
                key,
                model,
                needsTeachers ? teachers : Map.of(),
                terms,
                spec,
                save == StageSpec.Save.BEST,
                folder.training(stage, run, seed));
        // The training watched the validation split; what is reported is the test split.
        Map<String, Double> scores = new LinkedHashMap<>(score(model, Split.TEST));
        scores.put("best_epoch_accuracy", result.best());
        results.add(stage, run, seed, scores, result.seconds());
        results.training(stage, run, result);
        listener.says(String.format(
                java.util.Locale.ROOT,
                "%s, %s, seed %d: accuracy %.2f (%.0f s, %.1f %% of it waiting for data)",
                stage,
                run,
                seed,
                scores.getOrDefault("accuracy", Double.NaN),
                result.seconds(),
                result.dataShare()));
    }

    /** The same labels without the teacher: what the student reaches alone. */
    private static List<TermSpec> labelTerms(List<TermSpec> terms) {
        List<TermSpec> alone = terms.stream().filter(t -> !t.needsTeacher()).toList();
        return alone.isEmpty() ? List.of(TermSpec.labels(0)) : alone;
    }

    private ImageClassifier copy(ImageClassifier model) {
        ImageClassifier copy = build(recipe.student());
        var state = copy.state();
        try (var quiet = dev.decant.tensor.NoGrad.open()) {
            model.state().forEach((k, t) -> Optional.ofNullable(state.get(k)).ifPresent(x -> x.copyFrom(t)));
        }
        return copy;
    }

    private void ship(ImageClassifier student) {
        ModelFolder.write(
                folder.model(),
                ModelParts.config(student),
                student.state(),
                Map.of("format", "pt"),
                ModelFolder.Existing.REPLACE);
    }
}
