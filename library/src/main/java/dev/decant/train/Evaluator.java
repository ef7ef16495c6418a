package dev.decant.train;

import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.data.Loader;
import dev.decant.metric.Accuracy;
import dev.decant.model.ImageClassifier;
import dev.decant.nn.Trace;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scores a classifier on every image of a loader, in evaluation mode and without graph. */
public final class Evaluator {

    private Evaluator() {}

    /** How the forward pass is run. */
    public record Mode(Device device, boolean bf16, boolean channelsLast) {
        public static final Mode PLAIN = new Mode(Device.CPU, false, false);
    }

    /** {@code accuracy} (top-1) and {@code top5}, in percent. Leaves the model in the mode it was in. */
    public static Map<String, Double> evaluate(ImageClassifier model, Loader loader, Mode mode) {
        Accuracy accuracy = new Accuracy(model.classes());
        boolean training = model.isTraining();
        model.train(false);
        try (NoGrad quiet = NoGrad.open();
                Epoch epoch = loader.epoch(0, 0)) {
            while (epoch.hasNext()) {
                try (Scope step = Scope.open();
                        Autocast cast = autocast(mode.device, mode.bf16)) {
                    Batch batch = epoch.next();
                    Tensor images = prepare(batch.images(), mode.device, mode.channelsLast);
                    accuracy.add(model.forward(images, Trace.none()).to(DType.F32), batch.labels());
                }
            }
        } finally {
            model.train(training);
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", 100 * accuracy.top1());
        metrics.put("top5", 100 * accuracy.top5());
        return metrics;
    }

    static Autocast autocast(Device device, boolean bf16) {
        return bf16 ? Autocast.bf16(device) : Autocast.off(device);
    }

    static Tensor prepare(Tensor images, Device device, boolean channelsLast) {
        Tensor there = images.to(device);
        return channelsLast ? there.channelsLast() : there;
    }
}
