package dev.decant.run;

import dev.decant.distill.BoxTerm;
import dev.decant.distill.ContrastTerm;
import dev.decant.distill.HiddenWordsTerm;
import dev.decant.distill.MatchKdTerm;
import dev.decant.distill.MatchTerm;
import dev.decant.distill.Term;
import dev.decant.distill.WordsKdTerm;
import dev.decant.distill.WritingTerm;
import dev.decant.model.Network;
import dev.decant.model.Xvlm;
import dev.decant.recipe.ImageTextLoss;
import dev.decant.recipe.TermSpec;
import java.util.function.Supplier;

/** Joins the terms of a recipe that are about images with texts to their code. */
final class ImageTextTermParts {

    private final TermSpec spec;
    private final Network student;
    private final Supplier<String> name;
    private final Supplier<Network> teacher;

    private ImageTextTermParts(TermSpec spec, Network student, Supplier<String> name, Supplier<Network> teacher) {
        this.spec = spec;
        this.student = student;
        this.name = name;
        this.teacher = teacher;
    }

    /**
     * The term that a spec describes.
     *
     * @param name of the teacher that the term means
     * @param teacher that network
     * @throws InputException if the student or the teacher is built for a task that does not give what the term compares
     */
    static Term term(TermSpec spec, Network student, Supplier<String> name, Supplier<Network> teacher) {
        return new ImageTextTermParts(spec, student, name, teacher).term();
    }

    private Term term() {
        if (spec.loss() instanceof ImageTextLoss.Itc) {
            require("similarity");
            return new ContrastTerm();
        }
        if (spec.loss() instanceof ImageTextLoss.Itm) {
            require("match");
            return new MatchTerm();
        }
        if (spec.loss() instanceof ImageTextLoss.Mlm) {
            require("words");
            return new HiddenWordsTerm();
        }
        if (spec.loss() instanceof ImageTextLoss.Box s) {
            require("boxes");
            return new BoxTerm(s.l1Weight(), s.giouWeight());
        }
        if (spec.loss() instanceof ImageTextLoss.Lm s) {
            require("words");
            return new WritingTerm(s.smoothing(), s.prefixTokens(), s.per());
        }
        if (spec.loss() instanceof ImageTextLoss.ItmKd s) {
            requireBoth("match");
            return new MatchKdTerm(name.get(), s.temperature());
        }
        if (spec.loss() instanceof ImageTextLoss.MlmKd s) {
            requireBoth("words");
            return new WordsKdTerm(name.get(), s.temperature(), s.padding());
        }
        throw new AssertionError(spec);
    }

    private void requireBoth(String answer) {
        require(answer);
        require("teacher '" + name.get() + "'", teacher.get(), answer);
    }

    private void require(String answer) {
        require("student", student, answer);
    }

    private void require(String who, Network network, String answer) {
        String term = "terms: " + spec.loss().kind() + " needs ";
        if (!(network instanceof Xvlm xvlm)) {
            throw new InputException(term + "a network of images and texts, and the " + who + " '"
                    + network.config().architecture() + "' is none");
        }
        if (!xvlm.answers().contains(answer)) {
            throw new InputException(term + "'" + answer + "', which the " + who + " does not give for task '"
                    + xvlm.task() + "'; it gives " + String.join(", ", xvlm.answers()));
        }
    }
}
