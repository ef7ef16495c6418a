package dev.decant.distill;

import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Teacher intervention (Kim et al. 2023, arXiv 2302.11812): at the start of a training the student computes on with tensors of
 * the teacher in place of its own, so that the error of the layers below does not reach those above.
 *
 * <p>The student still makes its own tensors, and terms compare those. Differs from the published code: there the queries,
 * keys and values under a replaced tensor give no gradient to what is below them.
 *
 * @param teacher whose tensors
 * @param phases what is replaced, one set of pairs after the other; each lasts as long as the others
 * @param epochs of all phases together, above 0; may be a fraction
 */
public record Intervention(String teacher, List<List<TapPair>> phases, double epochs) {

    public Intervention {
        phases = phases.stream().map(List::copyOf).toList();
        if (phases.isEmpty() || !(epochs > 0)) {
            throw new IllegalArgumentException("an intervention needs a phase and epochs above 0, got " + epochs);
        }
    }

    /** Every tensor that is replaced, and what takes its place. */
    Taps taps() {
        Set<String> own = new LinkedHashSet<>();
        Set<String> theirs = new LinkedHashSet<>();
        phases.forEach(pairs -> pairs.forEach(pair -> {
            own.add(pair.student());
            theirs.add(pair.teacher());
        }));
        return new Taps(own, Map.of(teacher, theirs));
    }

    /** What is wanted of the teacher at that time; nothing once it is over. */
    Taps taps(double epoch) {
        Set<String> taps = new LinkedHashSet<>();
        now(epoch).forEach(pair -> taps.add(pair.teacher()));
        return new Taps(Set.of(), taps.isEmpty() ? Map.of() : Map.of(teacher, taps));
    }

    /** The tensors that the student is to take in place of its own, by its own names. */
    Map<String, Tensor> replacements(double epoch, Map<String, Trace> teachers) {
        Map<String, Tensor> replacements = new LinkedHashMap<>();
        Trace trace = teachers.getOrDefault(teacher, Trace.none());
        now(epoch)
                .forEach(pair -> replacements.put(
                        pair.student(), trace.get(pair.teacher()).detach()));
        return replacements;
    }

    private List<TapPair> now(double epoch) {
        int phase = (int) (epoch / epochs * phases.size());
        return phase < phases.size() ? phases.get(phase) : List.of();
    }
}
