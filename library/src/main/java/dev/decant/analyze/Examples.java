package dev.decant.analyze;

import dev.decant.model.Inputs;
import dev.decant.tensor.Tensor;

/** Takes single examples out of a batch, without their padding. */
final class Examples {

    private Examples() {}

    static Inputs single(Inputs batch, int index) {
        if (batch instanceof Inputs.Images images) {
            return new Inputs.Images(images.pixels().narrow(0, index, 1));
        }
        if (batch instanceof Inputs.Text text) {
            Tensor mask = text.mask().narrow(0, index, 1);
            long tokens = Math.round(mask.sum().item());
            if (Math.round(mask.narrow(1, 0, tokens).sum().item()) != tokens) {
                throw new IllegalArgumentException("example " + index + " has padding before its last token");
            }
            return new Inputs.Text(
                    text.ids().narrow(0, index, 1).narrow(1, 0, tokens),
                    text.types().narrow(0, index, 1).narrow(1, 0, tokens),
                    mask.narrow(1, 0, tokens));
        }
        throw new AssertionError(batch);
    }
}
