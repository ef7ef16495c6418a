package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Dist;
import dev.decant.spec.LossDefaults;
import java.util.List;
import java.util.Set;

/** {@link Dist#loss} of the logits. */
public record DistTerm(TeacherChoice teacher, Config config) implements Term {

    /**
     * @param beta weight of the relations of classes within an example
     * @param gamma weight of the relations of examples within a class
     * @param temperature greater than 0
     */
    public record Config(double beta, double gamma, double temperature) {

        public static final Config DEFAULT =
                new Config(LossDefaults.DIST_BETA, LossDefaults.DIST_GAMMA, LossDefaults.TEMPERATURE);
    }

    @Override
    public Taps taps() {
        return Taps.both(teacher.names(), Set.of(Taps.LOGITS));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(Dist.loss(
                view.studentTap(Taps.LOGITS), teacher.logits(view), config.beta, config.gamma, config.temperature));
    }
}
