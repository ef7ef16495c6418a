package dev.decant.build;

import dev.decant.optim.Adamw;
import dev.decant.optim.BertAdam;
import dev.decant.optim.Lamb;
import dev.decant.optim.Schedule;
import dev.decant.optim.Sgd;
import dev.decant.optim.UpdateRule;
import dev.decant.recipe.OptimizerSpec;
import dev.decant.recipe.ScheduleSpec;
import dev.decant.recipe.Toggle;
import dev.decant.recipe.TrainingSpec;
import dev.decant.tensor.Device;
import dev.decant.train.TrainingConfig;

/** Joins a stage's training keys to update rule, schedule and configuration. */
public final class TrainingBuilder {

    private TrainingBuilder() {}

    public static UpdateRule rule(OptimizerSpec spec) {
        if (spec instanceof OptimizerSpec.Sgd s) {
            return new Sgd(s.momentum(), s.nesterov(), s.weightDecay());
        }
        if (spec instanceof OptimizerSpec.Adamw s) {
            return new Adamw(s.betas().first(), s.betas().second(), s.eps(), s.weightDecay());
        }
        if (spec instanceof OptimizerSpec.BertAdam s) {
            double clip = s.clipEach() > 0 ? s.clipEach() : Double.POSITIVE_INFINITY;
            return new BertAdam(s.betas().first(), s.betas().second(), s.eps(), s.weightDecay(), clip);
        }
        if (spec instanceof OptimizerSpec.Lamb s) {
            return new Lamb(s.betas().first(), s.betas().second(), s.eps(), s.weightDecay());
        }
        throw new AssertionError(spec);
    }

    public static Schedule schedule(TrainingSpec training) {
        ScheduleSpec spec = training.schedule();
        double base = training.optimizer().lr();
        Schedule.Warmup warmup = new Schedule.Warmup(spec.warmupEpochs(), spec.warmupLr());
        if (spec instanceof ScheduleSpec.Cosine s) {
            return new Schedule.Cosine(base, s.minLr(), training.epochs(), warmup);
        }
        if (spec instanceof ScheduleSpec.Step s) {
            return new Schedule.Step(base, s.everyEpochs(), s.factor(), warmup);
        }
        if (spec instanceof ScheduleSpec.Linear s) {
            return new Schedule.Linear(base, s.minLr(), training.epochs(), warmup);
        }
        if (spec instanceof ScheduleSpec.Constant) {
            return new Schedule.Constant(base, warmup);
        }
        throw new AssertionError(spec);
    }

    /** @param convolutional whether the student gains from channels-last, for {@code auto} */
    public static TrainingConfig config(TrainingSpec s, Device device, boolean bf16, boolean convolutional) {
        return new TrainingConfig(
                s.epochs(),
                s.maxSteps().map(Integer::longValue).orElse(Long.MAX_VALUE),
                s.accumulate(),
                s.clipNorm().orElse(Double.POSITIVE_INFINITY),
                bf16,
                s.channelsLast() == Toggle.ON || (s.channelsLast() == Toggle.AUTO && convolutional),
                s.schedule().per() == ScheduleSpec.Per.STEP,
                new TrainingConfig.Every(s.checkpointEvery(), s.evalEvery(), s.logEvery()),
                device);
    }
}
