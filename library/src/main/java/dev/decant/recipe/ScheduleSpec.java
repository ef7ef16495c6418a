package dev.decant.recipe;

/** The learning-rate schedule of a stage; every kind may start with a linear warm-up from {@code warmup-lr}. */
@About("The learning-rate schedule of the stage.")
public sealed interface ScheduleSpec {

    @About("epochs of linear warm-up, may be a fraction; they are part of the stage's epochs")
    double warmupEpochs();

    @About("learning rate at the start of the warm-up")
    double warmupLr();

    @About("when the learning rate is updated: every `epoch` or every `step`")
    Per per();

    /** How often the learning rate is updated. */
    enum Per {
        EPOCH,
        STEP
    }

    /** Cosine decay over all epochs, warm-up included. */
    @About("Cosine decay from the optimizer's learning rate to `min-lr` over all epochs, with the warm-up counted.")
    record Cosine(
            @About("learning rate at the end") @Default("0") double minLr,
            @Default("0") double warmupEpochs,
            @Default("1e-6") double warmupLr,
            @Default("epoch") Per per)
            implements ScheduleSpec {
        public Cosine {
            Checks check = common(warmupEpochs, warmupLr);
            check.atLeast("min-lr", minLr, 0);
            check.done();
        }
    }

    /** Multiplies the rate at regular epochs. */
    @About("Multiplies the learning rate by `factor` every `every-epochs` epochs.")
    record Step(
            @About("epochs between two decays") @Default("30") int everyEpochs,
            @About("factor of each decay") @Default("0.1") double factor,
            @Default("0") double warmupEpochs,
            @Default("1e-6") double warmupLr,
            @Default("epoch") Per per)
            implements ScheduleSpec {
        public Step {
            Checks check = common(warmupEpochs, warmupLr);
            check.atLeast("every-epochs", everyEpochs, 1);
            check.that(factor > 0 && factor <= 1, "factor", "must be above 0 and at most 1, got " + factor);
            check.done();
        }
    }

    /** Linear decay. */
    @About("Linear decay from the optimizer's learning rate at the end of the warm-up to `min-lr` at the end of the "
            + "stage.")
    record Linear(
            @About("learning rate at the end") @Default("0") double minLr,
            @Default("0") double warmupEpochs,
            @Default("0") double warmupLr,
            @Default("step") Per per)
            implements ScheduleSpec {
        public Linear {
            Checks check = common(warmupEpochs, warmupLr);
            check.atLeast("min-lr", minLr, 0);
            check.done();
        }
    }

    /** Constant learning rate. */
    @About("The optimizer's learning rate, constant after the warm-up.")
    record Constant(@Default("0") double warmupEpochs, @Default("1e-6") double warmupLr, @Default("epoch") Per per)
            implements ScheduleSpec {
        public Constant {
            Checks check = common(warmupEpochs, warmupLr);
            check.done();
        }
    }

    private static Checks common(double warmupEpochs, double warmupLr) {
        Checks check = new Checks();
        check.atLeast("warmup-epochs", warmupEpochs, 0);
        check.atLeast("warmup-lr", warmupLr, 0);
        return check;
    }
}
