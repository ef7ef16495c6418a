package dev.decant.run;

import dev.decant.InputException;
import dev.decant.build.DataBuilder;
import dev.decant.build.LayerInit;
import dev.decant.build.ModelBuilder;
import dev.decant.build.ObjectiveSpec;
import dev.decant.build.PruneBuilder;
import dev.decant.build.QuantizeBuilder;
import dev.decant.build.Sides;
import dev.decant.build.TermBuilder;
import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Teacher;
import dev.decant.model.Catalogue;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.prune.Extraction;
import dev.decant.recipe.LabelLoss;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Precision;
import dev.decant.recipe.PruneSpec;
import dev.decant.recipe.QuantizeSpec;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.Split;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.StudentSpec;
import dev.decant.recipe.StudySpec;
import dev.decant.recipe.TeacherSpec;
import dev.decant.recipe.TermSpec;
import dev.decant.recipe.TrainingSpec;
import dev.decant.stage.Evaluation;
import dev.decant.study.AttentionStage;
import dev.decant.study.CkaStage;
import dev.decant.study.ImportanceStage;
import dev.decant.tensor.Device;
import dev.decant.tensor.Engine;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a run starts from: the recipe with its data, device and precision, and networks as the recipe names them. */
record RunInputs(Recipe recipe, DataBuilder data, Device device, boolean bf16) {

    static final int EVALUATION_BATCH = 256;

    static RunInputs of(Recipe recipe) {
        Device device = Device.parse(recipe.device());
        if (device.isCuda() && !Engine.cudaIsAvailable()) {
            throw new InputException("device '" + recipe.device() + "': no CUDA device here; use cpu");
        }
        boolean bf16 = recipe.precision() == Precision.BF16
                || (recipe.precision() == Precision.AUTO && (device.isCuda() || Engine.bf16IsFast()));
        requireModels(recipe);
        return new RunInputs(
                recipe, DataBuilder.of(recipe.data(), models(recipe).toArray(ModelSpec[]::new)), device, bf16);
    }

    /**
     * Tries everything that can be tried before the first step, so that a mistake in the last stage costs seconds and
     * not the hours of the stages before it. Writes nothing and keeps nothing.
     */
    void check() {
        try (Scope scope = Scope.open()) {
            data.task(); // whose answers the tokenizer may not know
            Network student = student(firstSeed());
            Map<String, Teacher> teachers = new LinkedHashMap<>();
            for (TeacherSpec spec : recipe.teachers()) {
                Optional<TrainingSpec> training =
                        ModelBuilder.hasWeights(spec.spec()) ? Optional.empty() : Optional.of(ownTraining(spec));
                Network model = build(spec.spec());
                teachers.put(spec.name(), teacher(spec, new NetworkTeacher(model), student));
                training.ifPresent(t -> check(model, Map.of(), ObjectiveSpec.of(data.teacherTerms()), t));
                data.evaluation(Split.TEST, model.config().input(), EVALUATION_BATCH);
            }
            inherit(student, teachers);
            recipe.stages().forEach(stage -> check(stage, student, teachers));
        }
    }

    private void check(StageSpec stage, Network student, Map<String, Teacher> teachers) {
        boolean learns = stage instanceof StageSpec.Finetune || stage instanceof StageSpec.Distill;
        if (learns && ModelBuilder.isPacked(recipe.student().spec())) {
            throw new InputException("student.model '" + recipe.student().model()
                    + "' is packed: the weights that it learned with are not in it, so it cannot be trained further;"
                    + " start from what it was made from");
        }
        quantization(stage).ifPresent(q -> QuantizeBuilder.attach(q, student));
        pruning(stage).ifPresent(p -> PruneBuilder.check(p, student));
        if (stage instanceof StageSpec.Finetune s) {
            check(student, Map.of(), ObjectiveSpec.of(terms(s)), s.training());
        } else if (stage instanceof StageSpec.Distill s) {
            check(student, teachers, ObjectiveSpec.of(s), s.training());
        } else if (stage instanceof StageSpec.Evaluate s) {
            data.evaluation(s.split(), student.config().input(), EVALUATION_BATCH);
        } else if (stage instanceof StageSpec.Analyze s) {
            check(s.study(), student, teachers);
        } else if (stage instanceof StageSpec.Export s) {
            Exports.check(s.formats(), student);
        } else if (stage instanceof StageSpec.Prune s) {
            PruneBuilder.kept(s, student);
        } else if (!(stage instanceof StageSpec.Quantize)) {
            throw new AssertionError(stage);
        }
    }

