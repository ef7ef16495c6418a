package dev.decant.stage;

import dev.decant.InputException;
import dev.decant.build.DataBuilder;
import dev.decant.build.ModelBuilder;
import dev.decant.data.Loader;
import dev.decant.distill.Teacher;
import dev.decant.export.OnnxNetwork;
import dev.decant.model.Catalogue;
import dev.decant.model.Network;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Split;
import dev.decant.train.score.Evaluator;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A model's scores on a data set.
 *
 * @param examples how many were scored
 * @param metrics in percent
 */
public record Evaluation(int examples, Map<String, Double> metrics) {

    private static final int BATCH = 256;

    /** Scores on the CPU in fp32; a spec without weights (and not a folder) is an error. */
    public static Evaluation of(ModelSpec spec, DataSpec dataSpec, Split split) {
        DataBuilder data = DataBuilder.of(dataSpec, spec);
        Optional<Path> onnx = OnnxNetwork.find(ModelBuilder.path(spec));
        if (onnx.isPresent()) {
            if (spec.weights().isPresent() || !spec.config().isEmpty()) {
                throw new InputException(
                        spec.model() + ": an ONNX file is whole; it takes no weights and no arguments");
            }
            try (OnnxNetwork model = OnnxNetwork.read(onnx.get())) {
                ModelBuilder.requireClasses(spec.model(), model, data.modelArguments(), "");
                return of(model, data, split);
            }
        }
        return of(trained(spec, data.modelArguments()), data, split);
    }

    private static Evaluation of(Network model, DataBuilder data, Split split) {
        Loader loader = data.evaluation(split, model.config().input(), BATCH);
        return new Evaluation(loader.size(), data.task().score(model, loader, Evaluator.Mode.PLAIN));
    }

    public static Network trained(ModelSpec spec, Map<String, Object> fromData) {
        if (!ModelBuilder.hasWeights(spec)) {
            Catalogue.requireName(spec.model());
            throw new InputException(
                    "model '" + spec.model() + "' has no weights; give --weights FILE, or a model folder");
        }
        return ModelBuilder.build(spec, fromData);
    }

    /**
     * The network that a teacher is.
     *
     * @param key of the recipe that needs one, for the message
     * @throws InputException if the teacher gives answers alone
     */
    public static Network network(Teacher teacher, String key) {
        return teacher.network()
                .orElseThrow(() -> new InputException(key + ": the teacher '"
                        + teacher.signature().architecture()
                        + "' gives answers alone; this needs a network with its weights"));
    }
}
