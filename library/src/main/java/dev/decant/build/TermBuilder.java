package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.Intervention;
import dev.decant.distill.Objective;
import dev.decant.distill.Term;
import dev.decant.recipe.LabelLoss;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TermSpec;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Joins a recipe's terms to the objective they describe: each family of terms has a builder of its own. */
public final class TermBuilder {

    private final Sides sides;
    private final LayerTermBuilder layers;
    private final List<TermFamily> families;

    private TermBuilder(Sides sides, Supplier<long[]> labels, double labelWeight) {
        this.sides = sides;
        layers = new LayerTermBuilder(sides);
        families = List.of(
                new LabelTermBuilder(sides),
                new LogitTermBuilder(sides),
                new FeatureTermBuilder(sides, labels, labelWeight),
                layers,
                new ImageTextTermBuilder(sides),
                new ProvidedTermBuilder(sides));
    }

    /**
     * What a training minimizes.
     *
     * @param labels of the training examples, which contrastive terms draw by
     * @param parameters of the student, in which balanced weights are shares of the gradient
     * @throws InputException if a model lacks a tap that a term or the intervention needs
     */
    public static Objective objective(
            ObjectiveSpec goal, Sides sides, Supplier<long[]> labels, Collection<Tensor> parameters) {
        double labelWeight = goal.terms().stream()
                .filter(spec -> spec.loss() instanceof LabelLoss.CrossEntropy)
                .mapToDouble(TermSpec::weight)
                .sum();
        TermBuilder builder = new TermBuilder(sides, labels, labelWeight > 0 ? labelWeight : 1);
        List<Objective.Weighted> weighted = new ArrayList<>();
        for (TermSpec spec : goal.terms()) {
            if (spec.weight() > 0) {
                weighted.add(new Objective.Weighted(spec.loss().kind(), spec.weight(), builder.term(spec)));
            }
        }
        if (weighted.isEmpty()) {
            throw new InputException("terms: all have weight 0");
        }
        Optional<Intervention> intervention = goal.intervention().map(builder.layers::intervention);
        Objective objective = new Objective(
                weighted, goal.balance() == StageSpec.Balance.AUTO ? parameters : List.of(), intervention);
        builder.requireTaps(objective);
        return objective;
    }

    private Term term(TermSpec spec) {
        return families.stream()
                .map(family -> family.term(spec))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new AssertionError(spec));
    }

    private void requireTaps(Objective objective) {
        objective.needs().forEach((term, taps) -> {
            new TreeSet<>(taps.student()).forEach(tap -> sides.student().shape(term, tap));
            taps.teachers().forEach((name, wanted) -> new TreeSet<>(wanted)
                    .forEach(tap -> sides.teacher(name).shape(term, tap)));
        });
    }
}
