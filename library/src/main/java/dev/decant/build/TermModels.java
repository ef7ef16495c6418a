package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.model.TapSignature;
import dev.decant.recipe.TermSpec;

/** The student and the teachers that a {@link TermProvider} builds a term for. Messages name the term and the model. */
public final class TermModels {

    private final TermSpec spec;
    private final Sides sides;

    TermModels(TermSpec spec, Sides sides) {
        this.spec = spec;
        this.sides = sides;
    }

    /** What the student offers to terms. */
    public TapSignature student() {
        return sides.student().signature();
    }

    /** What the term's teacher offers to terms. */
    public TapSignature teacher() {
        return sides.teacher(spec).signature();
    }

    /** The name of the term's teacher, for a term that compares more than logits. */
    public String teacherName() {
        return sides.name(spec.teacher());
    }

    /**
     * The teachers of a term that compares logits (N, K): one, or several that are joined.
     *
     * @throws InputException unless student and teachers have logits of the same two or more classes
     */
    public TeacherChoice logitTeachers() {
        return LogitTermBuilder.choice(spec, sides);
    }

    /**
     * The size of one dimension of a tap of the student.
     *
     * @param dim from 0; from the end if negative
     * @throws InputException if the tap is missing, or that size depends on the batch
     */
    public long studentSize(String tap, int dim) {
        return sides.student().size(spec.loss().kind(), tap, dim);
    }

    /** As {@link #studentSize}, of the term's teacher. */
    public long teacherSize(String tap, int dim) {
        return sides.teacher(spec).size(spec.loss().kind(), tap, dim);
    }
}
