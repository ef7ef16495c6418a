package com.example;

// tag::model[]
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelConfig;
import dev.decant.nn.BatchNorm2d;
import dev.decant.nn.Conv2d;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Four convolutions, each of stride 2, and a linear classifier. */
final class PlainConvNet extends ImageClassifier {

    private final List<Stage> stages = new ArrayList<>();
    private final Linear head;
    private final int width;

    /** One convolution, batch normalization and ReLU. */
    private static final class Stage extends Module {

        private final Conv2d conv;
        private final BatchNorm2d norm;

        Stage(int inputs, int outputs) {
            conv = child("conv", new Conv2d(inputs, outputs, 3, 2, 1));
            norm = child("norm", new BatchNorm2d(outputs));
        }

        /** x (N, C, H, W); returns (N, C', H/2, W/2). */
        Tensor forward(Tensor x) {
            return conv.forward(x, norm).relu();
        }
    }

    /** @param channels of the four stages */
    PlainConvNet(ModelConfig config, List<Integer> channels) {
        super(config);
        int inputs = 3;
        for (int outputs : channels) {
            stages.add(child("stages." + stages.size(), new Stage(inputs, outputs)));
            inputs = outputs;
        }
        width = inputs;
        head = child("head", Linear.uniform(width, config.classes()));
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = images; // (N, 3, H, W)
        for (int i = 0; i < stages.size(); i++) {
            x = stages.get(i).forward(x);
            trace.offer("stages." + i, x);
            trace.offer("stage" + (i + 1), x);
        }
        Tensor features = Ops.globalAveragePool(x); // (N, C)
        trace.offer("features", features);
        Tensor logits = head.forward(features); // (N, K)
        trace.offer("logits", logits);
        return logits;
    }

    @Override
    public int featureWidth() {
        return width;
    }

    @Override
    public int prefixTokens() {
        return 0;
    }
}
// end::model[]
