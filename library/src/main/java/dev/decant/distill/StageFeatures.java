package dev.decant.distill;

import dev.decant.ModelException;
import dev.decant.model.ImageClassifier;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The shapes of a network's four stages, from which branches and projectors are built.
 *
 * @param stages shapes of stage 1 to 4, all images or all tokens
 * @param featureWidth width of the pooled feature vector
 */
public record StageFeatures(List<StageShape> stages, long featureWidth) {

    public static final int STAGES = 4;

    public StageFeatures {
        stages = List.copyOf(stages);
        if (stages.size() != STAGES) {
            throw new ModelException("expected the shapes of " + STAGES + " stages, got " + stages.size());
        }
        if (stages.stream().map(StageShape::getClass).distinct().count() != 1) {
            throw new ModelException("stages must be all images or all tokens, got " + stages);
        }
    }

    /** Runs one black image through the model in evaluation mode, without graph; the model is as it was afterwards. */
    public static StageFeatures of(ImageClassifier model) {
        try (Module.Evaluating evaluating = model.evaluating();
                Scope scope = Scope.open();
                NoGrad none = NoGrad.open()) {
            Trace trace = Trace.of(tap(1), tap(2), tap(3), tap(4));
            long size = model.imageInput().size();
            Tensor weight = model.parameters().values().iterator().next();
            model.forward(Tensor.zeros(1, 3, size, size).to(weight.dtype()).to(weight.device()), trace);
            List<StageShape> stages = new ArrayList<>();
            for (int stage = 1; stage <= STAGES; stage++) {
                stages.add(shape(trace.get(tap(stage)), model));
            }
            return new StageFeatures(stages, model.featureWidth());
        }
    }

    /** Name under which a model offers a stage. */
    public static String tap(int stage) {
        return "stage" + check(stage);
    }

    /** Shape of stage 1, 2, 3 or 4. */
    public StageShape stage(int stage) {
        return stages.get(check(stage) - 1);
    }

    /**
     * Side of the grid at which exit branches end: that of stage 4, and half of it for a network that keeps one grid
     * throughout. At 224 pixels this is 7 for every architecture of the catalogue, as in the authors' code.
     */
    public long finalSide() {
        long last = stage(STAGES).side();
        return last > 1 && last == stage(1).side() && stage(1) instanceof StageShape.Tokens ? last / 2 : last;
    }

    private static int check(int stage) {
        if (stage < 1 || stage > STAGES) {
            throw new ModelException("no stage " + stage + "; stages are 1, 2, 3 and 4");
        }
        return stage;
    }

    private static StageShape shape(Tensor t, ImageClassifier model) {
        long[] shape = t.shape();
        if (shape.length == 4 && shape[2] == shape[3]) {
            return new StageShape.Image(shape[1], shape[2]);
        }
        int prefix = model.prefixTokens();
        long grid = shape.length == 3 ? shape[1] - prefix : 0;
        long side = Math.round(Math.sqrt(grid));
        if (grid < 1 || side * side != grid) {
            throw new ModelException(model.config().architecture() + ": a stage must be (N, C, H, H) or (N, " + prefix
                    + " + g x g, D), got " + Arrays.toString(shape));
        }
        return new StageShape.Tokens(shape[2], side, prefix);
    }
}
