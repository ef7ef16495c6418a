package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Whose logits a term learns from, where there may be several teachers. */
public sealed interface TeacherChoice {

    /** Teachers that must run. */
    List<String> names();

    /** The target logits (N, K) in fp32, outside any graph. */
    Tensor logits(LossInputs view);

    /** One teacher. */
    record Named(String name) implements TeacherChoice {
        @Override
        public List<String> names() {
            return List.of(name);
        }

        @Override
        public Tensor logits(LossInputs view) {
            return view.teacherTap(name, Taps.LOGITS);
        }
    }

    /** The mean of the teachers' probabilities at temperature 1, as logits ln p. */
    record Average(List<String> names) implements TeacherChoice {
        public Average {
            names = several(names);
        }

        @Override
        public Tensor logits(LossInputs view) {
            return stacked(names, view).logSoftmax(-1).logSumExp(0).sub(Math.log(names.size()));
        }
    }

    /** For each example the logits of the teacher whose largest probability is largest; the first of equals. */
    record Confidence(List<String> names) implements TeacherChoice {
        public Confidence {
            names = several(names);
        }

        @Override
        public Tensor logits(LossInputs view) {
            Tensor logits = stacked(names, view); // (teachers, N, K)
            Tensor surest = logits.logSoftmax(-1).max(-1, false).argmax(0); // (N)
            Tensor index = surest.reshape(1, logits.size(1), 1).expand(1, logits.size(1), logits.size(2));
            return logits.gather(0, index).squeeze(0);
        }
    }

    /**
     * Reads the word of a recipe.
     *
     * @param word a teacher's name, {@code average} or {@code confidence}
     * @param teachers the names that exist
     * @throws ModelException for a name that does not exist, listing those that do
     */
    static TeacherChoice of(String word, Collection<String> teachers) {
        if (teachers.contains(word)) {
            return new Named(word);
        }
        return switch (word) {
            case "average" -> new Average(List.copyOf(teachers));
            case "confidence" -> new Confidence(List.copyOf(teachers));
            default ->
                throw new ModelException("no teacher '" + word + "'; expected one of " + String.join(", ", teachers)
                        + ", or average, or confidence");
        };
    }

    private static List<String> several(List<String> names) {
        if (names.isEmpty()) {
            throw new ModelException("combining teachers needs at least one, found none");
        }
        return List.copyOf(names);
    }

    private static Tensor stacked(List<String> names, LossInputs view) {
        List<Tensor> logits = new ArrayList<>();
        for (String name : names) {
            logits.add(view.teacherTap(name, Taps.LOGITS));
        }
        return Tensor.stack(logits, 0);
    }
}
