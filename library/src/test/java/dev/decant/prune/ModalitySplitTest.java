package dev.decant.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.distill.StepContext;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Linear;
import dev.decant.nn.Mlp;
import dev.decant.nn.Module;
import dev.decant.optim.Adamw;
import dev.decant.optim.Optimizer;
import dev.decant.optim.ParameterGroup;
import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One goal over all gates finds out by itself which part of a network the task needs. */
final class ModalitySplitTest {

    private static final int NEURONS = 24;
    private static final int STEPS = 400;

    /** Two equal parts, whose outputs add up; what one of them sees says nothing of the label. */
    private static final class TwoParts extends Module {

        private final Mlp vision = child("vision", part());
        private final Mlp text = child("text", part());
        private final Linear head = child("head", new Linear(4, 2));

        private static Mlp part() {
            return new Mlp(Linear.uniform(4, NEURONS), Linear.uniform(NEURONS, 4));
        }

        Tensor logits(Tensor seen, Tensor read) {
            return head.forward(vision.forward(seen).add(text.forward(read)));
        }
    }

    /** Neurons of 24 that each part loses. */
    private record Lost(int vision, int text) {}

    @Test
    void thePartWithoutInformationLosesFirst() {
        Lost seen = lost(true);
        Lost read = lost(false);
        assertThat(seen.text).as("labels of what is seen").isGreaterThan(seen.vision + NEURONS / 4);
        assertThat(read.vision).as("labels of what is read").isGreaterThan(read.text + NEURONS / 4);
    }

    private static Lost lost(boolean isSeen) {
        Rng.seed(11);
        TwoParts model = new TwoParts();
        Map<String, GateSlot> slots = model.gates();
        slots.values().forEach(slot -> slot.fill(new HardConcrete(NEURONS, 0, Rounding.NONE)));
        Sparsity sparsity = new Sparsity(
                List.of(new Sparsity.Goal("", slots, Cost.Parameters.of(slots), 0.5)),
                new Sparsity.Config(0.05, 0.05, 100, Long.MAX_VALUE));
        Map<String, Tensor> learned = model.parameters();
        learned.keySet().removeIf(name -> name.endsWith("_gate.log_alpha"));
        List<ParameterGroup> groups = new ArrayList<>(sparsity.groups());
        groups.add(ParameterGroup.of("network", learned, new Adamw(0.9, 0.999, 1e-8, 0)));
        Optimizer optimizer = new Optimizer(groups);
        for (int i = 0; i < STEPS; i++) {
            try (Scope scope = Scope.open()) {
                sparsity.begin(new StepContext(i, 0, true));
                loss(model, isSeen).add(SparsityTest.loss(sparsity)).backward();
                sparsity.end();
                optimizer.step(0.01);
                optimizer.clearGrads();
                sparsity.updated();
            }
        }
        return new Lost(NEURONS - kept(slots, "vision.neurons"), NEURONS - kept(slots, "text.neurons"));
    }

    /** The label is whether the product of two numbers is positive, which takes neurons to find out. */
    private static Tensor loss(TwoParts model, boolean isSeen) {
        Tensor informative = Tensor.randn(64, 4);
        Tensor label =
                informative.select(1, 0).mul(informative.select(1, 1)).gt(0).to(DType.I64);
        Tensor noise = Tensor.randn(64, 4);
        Tensor logits = isSeen ? model.logits(informative, noise) : model.logits(noise, informative);
        return Ops.crossEntropy(logits, label, 0);
    }

    private static int kept(Map<String, GateSlot> slots, String path) {
        return ((HardConcrete) slots.get(path).gate().orElseThrow()).kept().length;
    }
}
