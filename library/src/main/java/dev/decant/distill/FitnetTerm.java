package dev.decant.distill;

import dev.decant.loss.Hints;
import dev.decant.nn.Module;
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

    /**
     * @param stages compared in both networks; at least one
     * @throws IllegalArgumentException if no {@link HintProjector} joins a stage's shapes
     */
    public record Config(List<Integer> stages) {

        public static final Config DEFAULT = new Config(List.of(1, 2, 3, 4));

        public Config {
            stages = List.copyOf(new LinkedHashSet<>(stages));
            if (stages.isEmpty()) {
                throw new IllegalArgumentException("fitnet: stages must name at least one of 1, 2, 3 and 4");
            }
        }
    }

    /**
     * @param teacher name of the teacher
     * @param student shapes of the student
     * @param shapes those of the teacher
     */
    public FitnetTerm(String teacher, Config config, StageFeatures student, StageFeatures shapes) {
        this.teacher = teacher;
        projectors = new Projectors();
        config.stages.forEach(stage -> projectors.add(stage, student, shapes));
    }

    @Override
    public Taps taps() {
        return Taps.both(List.of(teacher), Set.copyOf(projectors.byTap.keySet()));
    }

    @Override
    public List<Part> losses(StepView view) {
        return Part.only(projectors.byTap.entrySet().stream()
                .map(e -> loss(view, e.getKey(), e.getValue()))
                .reduce(Tensor::add)
                .orElseThrow());
    }

    private Tensor loss(StepView view, String tap, HintProjector projector) {
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
