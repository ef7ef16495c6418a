package dev.decant.run;

import dev.decant.UserException;
import dev.decant.build.ModelBuilder;
import dev.decant.build.ObjectiveSpec;
import dev.decant.build.PruneBuilder;
import dev.decant.build.QuantizeBuilder;
import dev.decant.data.Loader;
import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Teacher;
import dev.decant.file.AtomicFile;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.prune.Extraction;
import dev.decant.quantize.Placement;
import dev.decant.recipe.PruneSpec;
import dev.decant.recipe.QuantizeSpec;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeText;
import dev.decant.recipe.Split;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.StudySpec;
import dev.decant.recipe.TeacherSpec;
import dev.decant.recipe.TermSpec;
import dev.decant.report.Report;
import dev.decant.report.Summary;
import dev.decant.stage.RunFolder;
import dev.decant.stage.RunListener;
import dev.decant.stage.RunLock;
import dev.decant.stage.RunLog;
import dev.decant.stage.StageTrainer;
import dev.decant.study.AttentionStage;
import dev.decant.study.CkaStage;
import dev.decant.study.HessianStage;
import dev.decant.study.ImportanceStage;
import dev.decant.tensor.Rng;
import dev.decant.tensor.StopAtShutdown;
import dev.decant.tensor.StoppedException;
import dev.decant.train.RunKey;
import dev.decant.train.score.Evaluator;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs a recipe from data to report, into a run folder; goes on where an earlier attempt stopped. */
public final class Runner {

    private static final String STUDENT = "student";

    private final RunInputs inputs;
    private final Recipe recipe;
    private final RunFolder folder;
    private final RunListener listener;
    private final StageTrainer trainer;
    private final RunResults results = new RunResults();
    private final Map<String, Teacher> teachers = new LinkedHashMap<>();
    private final List<QuantizeSpec> quantized = new ArrayList<>(); // what the stages so far round, in order

    private Runner(RunInputs inputs, RunFolder folder, RunListener listener) {
        this.inputs = inputs;
        this.recipe = inputs.recipe();
        this.folder = folder;
        this.listener = listener;
        trainer = new StageTrainer(inputs.data(), inputs.device(), inputs.bf16(), listener);
    }

    /**
     * Runs the recipe. What it names is tried first: a mistake leaves no folder behind.
     *
     * <p>An interrupt of this thread, or the end of the JVM, stops the run after the step at hand.
     *
     * @param recipeText the file as given, kept in the folder
     * @param out the run folder; must be new or empty, or, with {@code resume}, hold this recipe's run
     * @throws StoppedException if it was stopped; {@code resume} goes on from the last checkpoint
     */
    public static Summary run(Recipe recipe, String recipeText, Path out, boolean resume, RunListener listener) {
        String resolved = RecipeText.explain(recipe);
        RunFolder folder = new RunFolder(out);
        folder.requireFree(resolved, resume);
        Optional<Summary> finished = Summary.read(out);
        if (finished.isPresent()) {
            listener.says("the run in " + out + " is finished; nothing to do");
            if (!Files.exists(out.resolve(Report.FILE))) {
                Report.write(out); // stopped between the two
            }
            return finished.get();
        }
        try (StopAtShutdown guard = StopAtShutdown.open(() -> {})) {
            RunInputs inputs = RunInputs.of(recipe);
            inputs.check();
            try (RunLock lock = folder.make(recipeText, resolved);
                    RunLog log = RunLog.open(out, listener)) {
                return new Runner(inputs, folder, log).run();
            }
        } catch (StoppedException | UncheckedIOException e) {
            throw Thread.currentThread().isInterrupted() ? stopped(out, e) : e;
        }
    }

    /**
     * Tries everything that a run tries before its first step: data, networks, weights, terms. Writes nothing.
     *
     * @throws UserException for what {@link #run} would refuse at once
     */
    public static void check(Recipe recipe) {
        RunInputs.of(recipe).check();
    }

    /** An interrupt ends the step at hand, or closes the file that is being written; either way the files on the disk are whole. */
    private static StoppedException stopped(Path out, RuntimeException cause) {
        return new StoppedException(out + ": stopped; --resume goes on from the last checkpoint", cause);
    }

