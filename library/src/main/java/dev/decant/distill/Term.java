package dev.decant.distill;

import dev.decant.nn.Module;
import dev.decant.optim.ParameterGroup;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * One summand of the {@link Objective}: a loss of two traces and the targets, with whatever learns or remembers for it.
 *
 * <p>Losses are in fp32 also inside a bf16 region; layers that belong to the term may run in bf16 there. Not thread-safe.
 */
public interface Term {

    /** What must be in the traces of the view. */
    Taps taps();

    /**
     * The term's losses of a batch, usually one.
     *
     * <p>If {@code view.training()}, running estimates and memory banks take the batch in; call it once per batch then.
     */
    List<Part> losses(LossInputs view);

    /** The names of the parts that {@link #losses} gives. */
    default List<String> parts() {
        return List.of("");
    }

    /** Layers, banks and estimates that are trained, saved and resumed with the student but are not part of it. */
    default Module learned() {
        return new Nothing();
    }

    /**
     * Parameters, of the term or of the student, that are not updated with all others but by a rule, a rate or a sign of
     * their own; names are unique within the term.
     */
    default List<ParameterGroup> groups() {
        return List.of();
    }

    /** Called before the networks run on a batch; the scope that is open then closes after {@link #end}. */
    default void begin(StepContext step) {}

    /** Called once the losses of a batch are taken, or its pass has failed. */
    default void end() {}

    /** Called after every update of the parameters, which may take in several batches. */
    default void updated() {}

    /** Numbers worth a curve besides the losses, by a name within the term. */
    default Map<String, Double> readings() {
        return Map.of();
    }

    /**
     * A loss within a term.
     *
     * @param name within the term; empty if it is the only one
     * @param loss scalar, without weights
     * @param weight within the term
     */
    record Part(String name, Tensor loss, double weight) {

        /** The only loss of a term. */
        public static List<Part> only(Tensor loss) {
            return List.of(new Part("", loss, 1));
        }
    }

    /** A module without parts. */
    final class Nothing extends Module {}
}
