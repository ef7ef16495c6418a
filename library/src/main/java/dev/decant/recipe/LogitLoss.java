package dev.decant.recipe;

import dev.decant.spec.LossDefaults;
import java.util.List;

/** Losses that compare the student's logits with a teacher's. */
public sealed interface LogitLoss extends LossSpec {

    @Override
    default boolean takesLogitsOnly() {
        return true;
    }

    /** Softened logits (Hinton, Vinyals and Dean 2015). */
    @About("KL divergence of softened logits, times temperature² (Hinton, Vinyals and Dean 2015).")
    record Kd(@About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature)
            implements LogitLoss {
        public Kd {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.done();
        }
    }

    /** OFA with exit branches (Hao et al. 2023). */
    @About(
            "One-for-all distillation through exit branches of the student, which are not part of the saved model (Hao et al."
                    + " 2023).")
    record Ofa(
            @About(
                            "exponent on the target class: a number, a list of one for each listed stage and a last for the final logits,"
                                    + " or `auto`")
                    @Default("1")
                    Eps eps,
            @About("stages of the student that get a branch; empty for the final logits only") @Default("[1, 2, 3, 4]")
                    List<Integer> stages,
            @About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature,
            @About("factor on the branches") @Default("" + LossDefaults.OFA_BRANCH_WEIGHT) double branchWeight,
            @About("factor on the final logits") @Default("" + LossDefaults.OFA_LOGITS_WEIGHT) double logitsWeight)
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
    @About("Target and non-target parts of KD with a weight each (Zhao et al. 2022).")
    record Dkd(
            @About("factor on the target part") @Default("" + LossDefaults.DKD_ALPHA) double alpha,
            @About("factor on the non-target part") @Default("" + LossDefaults.DKD_BETA) double beta,
            @About("temperature of both softmaxes") @Default("" + LossDefaults.TEMPERATURE) double temperature,
            @About("epochs over which the term grows from 0 along a line") @Default("" + LossDefaults.DKD_WARMUP_EPOCHS)
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
    @About("Correlation of predictions, per image and per class (Huang et al. 2022).")
    record Dist(
            @About("factor on the correlation per image") @Default("" + LossDefaults.DIST_BETA) double beta,
            @About("factor on the correlation per class") @Default("" + LossDefaults.DIST_GAMMA) double gamma,
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
    @About("Squared error of the logits; what distills a regression.")
    record LogitsMse() implements LogitLoss {

        @Override
        public boolean takesLogitsOnly() {
            return false; // of one teacher only
        }
    }

    /** Logits of a language model, token by token. */
    @About(
            "KL divergence of a language model's logits; the tokens of a text weigh by how hard they are for the teacher (TSLD; Kim et"
                    + " al. 2023).")
    record TokenScaled(
            @About("the teacher's cross-entropy is divided by this before the softmax over a text's tokens")
                    @Default("10")
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
