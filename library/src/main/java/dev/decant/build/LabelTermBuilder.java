package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.distill.term.CrossEntropyTerm;
import dev.decant.distill.term.SquaredErrorTerm;
import dev.decant.recipe.LabelLoss;
import dev.decant.recipe.TermSpec;
import java.util.Optional;

/** Builds the terms that learn from the labels of examples alone. */
record LabelTermBuilder(Sides sides) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec.loss() instanceof LabelLoss.CrossEntropy s) {
            LogitTermBuilder.requireClasses(spec, sides.student());
            return Optional.of(new CrossEntropyTerm(s.smoothing()));
        }
        if (spec.loss() instanceof LabelLoss.SquaredError) {
            requireOneValue(spec);
            return Optional.of(new SquaredErrorTerm());
        }
        return Optional.empty();
    }

    private void requireOneValue(TermSpec spec) {
        String term = spec.loss().kind();
        if (sides.student().size(term, Taps.LOGITS, -1) != 1) {
            throw new InputException("terms: " + term + " needs one value for each example; " + sides.student()
                    + " gives " + sides.student().shape(term, Taps.LOGITS)
                    + "; use cross-entropy, or set config.num_classes to 1");
        }
    }
}
