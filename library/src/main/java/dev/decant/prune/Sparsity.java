package dev.decant.prune;

import dev.decant.ModelException;
import dev.decant.distill.Constraint;
import dev.decant.distill.LossInputs;
import dev.decant.distill.StepContext;
import dev.decant.distill.Taps;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Module;
import dev.decant.optim.Adamw;
import dev.decant.optim.ParameterGroup;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * Holds the gates of a network to a size while it trains: its loss is the sum over the goals of l1 (s - t) + l2 (s - t)², where
 * s is the expected share that is gone and t its target (Wang, Wohlwend and Lei 2020, arXiv 1910.04732). Gates descend and
 * the multipliers l1, l2 ascend, each a group of parameters under AdamW at a constant rate, neither clipped nor averaged with
 * the network. With one goal over all gates the split between layers and modalities is learned (EfficientVLM).
 *
 * <p>All gates draw their masks in one operation before the networks run on a batch. When learning ends, the masks are brought
 * as near to the target as whole units allow; from then on there is no loss.
 *
 * <p>t grows from 0 to the target over the warm-up. Steps are those of the whole training, so that neither an epoch nor a
 * resumed run starts the warm-up again; the published code begins anew with every epoch.
 */
public final class Sparsity extends Module implements Constraint {

    private static final Adamw ADAMW = new Adamw(0.9, 0.98, 1e-8, 0);
    private static final double NEAR = 0.01;
    private static final double SHIFT = 3 * HardConcrete.LIMIT;
    private static final int HALVINGS = 30;
    private static final double MARGIN = 1e-5; // parameters are fp32: not right on the edge

    private final List<Goal> goals;
    private final Config config;
    private final Map<String, HardConcrete> gates = new LinkedHashMap<>();
    private final long[] sizes;
    private final Tensor member;
    private final Map<String, Tensor> linear = new LinkedHashMap<>();
    private final Map<String, Tensor> quadratic = new LinkedHashMap<>();
    private long step;

    /**
     * A size to be held.
     *
     * @param name of the part of the network, in logs
     * @param slots every one filled with a {@link HardConcrete}, by path
     * @param cost what is counted
     * @param target share that is to go, from 0 to below 1
     */
    public record Goal(String name, Map<String, GateSlot> slots, Cost cost, double target) {}

    /**
     * How the gates learn.
     *
     * @param gateLr learning rate of the gates
     * @param multiplierLr learning rate of the multipliers
     * @param warmupSteps steps until the target is asked for in full
     * @param learningSteps steps after which the masks are fixed, at the target, and the network trains on alone
     */
    public record Config(double gateLr, double multiplierLr, long warmupSteps, long learningSteps) {}

    /** @throws ModelException for a target that the gates cannot reach, saying what they can */
    public Sparsity(List<Goal> goals, Config config) {
        this.goals = List.copyOf(goals);
        this.config = config;
        for (Goal goal : goals) {
            goal.slots.forEach((path, slot) -> gates.put(path, gate(path, slot)));
            requireReachable(goal);
            linear.put(goal.name, parameter(named(goal, "linear"), Tensor.scalar(0)));
            quadratic.put(goal.name, parameter(named(goal, "quadratic"), Tensor.scalar(0)));
        }
        sizes = gates.values().stream().mapToLong(HardConcrete::units).toArray();
        member = constant(member(sizes));
    }

    @Override
    public Taps taps() {
        return Taps.NONE;
    }

    @Override
    public List<Part> losses(LossInputs view) {
        if (!learns()) {
            return List.of();
        }
        try (Autocast off = Autocast.off(member.device())) {
            return Part.only(penalty());
        }
    }

    @Override
    public Module learned() {
        return this;
    }

