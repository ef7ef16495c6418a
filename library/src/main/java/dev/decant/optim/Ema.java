package dev.decant.optim;

import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Exponential moving average of a model's state: a = decay a + (1 - decay) x; integer buffers are copied. */
public final class Ema {

    private final double decay;
    private final Map<String, Tensor> source;
    private final Map<String, Tensor> average = new LinkedHashMap<>();

    public Ema(Map<String, Tensor> state, double decay) {
        this.decay = decay;
        this.source = state;
        state.forEach((name, t) -> average.put(name, t.detach().copy()));
    }

    public void update() {
        try (NoGrad quiet = NoGrad.open()) {
            average.forEach((name, a) -> {
                Tensor x = source.get(name);
                if (x != null && a.dtype().isFloating()) {
                    a.lerpInPlace(x, 1 - decay);
                } else if (x != null) {
                    a.copyFrom(x);
                }
            });
        }
    }

    /** The averaged state, by the names of the source. */
    public Map<String, Tensor> state() {
        return average;
    }
}