    private Summary run() {
        AtomicFile.write(
                folder.path().resolve("provenance.json"),
                Provenance.json(recipe.seeds(), recipe.device(), inputs.bf16(), inputs.files())
                        .getBytes(StandardCharsets.UTF_8));
        prepareTeachers();
        Network first = inputs.student(inputs.firstSeed());
        for (long seed : recipe.seeds()) {
            Network student = inputs.student(seed);
            inputs.inherit(student, teachers);
            student.to(inputs.device());
            quantized.clear();
            for (int i = 0; i < recipe.stages().size(); i++) {
                stage(i, student, seed);
            }
            if (seed == inputs.firstSeed()) {
                first = student;
                ModelBuilder.write(folder.model(), first, inputs.data().modelFiles());
            }
        }
        inputs.data().skipped().ifPresent(results::note);
        Summary summary = results.summary(recipe, metric(), folder, first, quantized, teachers);
        summary.write(folder.path());
        Report.write(folder.path());
        return summary;
    }

    private void prepareTeachers() {
        Network student = inputs.student(inputs.firstSeed());
        for (TeacherSpec spec : recipe.teachers()) {
            Network model = ModelBuilder.hasWeights(spec.spec()) ? inputs.build(spec.spec()) : trainedTeacher(spec);
            model.to(inputs.device());
            Teacher teacher = new NetworkTeacher(model);
            teachers.put(spec.name(), inputs.teacher(spec, teacher, student));
            Map<String, Double> scores = inputs.data()
                    .task()
                    .score(teacher, examples(teacher.signature().input(), Split.TEST), mode());
            results.teacher(spec.name(), scores);
            listener.says(String.format(
                    Locale.ROOT,
                    "teacher %s (%s): %s %.2f",
                    spec.name(),
                    teacher.signature().architecture(),
                    metric(),
                    scores.getOrDefault(metric(), Double.NaN)));
        }
    }

    private Network trainedTeacher(TeacherSpec spec) {
        Rng.seed(inputs.firstSeed());
        Network model = inputs.build(spec.spec());
        RunKey key = new RunKey("teacher", spec.name(), inputs.firstSeed());
        trainer.train(
                new StageTrainer.Task(
                        key,
                        Map.of(),
                        ObjectiveSpec.of(inputs.data().teacherTerms()),
                        RunInputs.ownTraining(spec),
                        Optional.empty(),
                        StageSpec.Save.LAST,
                        folder.training(key)),
                model);
        ModelBuilder.write(folder.teacher(spec.name()), model, inputs.data().modelFiles());
        return model;
    }

    private Map<String, Double> score(Network model, Split split) {
        return inputs.data().task().score(model, examples(model.config().input(), split), mode());
    }

    private Loader examples(ModelConfig.Input input, Split split) {
        return inputs.data().evaluation(split, input, RunInputs.EVALUATION_BATCH);
    }

    private Evaluator.Mode mode() {
        return new Evaluator.Mode(inputs.device(), false, false);
    }

    private String metric() {
        return inputs.data().task().metric();
    }

    private void stage(int index, Network student, long seed) {
        StageSpec spec = recipe.stages().get(index);
        String name = RunResults.stageName(recipe, index);
        boolean isFirstSeed = seed == inputs.firstSeed();
        RunInputs.quantization(spec).ifPresent(q -> quantize(q, student));
        if (spec instanceof StageSpec.Finetune s) {
            RunKey key = new RunKey(name, STUDENT, seed);
            train(
                    new StageTrainer.Task(
                            key,
                            Map.of(),
                            ObjectiveSpec.of(inputs.terms(s)),
                            s.training(),
                            pruning(s.prune(), key),
                            s.save(),
                            folder.training(key)),
                    student);
        } else if (spec instanceof StageSpec.Distill s) {
            distill(name, s, student, seed);
        } else if (spec instanceof StageSpec.Prune s) {
            Map<String, Long> before = PruneBuilder.prunable(student);
            Extraction.keep(student, PruneBuilder.kept(s, student));
            results.add(name, STUDENT, seed, pruned(before, student), 0);
            results.network(name, STUDENT, student, quantized);
        } else if (spec instanceof StageSpec.Quantize) {
            results.add(name, STUDENT, seed, score(student, Split.TEST), 0);
            results.network(name, STUDENT, student, quantized);
        } else if (spec instanceof StageSpec.Evaluate s) {
            results.add(name, STUDENT, seed, score(student, s.split()), 0);
        } else if (spec instanceof StageSpec.Analyze s && isFirstSeed) {
            analyze(s.study(), name, student);
        } else if (spec instanceof StageSpec.Export s && isFirstSeed) {
            results.export(s);
        }
    }