    /** The gates, which descend, and the multipliers, which ascend. */
    @Override
    public List<ParameterGroup> groups() {
        Map<String, Tensor> logAlphas = new LinkedHashMap<>();
        gates.forEach((path, gate) -> logAlphas.put(path, gate.logAlpha()));
        ParameterGroup learned = ParameterGroup.of("gates", logAlphas, ADAMW).at(lr -> config.gateLr);
        ParameterGroup multipliers = ParameterGroup.of("multipliers", parameters(), ADAMW)
                .at(lr -> config.multiplierLr)
                .ascending();
        return List.of(learned.unclipped().unaveraged(), multipliers.unclipped().unaveraged());
    }

    /** Are gates still learned, or are their masks fixed? */
    private boolean learns() {
        return step < config.learningSteps;
    }

    /**
     * Draws the masks of a batch for all gates at once. They are used, and gradients flow through them, until {@link #end}; a
     * layer that runs twice in between has the same mask in both. Once learning has ended, fixes the masks instead.
     */
    @Override
    public void begin(StepContext context) {
        step = context.step();
        boolean fixed = !learns();
        gates.values().stream().filter(g -> g.isFixed() != fixed).forEach(g -> g.fix(fixed));
        if (context.training() && !fixed) {
            List<Tensor> masks = HardConcrete.drawn(all()).split(sizes);
            int i = 0;
            for (HardConcrete gate : gates.values()) {
                gate.use(masks.get(i++));
            }
        }
    }

    @Override
    public void end() {
        gates.values().forEach(HardConcrete::release);
    }

    /** Pulls gates back within their limits; after the last step in which they learn, moves them to the target. */
    @Override
    public void updated() {
        boolean learned = learns();
        step++;
        if (learned) {
            gates.values().forEach(HardConcrete::clamp);
        }
        if (learned && !learns()) {
            goals.forEach(this::settle);
        }
    }

    /** The sum of l1 (s - t) + l2 (s - t)² over the goals, a scalar with graph. */
    private Tensor penalty() {
        return Scope.only(() -> {
            Tensor kept = member.matmul(HardConcrete.keepProbability(all())); // (G), in the order of gates
            List<String> paths = List.copyOf(gates.keySet());
            List<Tensor> parts = new ArrayList<>();
            for (Goal goal : goals) {
                List<String> own =
                        paths.stream().filter(goal.slots::containsKey).toList();
                long[] at = own.stream().mapToLong(paths::indexOf).toArray();
                Tensor of = at.length == sizes.length ? kept : kept.indexSelect(0, Tensor.of(kept.device(), at));
                Tensor over = goal.cost.removed(own, of).sub(target(goal));
                parts.add(penalty(over, multiplier(linear, goal), multiplier(quadratic, goal)));
            }
            return parts.stream().reduce(Tensor::add).orElseThrow();
        });
    }

    /** The parameters of all gates, one after the other. */
    private Tensor all() {
        return Tensor.cat(gates.values().stream().map(HardConcrete::logAlpha).toList(), 0);
    }

    /** (G, all units): 1 where a unit is of a gate. */
    private static Tensor member(long... sizes) {
        int total = (int) LongStream.of(sizes).sum();
        float[] member = new float[sizes.length * total];
        int at = 0;
        for (int g = 0; g < sizes.length; g++) {
            Arrays.fill(member, g * total + at, g * total + at + (int) sizes[g], 1);
            at += (int) sizes[g];
        }
        return Tensor.of(member, sizes.length, total);
    }

    /** l1 d + l2 d². */
    static Tensor penalty(Tensor d, Tensor l1, Tensor l2) {
        return l1.mul(d).add(l2.mul(d.square()));
    }

