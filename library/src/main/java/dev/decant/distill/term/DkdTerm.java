package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Dkd;
import dev.decant.spec.LossDefaults;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** {@link Dkd#loss} of the logits, with a weight that grows linearly over the first epochs. */
public record DkdTerm(TeacherChoice teacher, Config config) implements Term {

    /**
     * @param alpha weight of the target class
     * @param beta weight of the other classes
     * @param temperature greater than 0
     * @param warmupEpochs epochs until the full weight; 0 for none
     */
    public record Config(double alpha, double beta, double temperature, double warmupEpochs) {

        public static final Config DEFAULT = new Config(
                LossDefaults.DKD_ALPHA,
                LossDefaults.DKD_BETA,
                LossDefaults.TEMPERATURE,
                LossDefaults.DKD_WARMUP_EPOCHS);
    }

    @Override
    public Taps taps() {
        return Taps.both(teacher.names(), Set.of(Taps.LOGITS));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Tensor loss = Dkd.loss(
                view.studentTap(Taps.LOGITS),
                teacher.logits(view),
                view.target(),
                config.alpha,
                config.beta,
                config.temperature);
        return List.of(new Part("", loss, warmth(view.epoch())));
    }

    private double warmth(double epoch) {
        return config.warmupEpochs > 0 ? Math.min(epoch / config.warmupEpochs, 1) : 1;
    }
}