    private void analyze(StudySpec study, String name, Network student) {
        listener.says("analyzing " + study.kind());
        String figure = name.replace("analyze", study.kind());
        if (study instanceof StudySpec.Cka s) {
            CkaStage.run(s, figure, student, teachers, inputs.data(), inputs.device(), folder);
        } else if (study instanceof StudySpec.Attention s) {
            AttentionStage.run(s, figure, student, teachers, inputs.data(), inputs.device(), folder);
        } else if (study instanceof StudySpec.Hessian s) {
            HessianStage.run(s, figure, student, teachers, inputs.data(), inputs.device(), folder);
        } else if (study instanceof StudySpec.Importance s) {
            ImportanceStage.run(
                    s,
                    figure,
                    student,
                    () -> inputs.copy(student, quantized),
                    trainer,
                    inputs.data(),
                    inputs.device(),
                    inputs.firstSeed(),
                    folder,
                    listener);
        } else {
            throw new AssertionError(study);
        }
    }

    private void quantize(QuantizeSpec spec, Network student) {
        List<Placement.Placed> placed = QuantizeBuilder.attach(spec, student);
        student.to(inputs.device());
        quantized.add(spec);
        listener.says("quantized: " + placed.size() + " slots; weights left in full precision: "
                + String.join(", ", Placement.leftPrecise(student)));
    }

    private void distill(String name, StageSpec.Distill s, Network student, long seed) {
        if (s.control()) {
            RunKey key = new RunKey(name, RunKey.CONTROL, seed);
            List<TermSpec> alone = labelTerms(s.terms());
            train(
                    new StageTrainer.Task(
                            key,
                            Map.of(),
                            ObjectiveSpec.of(alone),
                            s.training(),
                            pruning(s.prune(), key),
                            s.save(),
                            folder.training(key)),
                    inputs.copy(student, quantized));
        }
        RunKey key = new RunKey(name, STUDENT, seed);
        train(
                new StageTrainer.Task(
                        key,
                        teachers,
                        ObjectiveSpec.of(s),
                        s.training(),
                        pruning(s.prune(), key),
                        s.save(),
                        folder.training(key)),
                student);
    }

    /** The control shares the student's table of latencies. */
    private Optional<StageTrainer.Pruning> pruning(Optional<PruneSpec> spec, RunKey key) {
        String table = "latency-" + key.stage() + "-seed-" + key.seed() + ".json";
        return spec.map(s -> new StageTrainer.Pruning(s, folder.analysis(table)));
    }

    private void train(StageTrainer.Task task, Network model) {
        Map<String, Long> before = PruneBuilder.prunable(model);
        StageTrainer.Result result = trainer.train(task, model);
        RunKey key = task.key();
        // The training watched the validation split; what is reported is the test split.
        Map<String, Double> scores =
                task.pruning().isPresent() ? pruned(before, model) : new LinkedHashMap<>(score(model, Split.TEST));
        results.network(key.stage(), key.run(), model, quantized);
        scores.put("best_epoch_" + metric(), result.best());
        results.add(key.stage(), key.run(), key.seed(), scores, result.seconds());
        results.training(key, result);
        listener.says(String.format(
                Locale.ROOT,
                "%s, %s, seed %d: %s %.2f (%.0f s, %.1f %% of it waiting for data)",
                key.stage(),
                key.run(),
                key.seed(),
                metric(),
                scores.getOrDefault(metric(), Double.NaN),
                result.seconds(),
                result.dataShare()));
    }

    /** Scores of a network from which something was removed, and how much that was. */
    private Map<String, Double> pruned(Map<String, Long> before, Network model) {
        Map<String, Double> scores = new LinkedHashMap<>(score(model, Split.TEST));
        Map<String, Double> gone = PruneBuilder.gone(before, model);
        listener.says("pruned: "
                + gone.entrySet().stream()
                        .map(e -> String.format(Locale.ROOT, "%s %.1f %%", e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", "))
                + "; " + model.parameterCount() + " parameters left");
        scores.putAll(gone);
        return scores;
    }

    /** The same labels without the teacher: what the student reaches alone. */
    private List<TermSpec> labelTerms(List<TermSpec> terms) {
        List<TermSpec> alone =
                terms.stream().filter(t -> !t.needsTeacher() && t.weight() > 0).toList();
        return alone.isEmpty() ? inputs.data().labelTerms() : alone;
    }
}
