package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.nn.Module;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * The unified loss of Kim et al. 2022 (arXiv 2211.11014): gamma times the attention-map loss plus 1 - gamma times the
 * attention-output loss.
 */
public final class MapAndOutputTerm implements Term {

    private final LayerTerm map;
    private final LayerTerm output;
    private final double gamma;

    /** @param gamma in [0, 1] */
    public MapAndOutputTerm(LayerTerm map, LayerTerm output, double gamma) {
        if (!(gamma >= 0 && gamma <= 1)) {
            throw new IllegalArgumentException("gamma must be between 0 and 1, got " + gamma);
        }
        this.map = map;
        this.output = output;
        this.gamma = gamma;
    }

    @Override
    public Taps taps() {
        return Taps.union(List.of(map.taps(), output.taps()));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return List.of(new Part("map", loss(map, view), gamma), new Part("output", loss(output, view), 1 - gamma));
    }

    @Override
    public List<String> parts() {
        return List.of("map", "output");
    }

    private static Tensor loss(LayerTerm term, LossInputs view) {
        return term.losses(view).get(0).loss();
    }

    @Override
    public Module learned() {
        return output.learned();
    }
}