    /**
     * What is expected is at the target by now, but masks keep whole heads and round numbers of neurons, and layers that round
     * the same way add up. So all parameters of the goal move by the least that brings the masks nearest to the target.
     */
    private void settle(Goal goal) {
        double least = -SHIFT;
        double most = SHIFT; // gone: more at least, less at most
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (least + most) / 2;
            if (removed(goal, middle) >= goal.target) {
                least = middle;
            } else {
                most = middle;
            }
        }
        boolean over = removed(goal, least) - goal.target <= goal.target - removed(goal, most);
        double shift = over ? least - MARGIN : most + MARGIN;
        if (Math.abs(removed(goal, 0) - goal.target) > Math.abs(removed(goal, shift) - goal.target)) {
            goal.slots.keySet().forEach(path -> of(path).shift(shift));
        }
    }

    /**
     * Where it stands: for each goal {@code NAME}, the expected share that is gone ({@code NAME.expected}), what the settled
     * masks would remove ({@code NAME.removed}), its target now and the multipliers.
     */
    @Override
    public Map<String, Double> readings() {
        Map<String, Double> all = new LinkedHashMap<>();
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            for (Goal goal : goals) {
                String name = goal.cost.name() + (goal.name.isEmpty() ? "" : "." + goal.name);
                all.put(name + ".expected", at(goal, g -> g.expected().item()));
                all.put(name + ".removed", removed(goal));
                all.put(name + ".target", target(goal));
                all.put(name + ".linear", multiplier(linear, goal).item());
                all.put(name + ".quadratic", multiplier(quadratic, goal).item());
            }
        }
        return all;
    }

    /** Would the settled masks remove what is asked for, to within one percent of the whole? */
    @Override
    public boolean isMet() {
        return goals.stream().allMatch(g -> removed(g) >= g.target - NEAR);
    }

    private double removed(Goal goal) {
        return removed(goal, 0);
    }

    private double removed(Goal goal, double shift) {
        return at(goal, g -> g.kept(shift));
    }

    private double at(Goal goal, ToDoubleFunction<HardConcrete> kept) {
        Map<String, Double> all = new LinkedHashMap<>();
        goal.slots.keySet().forEach(path -> all.put(path, kept.applyAsDouble(of(path))));
        return goal.cost.removedAt(all);
    }

    private double target(Goal goal) {
        return goal.target * Math.min(1, config.warmupSteps == 0 ? 1 : (double) step / config.warmupSteps);
    }

    private void requireReachable(Goal goal) {
        double ends =
                HardConcrete.keepProbability(Tensor.scalar(-HardConcrete.LIMIT)).item();
        double most = at(goal, g -> Math.max(g.least(), g.units() * ends));
        if (goal.target > most) {
            throw new ModelException(unreachable(goal, most));
        }
    }

    private static String unreachable(Goal goal, double most) {
        String of = goal.name.isEmpty() ? "" : " of '" + goal.name + "'";
        String least = "every layer keeps a head and a neuron";
        return goal.cost instanceof Cost.Latency
                ? "latency-ratio " + shown(1 - goal.target) + of + " cannot be reached: " + least
                        + ", which still takes " + Math.ceil((1 - most) * 1000) / 1000 + " of the time; ask for more"
                : "sparsity " + shown(goal.target) + of + " cannot be reached: " + least + ", so at most " + shown(most)
                        + " can go";
    }

    /** To three digits, downward: what is said can be asked for. */
    static double shown(double share) {
        return Math.floor(share * 1000 + 1e-6) / 1000;
    }

    private HardConcrete of(String path) {
        HardConcrete gate = gates.get(path);
        if (gate == null) {
            throw new IllegalStateException("no gate at " + path);
        }
        return gate;
    }

    private static HardConcrete gate(String path, GateSlot slot) {
        if (slot.gate().orElse(null) instanceof HardConcrete gate) {
            return gate;
        }
        throw new IllegalArgumentException("no gate that learns sits at " + path);
    }

    private static String named(Goal goal, String what) {
        return goal.name.isEmpty() ? what : goal.name + "." + what;
    }

    private static Tensor multiplier(Map<String, Tensor> multipliers, Goal goal) {
        Tensor multiplier = multipliers.get(goal.name);
        if (multiplier == null) {
            throw new IllegalStateException("no multiplier of " + goal.name);
        }
        return multiplier;
    }
}
