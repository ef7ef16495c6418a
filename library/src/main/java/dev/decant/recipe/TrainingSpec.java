package dev.decant.recipe;

import java.util.Optional;

/** How a stage trains; its keys stand in the stage itself. */
@About("Keys of every stage that trains.")
public record TrainingSpec(
        @About("passes over the training images") int epochs,
        @About("images in a step") @Default("128") int batchSize,
        @About("images in a batch when scores are taken") @Default("256") int evalBatchSize,
        @About("optimizer") @Default("sgd") OptimizerSpec optimizer,
        @About("learning-rate schedule") @Default("cosine") ScheduleSpec schedule,
        @About("the gradient's norm is cut to this") Optional<Double> clipNorm,
        @About("batches whose gradients are added up for one step of the optimizer") @Default("1") int accumulate,
        @About("decay of a moving average of the weights, which is then what is scored and saved") Optional<Double> ema,
        @About("memory layout that convolutions are faster with: `auto`, `on`, `off`") @Default("auto")
                Toggle channelsLast,
        @About("epochs between two checkpoints") @Default("1") int checkpointEvery,
        @About("steps between two lines of metrics") @Default("50") int logEvery,
        @About("epochs between two scores on the validation split, or the test split where there is none") @Default("1")
                int evalEvery,
        @About("stop after this many steps, whatever the epochs say") Optional<Integer> maxSteps) {

    public TrainingSpec {
        Checks check = new Checks();
        check.atLeast("epochs", epochs, 1);
        check.atLeast("batch-size", batchSize, 1);
        check.atLeast("eval-batch-size", evalBatchSize, 1);
        check.that(
                schedule.warmupEpochs() < epochs || schedule.warmupEpochs() == 0,
                "schedule.warmup-epochs",
                "must be below the stage's " + epochs + " epochs, got " + schedule.warmupEpochs());
        check.above("clip-norm", clipNorm, 0);
        check.atLeast("accumulate", accumulate, 1);
        ema.ifPresent(e -> check.that(e > 0 && e < 1, "ema", "must be above 0 and below 1, got " + e));
        check.atLeast("checkpoint-every", checkpointEvery, 1);
        check.atLeast("log-every", logEvery, 1);
        check.atLeast("eval-every", evalEvery, 1);
        check.atLeast("max-steps", maxSteps, 1);
        check.done();
    }
}
