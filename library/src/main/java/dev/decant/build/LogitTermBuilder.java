package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.distill.term.DistTerm;
import dev.decant.distill.term.DkdTerm;
import dev.decant.distill.term.KdTerm;
import dev.decant.distill.term.LogitsMseTerm;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.distill.term.TokenScaledTerm;
import dev.decant.model.TapShape;
import dev.decant.model.TapSignature;
import dev.decant.recipe.LogitLoss;
import dev.decant.recipe.TermSpec;
import java.util.Optional;

/** Builds the terms that compare the logits of student and teacher. */
record LogitTermBuilder(Sides sides) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec.loss() instanceof LogitLoss.Kd s) {
            return Optional.of(new KdTerm(choice(spec), s.temperature()));
        }
        if (spec.loss() instanceof LogitLoss.Dkd s) {
            var config = new DkdTerm.Config(s.alpha(), s.beta(), s.temperature(), s.warmupEpochs());
            return Optional.of(new DkdTerm(choice(spec), config));
        }
        if (spec.loss() instanceof LogitLoss.Dist s) {
            return Optional.of(new DistTerm(choice(spec), new DistTerm.Config(s.beta(), s.gamma(), s.temperature())));
        }
        if (spec.loss() instanceof LogitLoss.TokenScaled s) {
            sides.student().shape(spec.loss().kind(), TapSignature.TEXT_OF);
            choice(spec);
            return Optional.of(new TokenScaledTerm(sides.name(spec.teacher()), s.scale()));
        }
        if (spec.loss() instanceof LogitLoss.LogitsMse) {
            requireSameLogits(spec, sides, sides.teacher(spec));
            return Optional.of(new LogitsMseTerm(sides.name(spec.teacher())));
        }
        return Optional.empty();
    }

    private TeacherChoice choice(TermSpec spec) {
        return choice(spec, sides);
    }

    /** The teachers that a term of softened logits learns from, which have logits of the student's classes. */
    static TeacherChoice choice(TermSpec spec, Sides sides) {
        TeacherChoice choice = sides.choice(spec);
        requireClasses(spec, sides.student());
        choice.names().forEach(name -> requireSameLogits(spec, sides, sides.teacher(name)));
        return choice;
    }

    /** A softmax over one logit is 1 whatever the logit is. */
    static void requireClasses(TermSpec spec, Side side) {
        String term = spec.loss().kind();
        if (side.size(term, Taps.LOGITS, -1) < 2) {
            throw new InputException("terms: " + term + " needs logits of two classes or more; " + side + " gives "
                    + side.shape(term, Taps.LOGITS) + "; use squared-error for labels, logits-mse for a teacher");
        }
    }

    private static void requireSameLogits(TermSpec spec, Sides sides, Side teacher) {
        String term = spec.loss().kind();
        TapShape own = sides.student().shape(term, Taps.LOGITS);
        TapShape other = teacher.shape(term, Taps.LOGITS);
        if (!own.equals(other)) {
            throw new InputException("terms: " + term + " compares logits of one shape; those of " + sides.student()
                    + " are " + own + ", those of " + teacher + " " + other);
        }
    }
}
