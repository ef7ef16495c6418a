package dev.decant.recipe;

import dev.decant.recipe.internal.Overrides;
import dev.decant.recipe.internal.Problems;
import dev.decant.recipe.internal.RecordReader;
import dev.decant.recipe.internal.RecordWriter;
import dev.decant.recipe.internal.YamlTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Reads recipes. Every method throws {@link RecipeException} with all mistakes at once, each with its place.
 *
 * <p>An override is {@code path=value}: the path has keys and list indices from 0 ({@code stages.0.distill.epochs}), or in place
 * of an index the kind or name of an item ({@code stages.distill.terms.ofa.eps}); the value is YAML.
 */
public final class RecipeReader {

    private RecipeReader() {}

    /** Reads a recipe file, with overrides applied in order. */
    public static Recipe read(Path file, List<String> sets) {
        Problems problems = new Problems();
        Node tree = YamlTree.ofFile(file, problems);
        if (isSweep(tree)) {
            problems.add(file.toString(), "is a sweep, which varies a recipe: decant sweep " + file);
            throw problems.exception();
        }
        Recipe recipe = bind(Recipe.class, tree, sets, "recipe", problems);
        return recipe.name().isEmpty() ? recipe.withName(baseName(file)) : recipe;
    }

    /** Reads a recipe given as text; {@code label} stands for the file's name in messages. */
    public static Recipe readText(String label, String yaml, List<String> sets) {
        Problems problems = new Problems();
        return bind(Recipe.class, YamlTree.ofText(label, yaml, problems), sets, "recipe", problems);
    }

    /**
     * Reads a recipe given as keys and values: numbers, booleans, strings, enums, lists, maps, and the records of this package.
     * Messages name the path of a mistake in place of a line.
     *
     * @param changes values by their paths in the recipe, as in an override
     */
    public static Recipe readKeys(Map<String, ?> keys, Map<String, ?> changes) {
        List<String> sets = new ArrayList<>();
        changes.forEach((path, value) -> sets.add(path + "=" + RecordWriter.flow(value)));
        try {
            return readText("recipe", RecordWriter.block(keys), sets);
        } catch (RecipeException e) {
            throw new RecipeException(
                    e.problems().stream().map(Problem::withoutPlace).toList());
        }
    }

    /** Reads a sweep file. */
    public static SweepSpec readSweep(Path file) {
        Problems problems = new Problems();
        SweepSpec sweep = bind(SweepSpec.class, YamlTree.ofFile(file, problems), List.of(), "sweep", problems);
        return sweep.name().isEmpty() ? sweep.withName(baseName(file)) : sweep;
    }

    /** Whether a file is a sweep, which names the recipe that it varies, and no recipe; false for what is not YAML. */
    public static boolean isSweep(Path file) {
        return isSweep(YamlTree.ofFile(file, new Problems()));
    }

    private static boolean isSweep(@Nullable Node tree) {
        return tree instanceof MappingNode root
                && root.getValue().stream()
                        .anyMatch(t -> t.getKeyNode() instanceof ScalarNode key
                                && key.getValue().equals("recipe"));
    }

    /** Reads what {@code --data} takes: the {@code data} of a recipe in YAML flow style. */
    public static DataSpec readData(String yaml) {
        Problems problems = new Problems();
        return bind(DataSpec.class, YamlTree.ofText("--data", yaml, problems), List.of(), "data", problems);
    }

    /** Reads the {@code hessian} of an analyze stage in YAML flow style. */
    public static HessianSpec readHessian(String yaml) {
        Problems problems = new Problems();
        return bind(HessianSpec.class, YamlTree.ofText("--options", yaml, problems), List.of(), "hessian", problems);
    }

    /** Reads the {@code importance} of an analyze stage in YAML flow style. */
    public static ImportanceSpec readImportance(String yaml) {
        Problems problems = new Problems();
        return bind(
                ImportanceSpec.class, YamlTree.ofText("--options", yaml, problems), List.of(), "importance", problems);
    }

    /** Reads the {@code quantize} of a stage in YAML flow style. */
    public static QuantizeSpec readQuantize(String yaml) {
        Problems problems = new Problems();
        return bind(QuantizeSpec.class, YamlTree.ofText("--quantize", yaml, problems), List.of(), "quantize", problems);
    }

    /** A model by name or folder, with overrides of its arguments, each {@code model.<argument>=value}. */
    public static ModelSpec readModel(String model, List<String> sets) {
        Problems problems = new Problems();
        List<String> inConfig = new ArrayList<>();
        for (String set : sets) {
            if (set.startsWith("model.")) {
                inConfig.add("config." + set.substring("model.".length()));
            } else {
                problems.add("--set " + set, "expected model.<argument>=value, as in model.img_size=32");
            }
        }
        return bind(ModelSpec.class, YamlTree.ofValue("model", model), inConfig, "model", problems);
    }

    private static <T> T bind(Class<T> type, @Nullable Node tree, List<String> sets, String root, Problems problems) {
        if (tree == null) {
            throw problems.exception();
        }
        Node overridden = Overrides.apply(tree, sets, problems);
        T value = new RecordReader(problems).read(type, overridden, root);
        if (value == null || !problems.isEmpty()) {
            throw problems.exception();
        }
        return value;
    }

    private static String baseName(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.replaceFirst("\\.(yaml|yml)$", "").replaceFirst("^\\.+", "");
    }
}
