package dev.decant.train.score;

import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.data.Loader;
import dev.decant.distill.Taps;
import dev.decant.distill.Teacher;
import dev.decant.metric.Scorer;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Runs a network or a teacher on every example of a loader, in evaluation mode and without graph. */
public final class Evaluator {

    private Evaluator() {}

    /** How the forward pass is run. */
    public record Mode(Device device, boolean bf16, boolean channelsLast) {
        public static final Mode PLAIN = new Mode(Device.CPU, false, false);
    }

    /** Feeds every batch's logits and labels to the scorer. Leaves the network in the mode it was in. */
    public static Map<String, Double> evaluate(Network network, Loader loader, Mode mode, Scorer scorer) {
        try (Module.Evaluating evaluating = network.evaluating()) {
            return evaluate(inputs -> network.forward(inputs, Trace.none()), loader, mode, scorer);
        }
    }

    /** Feeds every batch's logits and labels to the scorer. */
    public static Map<String, Double> evaluate(Teacher teacher, Loader loader, Mode mode, Scorer scorer) {
        return evaluate(
                inputs -> teacher.answer(inputs, Teacher.NO_INDICES, Set.of(Taps.LOGITS))
                        .get(Taps.LOGITS),
                loader,
                mode,
                scorer);
    }

    private static Map<String, Double> evaluate(
            Function<Inputs, Tensor> logits, Loader loader, Mode mode, Scorer scorer) {
        try (NoGrad quiet = NoGrad.open();
                Epoch epoch = loader.epoch(0, 0)) {
            while (epoch.hasNext()) {
                try (Scope step = Scope.open();
                        Autocast cast = autocast(mode.device, mode.bf16)) {
                    Batch batch = epoch.next();
                    Inputs inputs = prepare(batch.inputs(), mode.device, mode.channelsLast);
                    scorer.add(logits.apply(inputs).to(DType.F32), batch.labels());
                }
            }
        }
        return scorer.scores();
    }

    public static Autocast autocast(Device device, boolean bf16) {
        return bf16 ? Autocast.bf16(device) : Autocast.off(device);
    }

    public static Inputs prepare(Inputs inputs, Device device, boolean channelsLast) {
        Inputs there = inputs.to(device);
        return channelsLast && there instanceof Inputs.Images images
                ? new Inputs.Images(images.pixels().channelsLast())
                : there;
    }
}