    private void check(StudySpec study, Network student, Map<String, Teacher> teachers) {
        if (study instanceof StudySpec.Cka s) {
            CkaStage.check(s, student, teachers);
        } else if (study instanceof StudySpec.Attention s) {
            AttentionStage.check(s, student, teachers, data);
        } else if (study instanceof StudySpec.Importance s) {
            ImportanceStage.check(s.importance(), student);
            s.importance()
                    .learn()
                    .ifPresent(l -> check(student, Map.of(), ObjectiveSpec.of(data.labelTerms()), l.training()));
        } else if (!(study instanceof StudySpec.Hessian)) { // which is of any network
            throw new AssertionError(study);
        }
    }

    private void check(Network model, Map<String, Teacher> teachers, ObjectiveSpec goal, TrainingSpec training) {
        var input = model.config().input();
        data.training(input, training.batchSize(), firstSeed());
        data.evaluation(Split.VALIDATION, input, training.evalBatchSize());
        data.evaluation(Split.TEST, input, EVALUATION_BATCH);
        requireLabels(goal.terms());
        TermBuilder.objective(
                goal,
                Sides.of(model, teachers),
                data::labels,
                model.parameters().values());
    }

    /** Terms on labels are for the labels that there are. */
    private void requireLabels(List<TermSpec> terms) {
        for (TermSpec term : terms) {
            if (term.loss() instanceof LabelLoss.CrossEntropy && data.hasScores()) {
                throw new InputException("terms: cross-entropy needs classes, the data has scores; use squared-error");
            }
            if (term.loss() instanceof LabelLoss.SquaredError && !data.hasScores()) {
                throw new InputException("terms: squared-error needs scores, the data has classes; use cross-entropy");
            }
        }
    }

    /** What a stage rounds from there on. */
    public static Optional<QuantizeSpec> quantization(StageSpec stage) {
        if (stage instanceof StageSpec.Finetune s) {
            return s.quantize();
        }
        if (stage instanceof StageSpec.Distill s) {
            return s.quantize();
        }
        return stage instanceof StageSpec.Quantize s ? Optional.of(s.quantize()) : Optional.empty();
    }

    /** What a stage learns to do without. */
    static Optional<PruneSpec> pruning(StageSpec stage) {
        if (stage instanceof StageSpec.Finetune s) {
            return s.prune();
        }
        return stage instanceof StageSpec.Distill s ? s.prune() : Optional.empty();
    }

    /** Whether a stage leaves a smaller student than it took. */
    public static boolean prunes(StageSpec stage) {
        return stage instanceof StageSpec.Prune || pruning(stage).isPresent();
    }

    /** A stage's terms, or those that the data's labels make. */
    List<TermSpec> terms(StageSpec.Finetune stage) {
        return stage.terms().isEmpty() ? data.labelTerms() : stage.terms();
    }

    public long firstSeed() {
        return recipe.seeds().get(0);
    }

    /** A student with the weights it starts from, which depend on the seed alone. */
    Network student(long seed) {
        Rng.seed(seed);
        return build();
    }

    private Network build() {
        ModelBuilder.Fresh fresh = recipe.student().newHead() ? ModelBuilder.Fresh.HEAD : ModelBuilder.Fresh.NOTHING;
        return ModelBuilder.build(recipe.student().spec(), data.modelArguments(), fresh);
    }

    /** Gives a student the weights of the teacher that it is to start from, if the recipe names one. */
    void inherit(Network student, Map<String, Teacher> teachers) {
        StudentSpec spec = recipe.student();
        spec.init()
                .flatMap(name -> Optional.ofNullable(teachers.get(name)))
                .ifPresent(teacher ->
                        LayerInit.copy(student, Evaluation.network(teacher, "student.init"), spec.initLayers()));
    }

