package dev.decant.distill.term;

import dev.decant.nn.BatchNorm2d;
import dev.decant.nn.Conv2d;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Branch of a CNN: 4 - stage separable blocks (stage 4: one 1x1 convolution), average pooling, a linear classifier.
 *
 * <p>Block i doubles the channels, the last one gives the branch's width. A block halves the map as long as it is larger
 * than that of stage 4, and keeps its size from there on; so a network for small images whose stages shrink less has the
 * same blocks, and no map falls below that of stage 4. At 224 pixels every block halves.
 */
final class ConvBranch extends ExitBranch {

    private final List<SeparableBlock> blocks = new ArrayList<>();
    private final List<Conv2d> widening;
    private final Linear head;

    /** Channels before the pooling, and classes. */
    record Exit(long width, long classes) {}

    ConvBranch(StageShape.Image stage, int number, long finalSide, Exit exit) {
        int count = StageFeatures.STAGES - number;
        long side = stage.side();
        for (int i = 0; i < count; i++) {
            long inputs = stage.width() << i;
            long outputs = i == count - 1 ? exit.width : 2 * inputs;
            blocks.add(child("blocks." + i, new SeparableBlock(inputs, outputs, side > finalSide ? 2 : 1)));
            side = side > finalSide ? (side + 1) / 2 : side;
        }
        widening = count == 0
                ? List.of(child("conv", BranchInit.biased(new Conv2d.Shape(stage.width(), exit.width, 1, 1, 0, 1))))
                : List.of();
        head = child("head", new Linear(exit.width, exit.classes));
    }

    @Override
    public Tensor forward(Tensor stage) {
        Tensor x = stage;
        for (SeparableBlock block : blocks) {
            x = block.forward(x);
        }
        for (Conv2d conv : widening) {
            x = conv.forward(x);
        }
        return head.forward(Ops.globalAveragePool(x));
    }

    /** Two depthwise-separable convolutions with batch norm and ReLU; the first may halve the map. */
    static final class SeparableBlock extends Module {

        private final Conv2d depthwise1;
        private final Conv2d pointwise1;
        private final BatchNorm2d norm1;
        private final Conv2d depthwise2;
        private final Conv2d pointwise2;
        private final BatchNorm2d norm2;

        SeparableBlock(long inputs, long outputs, long stride) {
            depthwise1 = child("depthwise1", BranchInit.depthwise(inputs, stride));
            pointwise1 = child("pointwise1", Conv2d.pointwise(inputs, inputs));
            norm1 = child("norm1", new BatchNorm2d(inputs));
            depthwise2 = child("depthwise2", BranchInit.depthwise(inputs, 1));
            pointwise2 = child("pointwise2", Conv2d.pointwise(inputs, outputs));
            norm2 = child("norm2", new BatchNorm2d(outputs));
        }

        Tensor forward(Tensor x) {
            return Scope.only(() -> pass(x));
        }

        private Tensor pass(Tensor x) {
            Tensor half = pointwise1.forward(depthwise1.forward(x), norm1).reluInPlace();
            return pointwise2.forward(depthwise2.forward(half), norm2).reluInPlace();
        }
    }
}
