package dev.decant.build;

import dev.decant.distill.Term;
import dev.decant.distill.term.BoxTerm;
import dev.decant.distill.term.ItcTerm;
import dev.decant.distill.term.ItmKdTerm;
import dev.decant.distill.term.ItmTerm;
import dev.decant.distill.term.LmTerm;
import dev.decant.distill.term.MlmKdTerm;
import dev.decant.distill.term.MlmTerm;
import dev.decant.recipe.ImageTextLoss;
import dev.decant.recipe.TermSpec;
import java.util.Optional;

/** Builds the terms that are about images with texts. */
record ImageTextTermBuilder(Sides sides) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec.loss() instanceof ImageTextLoss.Itc) {
            return Optional.of(new ItcTerm());
        }
        if (spec.loss() instanceof ImageTextLoss.Itm) {
            return Optional.of(new ItmTerm());
        }
        if (spec.loss() instanceof ImageTextLoss.Mlm) {
            return Optional.of(new MlmTerm());
        }
        if (spec.loss() instanceof ImageTextLoss.Box s) {
            return Optional.of(new BoxTerm(s.l1Weight(), s.giouWeight()));
        }
        if (spec.loss() instanceof ImageTextLoss.Lm s) {
            return Optional.of(new LmTerm(s.smoothing(), s.prefixTokens(), s.per()));
        }
        if (spec.loss() instanceof ImageTextLoss.ItmKd s) {
            return Optional.of(new ItmKdTerm(sides.name(spec.teacher()), s.temperature()));
        }
        if (spec.loss() instanceof ImageTextLoss.MlmKd s) {
            return Optional.of(new MlmKdTerm(sides.name(spec.teacher()), s.temperature(), s.padding()));
        }
        return Optional.empty();
    }
}
