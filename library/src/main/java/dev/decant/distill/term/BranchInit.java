package dev.decant.distill.term;

import dev.decant.nn.Conv2d;
import dev.decant.tensor.NoGrad;

/** Convolutions with the initial values of the authors' branches. */
final class BranchInit {

    private BranchInit() {}

    /** With bias, which starts uniform within 1/sqrt(fan-in). */
    static Conv2d biased(Conv2d.Shape shape) {
        Conv2d conv = new Conv2d(shape, true);
        double bound = 1 / Math.sqrt((double) shape.inputs() / shape.groups() * shape.kernel() * shape.kernel());
        try (NoGrad none = NoGrad.open()) {
            conv.parameters().values().stream()
                    .filter(t -> t.rank() == 1)
                    .forEach(t -> t.uniformInPlace(-bound, bound));
        }
        return conv;
    }

    /** 3x3, one filter per channel; fan-out counts all channels, as PyTorch's initialiser does, not those of a group. */
    static Conv2d depthwise(long channels, long stride) {
        Conv2d conv = Conv2d.depthwise(channels, 3, stride);
        try (NoGrad none = NoGrad.open()) {
            conv.weight().normalInPlace(0, Math.sqrt(2.0 / (9 * channels)));
        }
        return conv;
    }
}
