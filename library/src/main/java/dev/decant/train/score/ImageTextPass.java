package dev.decant.train.score;

import dev.decant.ModelException;
import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.data.Loader;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.VisionLanguage;
import dev.decant.nn.Module;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;

/** Runs parts of a model of images and texts on every batch of a loader, in evaluation mode and without graph. */
final class ImageTextPass {

    private ImageTextPass() {}

    /** What is done with a batch; its tensors are freed afterwards. */
    interface Work {
        void on(VisionLanguage model, Inputs.ImageText inputs, Batch batch);
    }

    static VisionLanguage parts(Network network) {
        if (network instanceof VisionLanguage model) {
            return model;
        }
        throw new ModelException(
                network.config().architecture() + " is no model of images and texts; the data has both");
    }

    /** Leaves the network in the mode it was in. */
    static void run(Network network, Loader loader, Evaluator.Mode mode, Work work) {
        quietly(network, () -> {
            try (Epoch epoch = loader.epoch(0, 0)) {
                while (epoch.hasNext()) {
                    try (Scope step = Scope.open();
                            Autocast cast = Evaluator.autocast(mode.device(), mode.bf16())) {
                        Batch batch = epoch.next();
                        if (!(batch.inputs().to(mode.device()) instanceof Inputs.ImageText inputs)) {
                            throw new ModelException(
                                    "a batch of " + batch.inputs().kind() + " where images with texts are scored");
                        }
                        work.on(parts(network), inputs, batch);
                    }
                }
            }
        });
    }

    static void quietly(Network network, Runnable work) {
        try (Module.Evaluating evaluating = network.evaluating();
                NoGrad quiet = NoGrad.open()) {
            work.run();
        }
    }

    /** ln of the softmax over the words (last dimension), in fp32. */
    static Tensor logProbabilities(Tensor logits) {
        try (Autocast off = Autocast.off(logits.device())) {
            return logits.to(DType.F32).logSoftmax(-1);
        }
    }
}
