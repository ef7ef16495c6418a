package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Ofa;
import dev.decant.nn.Module;
import dev.decant.spec.LossDefaults;
import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@link Ofa#loss} of the student's final logits (part {@code logits}) and of its exit branches (part {@code branches},
 * their sum), all against the teacher's final logits.
 *
 * <p>The authors' a_kd and a_ofa are the weights of the two parts.
 */
public final class OfaTerm implements Term {

    private final TeacherChoice teacher;
    private final Config config;
    private final Learned learned;

    /**
     * @param eps modulating exponent
     * @param stages stages with a branch, without repetition; may be empty
     * @param temperature greater than 0
     * @param logitsWeight of the final logits within the term
     * @param branchesWeight of every branch within the term
     */
    public record Config(
            Eps eps, List<Integer> stages, double temperature, double logitsWeight, double branchesWeight) {

        public static final Config DEFAULT = new Config(
                Eps.of(1),
                List.of(1, 2, 3, 4),
                LossDefaults.TEMPERATURE,
                LossDefaults.OFA_LOGITS_WEIGHT,
                LossDefaults.OFA_BRANCH_WEIGHT);

        public Config {
            stages = List.copyOf(stages);
            stages.forEach(StageFeatures::tap);
            if (new LinkedHashSet<>(stages).size() != stages.size()) {
                throw new ModelException("ofa: stages " + stages + " names a stage twice");
            }
            if (eps instanceof Eps.Fixed fixed
                    && fixed.values().size() != 1
                    && fixed.values().size() != stages.size() + 1) {
                throw new ModelException("ofa: eps needs 1 value or " + (stages.size() + 1) + " (one for each of"
                        + " the stages " + stages + " and one for the logits), got " + fixed.values());
            }
        }

        public Config withEps(Eps other) {
            return new Config(other, stages, temperature, logitsWeight, branchesWeight);
        }
    }

    /** @param branches one for each of the config's stages, in their order (see {@link ExitBranch#of}) */
    public OfaTerm(TeacherChoice teacher, Config config, List<ExitBranch> branches) {
        if (branches.size() != config.stages.size()) {
            throw new ModelException("ofa: " + branches.size() + " branches for the stages " + config.stages);
        }
        this.teacher = teacher;
        this.config = config;
        learned = new Learned(config, branches);
    }

    @Override
    public Taps taps() {
        Set<String> student = new LinkedHashSet<>(Set.of(Taps.LOGITS));
        config.stages.forEach(stage -> student.add(StageFeatures.tap(stage)));
        if (config.eps instanceof Eps.Auto) {
            student.add(Taps.FEATURES);
        }
        return new Taps(student, Taps.both(teacher.names(), Set.of(Taps.LOGITS)).teachers());
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Tensor target = teacher.logits(view); // (N, K)
        observe(view, target);
        List<Double> eps = eps();
        int last = config.stages.size();
        Tensor logits = loss(view, view.studentTap(Taps.LOGITS), target, eps.get(last));
        List<Part> parts = new ArrayList<>(List.of(new Part("logits", logits, config.logitsWeight)));
        List<Tensor> exits = new ArrayList<>();
        for (int i = 0; i < last; i++) {
            Tensor stage = view.student().get(StageFeatures.tap(config.stages.get(i)));
            Tensor exit = FullPrecision.of(learned.branches.get(i).forward(stage)); // (N, K)
            exits.add(loss(view, exit, target, eps.get(i)));
        }
        exits.stream()
                .reduce(Tensor::add)
                .ifPresent(sum -> parts.add(new Part("branches", sum, config.branchesWeight)));
        return parts;
    }

    @Override
    public List<String> parts() {
        return config.stages.isEmpty() ? List.of("logits") : List.of("logits", "branches");
    }

    @Override
    public Module learned() {
        return learned;
    }

    /** {@code eps} in use if it is found while training. */
    @Override
    public Map<String, Double> readings() {
        return config.eps instanceof Eps.Auto ? Map.of("eps", eps().get(0)) : Map.of();
    }

    private Tensor loss(LossInputs view, Tensor student, Tensor target, double eps) {
        return Ofa.loss(student, target, view.target(), eps, config.temperature);
    }

    /** One for each branch in the order of stages, then one for the logits. */
    private List<Double> eps() {
        int heads = config.stages.size() + 1;
        if (config.eps instanceof Eps.Fixed fixed) {
            return fixed.values().size() == heads
                    ? fixed.values()
                    : Collections.nCopies(heads, fixed.values().get(0));
        }
        return Collections.nCopies(heads, learned.auto.get(0).value());
    }

    private void observe(LossInputs view, Tensor target) {
        if (view.training()) {
            for (AutoEps auto : learned.auto) {
                auto.observe(
                        view.epoch(),
                        new AutoEps.Batch(
                                view.studentTap(Taps.LOGITS).detach(),
                                view.studentTap(Taps.FEATURES).detach(),
                                target,
                                view.target()));
            }
        }
    }

    private static final class Learned extends Module {

        final List<ExitBranch> branches;
        final List<AutoEps> auto;

        Learned(Config config, List<ExitBranch> branches) {
            this.branches = List.copyOf(branches);
            for (int i = 0; i < branches.size(); i++) {
                child("branches." + config.stages.get(i), branches.get(i));
            }
            auto = config.eps instanceof Eps.Auto a
                    ? List.of(child("eps", new AutoEps(a.weight(), config.temperature)))
                    : List.of();
        }
    }
}
