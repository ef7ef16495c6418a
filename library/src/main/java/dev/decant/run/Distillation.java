package dev.decant.run;

import dev.decant.UserException;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.RecipeText;
import dev.decant.recipe.StageSpec;
import dev.decant.report.Summary;
import dev.decant.stage.RunListener;
import dev.decant.tensor.StoppedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A distillation in Java: a recipe with one distill stage, built step by step. It is run as a recipe file is, with the same
 * defaults, checks and run folder, and the folder's {@code recipe.yaml} runs it again from the command line.
 *
 * <p>Immutable: each method returns a new one. Kinds, models and options have the names that they have in recipes; mistakes
 * are found by {@link #recipe}, {@link #check} and {@link #run}, all at once.
 */
public final class Distillation {

    private final Map<String, Object> recipe; // without its stages
    private final Map<String, Object> distill;
    private final List<StageSpec.Format> formats;
    private final Map<String, Object> changes;

    private Distillation(
            Map<String, Object> recipe,
            Map<String, Object> distill,
            List<StageSpec.Format> formats,
            Map<String, Object> changes) {
        this.recipe = recipe;
        this.distill = distill;
        this.formats = formats;
        this.changes = changes;
    }

    /**
     * Starts with the data.
     *
     * @param type of data set: {@code shapes}, {@code cifar10}, {@code image-folder}, {@code glue} ...
     * @param options its keys, such as {@code path}
     */
    public static Distillation of(String type, Map<String, ?> options) {
        return new Distillation(Map.of("data", with(options, "type", type)), Map.of(), List.of(), Map.of());
    }

    /** Starts with data of a recipe. */
    public static Distillation of(DataSpec data) {
        return new Distillation(Map.of("data", data), Map.of(), List.of(), Map.of());
    }

    /**
     * Adds a teacher that is trained on the labels first.
     *
     * @param model a name of the catalogue
     * @param epochs of its training
     */
    public Distillation teacher(String model, int epochs) {
        return teacher(model, Map.of(), epochs);
    }

    /** As {@link #teacher(String, int)}, with arguments of the model. */
    public Distillation teacher(String model, Map<String, ?> config, int epochs) {
        return teacher(Map.of("model", model, "config", config, "train", Map.of("epochs", epochs)));
    }

    /** Adds a trained teacher: a model folder. */
    public Distillation teacher(Path folder) {
        return teacher(Map.of("model", folder.toString()));
    }

    private Distillation teacher(Map<String, ?> teacher) {
        return new Distillation(withItem(recipe, "teachers", teacher), distill, formats, changes);
    }

    /** Sets the student: a name of the catalogue, and the model's arguments. */
    public Distillation student(String model, Map<String, ?> config) {
        return withKey("student", Map.of("model", model, "config", config));
    }

    /** Sets the student: a model folder, whose weights it starts from. */
    public Distillation student(Path folder) {
        return withKey("student", Map.of("model", folder.toString()));
    }

    /** Adds a term with the default options and weight. */
    public Distillation term(String type) {
        return term(Map.of("type", type));
    }

    /**
     * Adds a term.
     *
     * @param type of loss: {@code cross-entropy}, {@code kd}, {@code ofa}, or one of a provider
     * @param options its keys, and {@code teacher} if there are several
     */
    public Distillation term(String type, double weight, Map<String, ?> options) {
        return term(with(with(options, "type", type), "weight", weight));
    }

    private Distillation term(Map<String, ?> term) {
        return new Distillation(recipe, withItem(distill, "terms", term), formats, changes);
    }

    /** Sets the epochs of the student's training. */
    public Distillation epochs(int epochs) {
        return withStageKey("epochs", epochs);
    }

    /** Sets whether the control is trained too: the same student without the teacher. */
    public Distillation control(boolean control) {
        return withStageKey("control", control);
    }

    /** Prunes heads, neurons and channels during the training until this share of their parameters is gone. */
    public Distillation prune(double sparsity) {
        return withStageKey("prune", Map.of("target", Map.of("sparsity", sparsity)));
    }

    /**
     * Quantizes weights and activations during the training.
     *
     * @param options keys of {@code quantize}; none for 2-bit weights and 8-bit activations
     */
    public Distillation quantize(Map<String, ?> options) {
        return withStageKey("quantize", options);
    }

    /** Sets which epoch's student is saved. */
    public Distillation save(StageSpec.Save epoch) {
        return withStageKey("save", epoch);
    }

    /** Exports the student into the run folder after the training. */
    public Distillation export(StageSpec.Format... chosen) {
        return new Distillation(recipe, distill, List.of(chosen), changes);
    }

    /**
     * Sets any other key of the recipe, as {@code --set} does.
     *
     * @param path from the recipe down: {@code seeds}, {@code stages.distill.batch-size}, {@code teachers.0.train.optimizer}
     * @param value a number, boolean, string, list or map, or a record of a recipe
     */
    public Distillation set(String path, Object value) {
        return new Distillation(recipe, distill, formats, with(changes, path, value));
    }

    /**
     * The recipe that is run.
     *
     * @throws UserException with all mistakes at once
     */
    public Recipe recipe() {
        List<Object> stages = new ArrayList<>(List.of(Map.of("distill", distill)));
        if (!formats.isEmpty()) {
            stages.add(Map.of("export", Map.of("formats", formats)));
        }
        return RecipeReader.readKeys(with(recipe, "stages", stages), changes);
    }

    /**
     * Tries everything that {@link #run} tries before its first step: data, models, weights, terms. Writes nothing.
     *
     * @throws UserException for what {@link #run} would refuse at once
     */
    public void check() {
        Runner.check(recipe());
    }

    /**
     * Trains the teachers that need it, then the control and the student, and writes model, scores and report.
     *
     * @param folder the run folder, new or empty
     * @return scores and the table, as {@code summary.json} has them
     * @throws UserException for a mistake, before anything is trained
     */
    public Summary run(Path folder) {
        return run(folder, false, RunListener.SILENT);
    }

    /**
     * As {@link #run(Path)}.
     *
     * @param resume whether the folder may hold the same run, which is continued
     * @param listener hears of the run as it goes
     * @throws StoppedException if it was stopped by an interrupt; {@code resume} continues it
     */
    public Summary run(Path folder, boolean resume, RunListener listener) {
        Recipe read = recipe();
        Recipe named = read.name().isEmpty() ? read.withName(String.valueOf(folder.getFileName())) : read;
        return Runner.run(named, RecipeText.explain(named), folder, resume, listener);
    }

    private Distillation withKey(String key, Object value) {
        return new Distillation(with(recipe, key, value), distill, formats, changes);
    }

    private Distillation withStageKey(String key, Object value) {
        return new Distillation(recipe, with(distill, key, value), formats, changes);
    }

    private static Map<String, Object> with(Map<String, ?> map, String key, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(map);
        copy.put(key, value);
        return copy;
    }

    /** With one more item in the list under a key. */
    private static Map<String, Object> withItem(Map<String, ?> map, String key, Object item) {
        List<Object> items = new ArrayList<>(map.get(key) instanceof List<?> list ? list : List.of());
        items.add(item);
        return with(map, key, items);
    }
}
