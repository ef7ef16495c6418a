package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.TapPair;
import dev.decant.distill.term.LayerTerm;
import dev.decant.loss.States;
import dev.decant.model.LayerTaps;
import dev.decant.model.Stack;
import dev.decant.recipe.Layers;
import java.util.List;
import java.util.function.Function;

/**
 * The transformer layers of one part, of student and teacher.
 *
 * @param term that compares them, for messages
 * @param teacherName which teacher
 * @param part of the models
 */
record StackPair(String term, Side student, String teacherName, Side teacher, String part) {

    Stack own() {
        return student.stack(term, part);
    }

    Stack other() {
        return teacher.stack(term, part);
    }

    List<Integer> numbers(Layers layers) {
        return layers.of(own().depth());
    }

    /** Attention head by head, of which both must have the same number. */
    LayerTerm attention(
            Layers layers, Function<LayerTaps, String> tap, LayerTerm.Comparison comparison, boolean masked) {
        return new LayerTerm(teacherName, attentionPairs(layers, tap), comparison, masked);
    }

    List<TapPair> attentionPairs(Layers layers, Function<LayerTaps, String> tap) {
        List<TapPair> pairs = LayerTerm.pairs(own(), other(), numbers(layers), tap);
        long heads = heads();
        long theirs = heads(teacher, other());
        if (heads != theirs) {
            throw new InputException("the student has " + heads + " heads in a layer, the teacher " + theirs
                    + "; attention is compared head by head: compare outputs or hidden states instead");
        }
        return pairs;
    }

    /**
     * Vectors of tokens; through a learned map where the widths differ.
     *
     * @param numbers of layers, 0 for what enters the first
     */
    LayerTerm states(List<Integer> numbers, Function<LayerTaps, String> tap, boolean masked) {
        LayerTerm states =
                new LayerTerm(teacherName, LayerTerm.pairs(own(), other(), numbers, tap), States::squared, masked);
        long from = width(student, own());
        long to = width(teacher, other());
        return from == to ? states : states.projected(from, to);
    }

    void requireSameWidth() {
        long from = width(student, own());
        long to = width(teacher, other());
        if (from != to) {
            throw new InputException(term + ": the student is " + from + " wide, the teacher " + to
                    + "; the teacher's tensors do not fit into the student");
        }
    }

    /** Of the student's layers. */
    long heads() {
        return heads(student, own());
    }

    private long heads(Side side, Stack stack) {
        return side.size(term, stack.layers().get(0).query(), 1);
    }

    private long width(Side side, Stack stack) {
        return side.size(term, stack.embeddings(), 2);
    }
}
