package dev.decant.recipe;

import dev.decant.spec.LossDefaults;
import java.util.List;

/** Losses that compare the student's logits with a teacher's. */
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface LogitLoss extends LossSpec
        permits LogitLoss.Kd, LogitLoss.Ofa, LogitLoss.Dkd, LogitLoss.Dist, LogitLoss.LogitsMse, LogitLoss.TokenScaled {

    @Override
    default boolean takesLogitsOnly() {
        return true;
    }

    /** Softened logits (Hinton, Vinyals and Dean 2015). */
    @About("KL divergence of temperature-softened probabilities, times temperature² (Hinton, Vinyals and Dean 2015).")
    record Kd(@About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature)
            implements LogitLoss {
        public Kd {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.done();
        }
    }

    /** OFA with exit branches (Hao et al. 2023). */
    @About("One-for-all distillation (OFA-KD; Hao et al. 2023): exit branches on the student's stages learn the "
            + "teacher's logits. The saved model does not contain the branches.")
    record Ofa(
            @About(
                            "exponent on the target class: a number, a list with one value for each stage in `stages` and one for the "
                                    + "final logits, or `auto` (tuned in the first epoch)")
                    @Default("1")
                    Eps eps,
            @About(
                            "network stages of the student that get an exit branch; if empty, only the final logits are distilled")
                    @Default("[1, 2, 3, 4]")
                    List<Integer> stages,
            @About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature,
            @About("weight of the branches") @Default("" + LossDefaults.OFA_BRANCH_WEIGHT) double branchWeight,
            @About("weight of the final logits") @Default("" + LossDefaults.OFA_LOGITS_WEIGHT) double logitsWeight)
            implements LogitLoss {
        public Ofa {
            stages = List.copyOf(stages);
            Checks check = new Checks();
            check.stages("stages", stages);
            int wanted = stages.size() + 1;
            check.that(
                    !(eps instanceof Eps.Fixed fixed)
                            || fixed.values().size() == 1
                            || fixed.values().size() == wanted,
                    "eps",
                    "must be one number or " + wanted + " (one for each of the " + stages.size()
                            + " stages, the last for the logits), got " + eps.plain());
            check.above("temperature", temperature, 0);
            check.atLeast("branch-weight", branchWeight, 0);
            check.atLeast("logits-weight", logitsWeight, 0);
            check.done();
        }
    }

    /** Decoupled distillation (Zhao et al. 2022). */
    @About("Decoupled KD: separate weights for the target and the non-target part of KD (Zhao et al. 2022).")
    record Dkd(
            @About("weight of the target part") @Default("" + LossDefaults.DKD_ALPHA) double alpha,
            @About("weight of the non-target part") @Default("" + LossDefaults.DKD_BETA) double beta,
            @About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature,
            @About("epochs over which the term's weight rises linearly from 0")
                    @Default("" + LossDefaults.DKD_WARMUP_EPOCHS)
                    int warmupEpochs)
            implements LogitLoss {
        public Dkd {
            Checks check = new Checks();
            check.atLeast("alpha", alpha, 0);
            check.atLeast("beta", beta, 0);
            check.above("temperature", temperature, 0);
            check.atLeast("warmup-epochs", warmupEpochs, 0);
            check.done();
        }
    }

    /** Correlations within rows and columns of the predictions (Huang et al. 2022). */
    @About("DIST: Pearson correlation of the predictions, per image and per class (Huang et al. 2022).")
    record Dist(
            @About("weight of the correlation per image") @Default("" + LossDefaults.DIST_BETA) double beta,
            @About("weight of the correlation per class") @Default("" + LossDefaults.DIST_GAMMA) double gamma,
            @About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature)
            implements LogitLoss {
        public Dist {
            Checks check = new Checks();
            check.atLeast("beta", beta, 0);
            check.atLeast("gamma", gamma, 0);
            check.above("temperature", temperature, 0);
            check.done();
        }
    }

    /** Outputs by squared error. */
    @About("Squared error of the logits; use it to distill a regression.")
    record LogitsMse() implements LogitLoss {

        @Override
        public boolean takesLogitsOnly() {
            return false; // of one teacher only
        }
    }

    /** Logits of a language model, token by token. */
    @About("KL divergence of a language model's logits, with tokens weighted by the teacher's cross-entropy "
            + "(token-scaled logit distillation, TSLD; Kim et al. 2023).")
    record TokenScaled(
            @About("divisor of the teacher's cross-entropy before the softmax over the tokens of a text") @Default("10")
                    double scale)
            implements LogitLoss {
        public TokenScaled {
            Checks check = new Checks();
            check.above("scale", scale, 0);
            check.done();
        }

        @Override
        public boolean takesLogitsOnly() {
            return false; // of one teacher only
        }
    }
}
