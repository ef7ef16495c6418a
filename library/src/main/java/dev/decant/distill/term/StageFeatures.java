package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.Taps;
import dev.decant.model.TapSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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

    /**
     * Reads them from a signature.
     *
     * @throws ModelException if a stage or the feature vector is not there, or of another shape
     */
    public static StageFeatures of(TapSignature model) {
        List<StageShape> stages = new ArrayList<>();
        for (int stage = 1; stage <= STAGES; stage++) {
            stages.add(shape(model, tap(stage)));
        }
        long width = model.shape(Taps.FEATURES)
                .flatMap(features -> features.fixed(1))
                .orElseThrow(() -> misshapen(model, Taps.FEATURES, "(N, D)"));
        return new StageFeatures(stages, width);
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

    private static StageShape shape(TapSignature model, String tap) {
        List<Long> sizes = model.shape(tap)
                .map(shape -> IntStream.range(1, shape.rank())
                        .mapToObj(shape::fixed)
                        .flatMap(Optional::stream)
                        .toList())
                .orElse(List.of());
        if (sizes.size() == 3 && sizes.get(1).equals(sizes.get(2))) {
            return new StageShape.Image(sizes.get(0), sizes.get(1));
        }
        int prefix = model.prefixTokens();
        long grid = sizes.size() == 2 ? sizes.get(0) - prefix : 0;
        long side = Math.round(Math.sqrt(grid));
        if (grid < 1 || side * side != grid) {
            throw misshapen(model, tap, "(N, C, H, H) or (N, " + prefix + " + g x g, D)");
        }
        return new StageShape.Tokens(sizes.get(1), side, prefix);
    }

    private static ModelException misshapen(TapSignature model, String tap, String expected) {
        String found = model.shape(tap).map(shape -> "it is " + shape).orElse("there is no such tap");
        return new ModelException(
                model.architecture() + ": expected '" + tap + "' to be " + expected + ", but " + found);
    }
}
