package com.example;

// tag::loss[]
import dev.decant.build.TermModels;
import dev.decant.build.TermProvider;
import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.loss.SoftTargets;
import dev.decant.recipe.About;
import dev.decant.recipe.Checks;
import dev.decant.recipe.Default;
import dev.decant.recipe.ProvidedLoss;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** KD of standardized logits (Sun et al. 2024, "Logit Standardization in Knowledge Distillation", arXiv:2403.01734). */
public final class LogitStandardization implements TermProvider<LogitStandardization.StandardizedKd> {

    /** The keys of the loss in a recipe, where it is called `standardized-kd`. */
    @About("KD of logits that are shifted and scaled to mean 0 and deviation 1 for each example.")
    public record StandardizedKd(@About("softmax temperature of both models") @Default("2") double temperature)
            implements ProvidedLoss {
        public StandardizedKd {
            Checks check = new Checks();
            check.above("temperature", temperature, 0);
            check.done();
        }

        @Override
        public boolean takesLogitsOnly() {
            return true; // so that a recipe may join several teachers
        }
    }

    @Override
    public Class<StandardizedKd> loss() {
        return StandardizedKd.class;
    }

    @Override
    public Term term(StandardizedKd loss, TermModels models) {
        return new StandardizedKdTerm(models.logitTeachers(), loss.temperature());
    }

    /** The loss of a batch: T² · KL( softmax(z(t)/T) ‖ softmax(z(s)/T) ). */
    record StandardizedKdTerm(TeacherChoice teacher, double temperature) implements Term {

        @Override
        public Taps taps() {
            return Taps.both(teacher.names(), Set.of(Taps.LOGITS));
        }

        @Override
        public List<Part> losses(LossInputs batch) {
            Tensor student = standardized(batch.studentTap(Taps.LOGITS));
            Tensor target = standardized(teacher.logits(batch));
            return Part.only(SoftTargets.kd(student, target, temperature));
        }
    }

    /** z(x) = (x - mean) / deviation over the classes, finite for equal logits; x (N, K), returns the same shape. */
    static Tensor standardized(Tensor logits) {
        Tensor centered = logits.sub(logits.mean(true, 1)); // (N, K)
        Tensor variance = centered.square().sum(true, 1).div(logits.size(1) - 1.0); // (N, 1)
        return centered.div(variance.add(1e-7).sqrt());
    }
}
// end::loss[]
