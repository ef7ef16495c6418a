package dev.decant.recipe;

/** The optimizer. */
@About("The optimizer. Weight decay skips biases and other 1-D parameters.")
public sealed interface OptimizerSpec {

    @About("learning rate after the warm-up")
    double lr();

    @About("weight decay")
    double weightDecay();

    /** Stochastic gradient descent with momentum. */
    @About("Stochastic gradient descent with momentum; the weight decay is added to the gradient (L2).")
    record Sgd(
            @Default("0.05") double lr,
            @About("momentum") @Default("0.9") double momentum,
            @About("Nesterov momentum") @Default("true") boolean nesterov,
            @Default("5e-4") double weightDecay)
            implements OptimizerSpec {
        public Sgd {
            Checks check = common(lr, weightDecay);
            check.that(momentum >= 0 && momentum < 1, "momentum", "must be at least 0 and below 1, got " + momentum);
            check.that(!nesterov || momentum > 0, "nesterov", "needs a momentum above 0");
            check.done();
        }
    }

    /** Adam with decoupled weight decay (Loshchilov and Hutter 2017). */
    @About("Adam with decoupled weight decay (Loshchilov and Hutter 2017).")
    record Adamw(
            @Default("5e-4") double lr,
            @About("decay rates of the two moment estimates") @Default("[0.9, 0.999]") Pair betas,
            @About("added to the square root of the second moment") @Default("1e-8") double eps,
            @Default("0.05") double weightDecay)
            implements OptimizerSpec {
        public Adamw {
            Checks check = common(lr, weightDecay);
            adam(check, betas, eps);
            check.done();
        }
    }

    /** Adam as in BERT's training. */
    @About("Adam as in BERT's training: no bias correction, and gradient clipping per tensor.")
    record BertAdam(
            @Default("2e-5") double lr,
            @About("decay rates of the two moment estimates") @Default("[0.9, 0.999]") Pair betas,
            @About("added to the square root of the second moment") @Default("1e-6") double eps,
            @Default("0.01") double weightDecay,
            @About("maximum gradient norm of each tensor; `0` disables clipping") @Default("1") double clipEach)
            implements OptimizerSpec {
        public BertAdam {
            Checks check = common(lr, weightDecay);
            adam(check, betas, eps);
            check.atLeast("clip-each", clipEach, 0);
            check.done();
        }
    }

    /** Adam with layer-wise trust ratios (You et al. 2019). */
    @About("Adam with layer-wise trust ratios, for large batches (You et al. 2019).")
    record Lamb(
            @Default("5e-3") double lr,
            @About("decay rates of the two moment estimates") @Default("[0.9, 0.999]") Pair betas,
            @About("added to the square root of the second moment") @Default("1e-6") double eps,
            @Default("0.02") double weightDecay)
            implements OptimizerSpec {
        public Lamb {
            Checks check = common(lr, weightDecay);
            adam(check, betas, eps);
            check.done();
        }
    }

    private static Checks common(double lr, double weightDecay) {
        Checks check = new Checks();
        check.above("lr", lr, 0);
        check.atLeast("weight-decay", weightDecay, 0);
        return check;
    }

    private static void adam(Checks check, Pair betas, double eps) {
        check.that(
                betas.first() >= 0 && betas.first() < 1 && betas.second() >= 0 && betas.second() < 1,
                "betas",
                "must be at least 0 and below 1, got " + betas.plain());
        check.above("eps", eps, 0);
    }
}
