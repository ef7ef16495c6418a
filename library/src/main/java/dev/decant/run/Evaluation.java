package dev.decant.run;

import dev.decant.data.Loader;
import dev.decant.model.ImageClassifier;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Split;
import dev.decant.train.Evaluator;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A model's scores on a data set.
 *
 * @param examples how many images were scored
 * @param metrics in percent
 */
public record Evaluation(int examples, Map<String, Double> metrics) {

    private static final int BATCH = 256;

    /** Scores on the CPU in fp32; a spec without weights (and not a folder) is an error. */
    public static Evaluation of(ModelSpec spec, DataSpec dataSpec, Split split) {
        DataParts data = new DataParts(dataSpec);
        OptionalInt size =
                DataParts.images(dataSpec).imageSize().map(OptionalInt::of).orElse(OptionalInt.empty());
        ImageClassifier model = trained(spec, OptionalInt.of(data.classes().size()), size);
        Loader loader = data.evaluation(split, model.config().input(), BATCH);
        return new Evaluation(loader.data().size(), Evaluator.evaluate(model, loader, Evaluator.Mode.PLAIN));
    }

    static ImageClassifier trained(ModelSpec spec, OptionalInt classes, OptionalInt size) {
        if (!ModelParts.hasWeights(spec)) {
            throw new InputException(
                    "model '" + spec.model() + "' has no weights; give --weights FILE, or a model folder");
        }
        return ModelParts.build(spec, classes, size);
    }
}