    /**
     * Another student of the same size with the same weights.
     *
     * @param quantized what the stages before rounded
     */
    Network copy(Network student, List<QuantizeSpec> quantized) {
        Network copy = build();
        Extraction.match(copy, student);
        quantized.forEach(q -> QuantizeBuilder.attach(q, copy));
        Map<String, Tensor> own = copy.state();
        try (NoGrad quiet = NoGrad.open()) {
            student.state()
                    .forEach((name, t) -> Optional.ofNullable(own.get(name)).ifPresent(x -> x.copyFrom(t)));
        }
        return copy;
    }

    /** A network of the recipe, made for its data. */
    Network build(ModelSpec spec) {
        return ModelBuilder.build(spec, data.modelArguments());
    }

    /** A teacher for batches that are prepared for the student, whose inputs it must take. */
    Teacher teacher(TeacherSpec spec, Teacher teacher, Network student) {
        ModelConfig.Input wanted = student.config().input();
        ModelConfig.Input given = teacher.signature().input();
        if (given instanceof ModelConfig.ImageInput own
                && wanted instanceof ModelConfig.ImageInput images
                && own.size() != images.size()) {
            throw new InputException("teacher '" + spec.name() + "' wants images of " + own.size()
                    + " px, the student of " + images.size() + " px; set data.image-size, or config.img_size of one");
        }
        if (given instanceof ModelConfig.ImageTextInput own
                && wanted instanceof ModelConfig.ImageTextInput other
                && !words(own).equals(words(other))) {
            throw new InputException("teacher '" + spec.name() + "' wants " + words(own) + ", the student "
                    + words(other) + "; set config.image_res, patch_size and vocab_size of both to the same");
        }
        return teacher.preparedFor(wanted);
    }

    private static String words(ModelConfig.ImageTextInput input) {
        return "images of " + input.image().size() + " px in patches of " + input.patch() + " and "
                + input.text().vocabulary() + " words";
    }

    /** How a teacher without weights is trained. */
    static TrainingSpec ownTraining(TeacherSpec spec) {
        return spec.train()
                .orElseThrow(
                        () -> new InputException(
                                "teacher '" + spec.name()
                                        + "' has neither weights nor training; give 'weights:', a model folder, or 'train: {epochs: ...}'"));
    }

    /** Texts are read with the tokenizers of models, so these come first. */
    private static void requireModels(Recipe recipe) {
        List<String> missing =
                new ArrayList<>(missing("student", recipe.student().spec()));
        for (int i = 0; i < recipe.teachers().size(); i++) {
            String key = recipe.teachers().size() == 1
                    ? "teacher"
                    : "teachers[" + i + "]"; // as a recipe's other mistakes are named
            missing.addAll(missing(key, recipe.teachers().get(i).spec()));
        }
        if (!missing.isEmpty()) {
            throw new InputException(String.join("; ", missing));
        }
    }

    private static List<String> missing(String key, ModelSpec spec) {
        List<String> missing = new ArrayList<>();
        if (!ModelBuilder.isFolder(spec) && !Catalogue.names().contains(spec.model())) {
            missing.add(key + ".model '" + spec.model() + "': no such folder; the catalogue has "
                    + String.join(", ", Catalogue.names()));
        }
        spec.weights()
                .filter(file -> !Files.exists(Path.of(file)))
                .ifPresent(file -> missing.add(key + ".weights '" + file + "': no such file"));
        return missing;
    }

    private static List<ModelSpec> models(Recipe recipe) {
        List<ModelSpec> models = new ArrayList<>(List.of(recipe.student().spec()));
        recipe.teachers().forEach(t -> models.add(t.spec()));
        return models;
    }

    /** Everything on the disk that the run depends on. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (ModelSpec model : models(recipe)) {
            model.weights().ifPresent(w -> files.add(Path.of(w)));
            if (ModelBuilder.isFolder(model)) {
                files.add(ModelBuilder.path(model));
            }
        }
        data.path().ifPresent(files::add);
        files.addAll(data.models());
        return files;
    }
}
