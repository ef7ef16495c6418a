package dev.decant.run;

import dev.decant.distill.BoxTerm;
import dev.decant.distill.ContrastTerm;
import dev.decant.distill.HiddenWordsTerm;
import dev.decant.distill.MatchKdTerm;
import dev.decant.distill.MatchTerm;
import dev.decant.distill.Term;
import dev.decant.distill.WordsKdTerm;
import dev.decant.distill.WritingTerm;
import dev.decant.recipe.TermSpec;
import java.util.Optional;

/** Builds the terms that are about images with texts. */
record ImageTextTermBuilder(Sides sides) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec instanceof TermSpec.Itc) {
            return Optional.of(new ContrastTerm());
        }
        if (spec instanceof TermSpec.Itm) {
            return Optional.of(new MatchTerm());
        }
        if (spec instanceof TermSpec.Mlm) {
            return Optional.of(new HiddenWordsTerm());
        }
        if (spec instanceof TermSpec.Box s) {
            return Optional.of(new BoxTerm(s.l1Weight(), s.giouWeight()));
        }
        if (spec instanceof TermSpec.Writing s) {
            var per = WritingTerm.Per.valueOf(s.per().name());
            return Optional.of(new WritingTerm(s.smoothing(), s.given(), per));
        }
        if (spec instanceof TermSpec.ItmKd s) {
            return Optional.of(new MatchKdTerm(sides.name(s.teacher()), s.temperature()));
        }
        if (spec instanceof TermSpec.MlmKd s) {
            return Optional.of(new WordsKdTerm(sides.name(s.teacher()), s.temperature(), s.padding()));
        }
        return Optional.empty();
    }
}
