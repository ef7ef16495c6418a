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

    static boolean concerns(TermSpec spec) {
        return spec instanceof TermSpec.Itc
                || spec instanceof TermSpec.Itm
                || spec instanceof TermSpec.Mlm
                || spec instanceof TermSpec.Box
                || spec instanceof TermSpec.Writing
                || spec instanceof TermSpec.ItmKd
                || spec instanceof TermSpec.MlmKd;
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
        if (spec instanceof TermSpec.Itc) {
            require("similarity");
            return new ContrastTerm();
        }
        if (spec instanceof TermSpec.Itm) {
            require("match");
            return new MatchTerm();
        }
        if (spec instanceof TermSpec.Mlm) {
            require("words");
            return new HiddenWordsTerm();
        }
        if (spec instanceof TermSpec.Box s) {
            require("boxes");
            return new BoxTerm(s.l1Weight(), s.giouWeight());
        }
        if (spec instanceof TermSpec.Writing s) {
            require("words");
            return new WritingTerm(
                    s.smoothing(), s.given(), WritingTerm.Per.valueOf(s.per().name()));
        }
        if (spec instanceof TermSpec.ItmKd s) {
            requireBoth("match");
            return new MatchKdTerm(name.get(), s.temperature());
        }
        if (spec instanceof TermSpec.MlmKd s) {
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
        String term = "terms: " + TermParts.name(spec) + " needs ";
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
