package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.Term;
import dev.decant.recipe.TermSpec;
import java.util.Optional;

/** Joins the terms of one family to their code. */
interface TermFamily {

    /**
     * The term that a spec describes.
     *
     * @return empty if the spec is of another family
     * @throws InputException if the models lack what it compares
     */
    Optional<Term> term(TermSpec spec);
}
