package dev.decant.model;

import dev.decant.ModelException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BiFunction;

/** Every architecture by its published name, from every {@link ModelProvider} on the class path. */
public final class Catalogue {

    private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

    static {
        for (ModelProvider provider : ServiceLoader.load(ModelProvider.class, Catalogue.class.getClassLoader())) {
            provider.entries().forEach(Catalogue::add);
        }
    }

    private Catalogue() {}

    private static void add(Entry entry) {
        if (ENTRIES.putIfAbsent(entry.name, entry) != null) {
            throw new IllegalStateException("two model providers on the class path have a model '" + entry.name + "'");
        }
    }

    /**
     * One name of the catalogue.
     *
     * @param name published name
     * @param classes size of the classifier unless {@code num_classes} is given; 0 for none
     * @param input what its published weights want; the size of images changes with {@code img_size}
     * @param builder from config and arguments to a model with fresh weights; reads every argument it knows
     */
    public record Entry(
            String name, int classes, ModelConfig.Input input, BiFunction<ModelConfig, ModelArgs, Network> builder) {}

    public static Set<String> names() {
        return ENTRIES.keySet();
    }

    /** Names of those that take images. */
    public static List<String> classifiers() {
        return ENTRIES.values().stream()
                .filter(e -> e.input instanceof ModelConfig.ImageInput)
                .map(Entry::name)
                .toList();
    }

    /**
     * Builds an image classifier.
     *
     * @throws ModelException as {@link #create}, and for a name of another kind of network
     */
    public static ImageClassifier classifier(String name, Map<String, Object> arguments) {
        if (create(name, arguments) instanceof ImageClassifier classifier) {
            return classifier;
        }
        throw new ModelException("model '" + name + "' is no image classifier");
    }

    /**
     * Builds a model with fresh weights from the default generator.
     *
     * @param name a name of the catalogue
     * @param arguments the architecture's own names and values; {@code num_classes} and {@code pruned} work everywhere, {@code img_size} for images
     * @throws ModelException for a name or an argument that does not exist, listing those that do
     */
    public static Network create(String name, Map<String, Object> arguments) {
        Entry entry = entry(name);
        ModelArgs args = new ModelArgs(name, arguments);
        int classes = args.count("num_classes", entry.classes);
        ModelConfig.Input input = entry.input instanceof ModelConfig.ImageInput images
                ? images.withSize(args.integer("img_size", images.size()))
                : entry.input;
        ModelConfig config = new ModelConfig(name, classes, args.given(), input);
        Map<String, Integer> pruned = args.sizes(Network.PRUNED);
        Network model = entry.builder.apply(config, args);
        args.finish();
        model.shrink(pruned);
        return model;
    }

    /** @throws ModelException for a name that does not exist, listing those that do */
    public static void requireName(String name) {
        entry(name);
    }

    private static Entry entry(String name) {
        return Optional.ofNullable(ENTRIES.get(name))
                .orElseThrow(() -> new ModelException(
                        "no model '" + name + "'; the catalogue has " + String.join(", ", ENTRIES.keySet())));
    }
}
