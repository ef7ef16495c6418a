package dev.decant.recipe;

import java.util.Optional;

/** How a stage trains; the stage holds these keys directly. */
@About("Keys of every stage that trains a model.")
public record TrainingSpec(
        @About("passes over the training data") int epochs,
        @About("training batch size") @Default("128") int batchSize,
        @About("batch size of evaluations") @Default("256") int evalBatchSize,
        @About("optimizer") @Default("sgd") OptimizerSpec optimizer,
        @About("learning-rate schedule") @Default("cosine") ScheduleSpec schedule,
        @About("maximum norm of the gradient (gradient clipping)") Optional<Double> clipNorm,
        @About("number of batches whose gradients are accumulated for one optimizer step") @Default("1") int accumulate,
        @About("decay of an exponential moving average of the weights; if set, evaluation and saving use the average")
                Optional<Double> ema,
        @About(
                        "channels-last memory layout, which makes convolutions faster; `auto` uses it for models that are mostly "
                                + "convolutions")
                @Default("auto")
                Toggle channelsLast,
        @About("epochs between two checkpoints") @Default("1") int checkpointEvery,
        @About("steps between two lines of metrics") @Default("50") int logEvery,
        @About("epochs between two evaluations on the validation split, or on the test split if there is no validation "
                        + "split")
                @Default("1")
                int evalEvery,
        @About("maximum number of steps; training stops there even if epochs remain") Optional<Integer> maxSteps) {

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
