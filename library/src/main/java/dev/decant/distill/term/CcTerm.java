package dev.decant.distill.term;

import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.CorrelationCongruence;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** {@link CorrelationCongruence#loss} of the pooled features, each network's embedded in D dimensions by a learned map. */
public final class CcTerm implements Term {

    private final String teacher;
    private final Embeddings embeddings;

    /**
     * @param teacher name of the teacher
     * @param dimension D; the authors take 128
     */
    public CcTerm(String teacher, FeatureWidths widths, long dimension) {
        this.teacher = teacher;
        embeddings = new Embeddings(widths, dimension);
    }

    @Override
    public Taps taps() {
        return Taps.both(List.of(teacher), Set.of(Taps.FEATURES));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Tensor student = view.studentTap(Taps.FEATURES);
        Tensor target = view.teacherTap(teacher, Taps.FEATURES);
        return Part.only(FullPrecision.on(
                student.device(),
                () -> CorrelationCongruence.loss(
                        embeddings.student.forward(student), embeddings.teacher.forward(target))));
    }

    @Override
    public Module learned() {
        return embeddings;
    }

    /** One linear map per network into a common space, with the framework's initial values. */
    static final class Embeddings extends Module {

        final Linear student;
        final Linear teacher;

        Embeddings(FeatureWidths widths, long width) {
            student = child("student", Linear.uniform(widths.student(), width));
            teacher = child("teacher", Linear.uniform(widths.teacher(), width));
        }
    }
}
