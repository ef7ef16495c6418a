package dev.decant.recipe;

/** How the learning rate moves over a stage; each kind may warm up along a line from {@code warmup-lr} first. */
@About("How the learning rate moves over the stage's epochs.")
public sealed interface ScheduleSpec {

    @About("epochs of linear warm-up, or a part of one; they count among the stage's epochs")
    double warmupEpochs();

    @About("learning rate that the warm-up starts from")
    double warmupLr();

    @About("when the rate changes: `epoch` or `step`")
    Per per();

    /** How often the rate changes. */
    enum Per {
        EPOCH,
        STEP
    }

    /** Half a cosine over all epochs, warm-up included. */
    @About("Half a cosine from the optimizer's rate to `min-lr` over all epochs, those of the warm-up included.")
    record Cosine(
            @About("rate at the end") @Default("0") double minLr,
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
    @About("Multiplies the rate by `factor` after every `every-epochs` epochs.")
    record Step(
            @About("epochs between two drops") @Default("30") int everyEpochs,
            @About("what each drop multiplies by") @Default("0.1") double factor,
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

    /** A line down to the end. */
    @About("From the optimizer's rate at the end of the warm-up along a line to `min-lr` at the end of the stage.")
    record Linear(
            @About("rate at the end") @Default("0") double minLr,
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

    /** The optimizer's rate throughout. */
    @About("The optimizer's rate throughout.")
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
