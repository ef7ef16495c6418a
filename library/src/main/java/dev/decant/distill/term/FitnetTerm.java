package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Hints;
import dev.decant.nn.Module;
import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sum over stages of {@link Hints#mse} between the student's stage, projected, and the teacher's (FitNets). */
public final class FitnetTerm implements Term {

    private final String teacher;
    private final Projectors projectors;

    private FitnetTerm(String teacher, Projectors projectors) {
        this.teacher = teacher;
        this.projectors = projectors;
    }

    /**
     * @param teacher name of the teacher
     * @param stages compared in both networks; at least one
     * @param ofStudent shapes of the student
     * @param ofTeacher shapes of the teacher
     * @throws ModelException if no {@link HintProjector} joins a stage's shapes
     */
    public static FitnetTerm of(
            String teacher, List<Integer> stages, StageFeatures ofStudent, StageFeatures ofTeacher) {
        if (stages.isEmpty()) {
            throw new ModelException("fitnet: stages must name at least one of 1, 2, 3 and 4");
        }
        Projectors projectors = new Projectors();
        new LinkedHashSet<>(stages).forEach(stage -> projectors.add(stage, ofStudent, ofTeacher));
        return new FitnetTerm(teacher, projectors);
    }

    @Override
    public Taps taps() {
        return Taps.both(List.of(teacher), Set.copyOf(projectors.byTap.keySet()));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        return Part.only(projectors.byTap.entrySet().stream()
                .map(e -> loss(view, e.getKey(), e.getValue()))
                .reduce(Tensor::add)
                .orElseThrow());
    }

    private Tensor loss(LossInputs view, String tap, HintProjector projector) {
        Tensor hint = FullPrecision.of(projector.align(view.student().get(tap)));
        return Hints.mse(hint, projector.target(view.teacherTap(teacher, tap)));
    }

    @Override
    public Module learned() {
        return projectors;
    }

    private static final class Projectors extends Module {

        final Map<String, HintProjector> byTap = new LinkedHashMap<>();

        void add(int stage, StageFeatures student, StageFeatures teacher) {
            String tap = StageFeatures.tap(stage);
            byTap.put(tap, child(tap, HintProjector.between(student.stage(stage), teacher.stage(stage))));
        }
    }
}
