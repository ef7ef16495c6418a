package dev.decant.run;

import dev.decant.distill.BoxTerm;
import dev.decant.distill.ContrastTerm;
import dev.decant.distill.HiddenWordsTerm;
import dev.decant.distill.MatchKdTerm;
import dev.decant.distill.MatchTerm;
import dev.decant.distill.Term;
import dev.decant.distill.WordsKdTerm;
import dev.decant.distill.WritingTerm;
import dev.decant.recipe.ImageTextLoss;
import dev.decant.recipe.TermSpec;
import java.util.Optional;

/** Builds the terms that are about images with texts. */
record ImageTextTermBuilder(Sides sides) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec.loss() instanceof ImageTextLoss.Itc) {
            return Optional.of(new ContrastTerm());
        }
        if (spec.loss() instanceof ImageTextLoss.Itm) {
            return Optional.of(new MatchTerm());
        }
        if (spec.loss() instanceof ImageTextLoss.Mlm) {
            return Optional.of(new HiddenWordsTerm());
        }
        if (spec.loss() instanceof ImageTextLoss.Box s) {
            return Optional.of(new BoxTerm(s.l1Weight(), s.giouWeight()));
        }
        if (spec.loss() instanceof ImageTextLoss.Lm s) {
            return Optional.of(new WritingTerm(s.smoothing(), s.prefixTokens(), s.per()));
        }
        if (spec.loss() instanceof ImageTextLoss.ItmKd s) {
            return Optional.of(new MatchKdTerm(sides.name(spec.teacher()), s.temperature()));
        }
        if (spec.loss() instanceof ImageTextLoss.MlmKd s) {
            return Optional.of(new WordsKdTerm(sides.name(spec.teacher()), s.temperature(), s.padding()));
        }
        return Optional.empty();
    }
}
