package dev.decant.build;

import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.distill.term.CcTerm;
import dev.decant.distill.term.CrdTerm;
import dev.decant.distill.term.Eps;
import dev.decant.distill.term.ExitBranch;
import dev.decant.distill.term.FeatureWidths;
import dev.decant.distill.term.FitnetTerm;
import dev.decant.distill.term.OfaTerm;
import dev.decant.distill.term.RkdTerm;
import dev.decant.distill.term.StageFeatures;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.recipe.FeatureLoss;
import dev.decant.recipe.LogitLoss;
import dev.decant.recipe.TermSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Builds the terms that look at stages and at the feature vector before the classifier.
 *
 * @param labels of the training examples, which contrastive terms draw by
 * @param labelWeight what cross-entropy with the labels weighs in the objective
 */
record FeatureTermBuilder(Sides sides, Supplier<long[]> labels, double labelWeight) implements TermFamily {

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec.loss() instanceof LogitLoss.Ofa s) {
            return Optional.of(ofa(spec, s));
        }
        if (spec.loss() instanceof FeatureLoss.Fitnet s) {
            return Optional.of(FitnetTerm.of(
                    sides.name(spec.teacher()),
                    s.stages(),
                    stages(spec, sides.student()),
                    stages(spec, sides.teacher(spec))));
        }
        if (spec.loss() instanceof FeatureLoss.Rkd s) {
            widths(spec);
            return Optional.of(new RkdTerm(sides.name(spec.teacher()), s.distanceWeight(), s.angleWeight()));
        }
        if (spec.loss() instanceof FeatureLoss.Cc s) {
            return Optional.of(new CcTerm(sides.name(spec.teacher()), widths(spec), s.dimension()));
        }
        if (spec.loss() instanceof FeatureLoss.Crd s) {
            var config = new CrdTerm.Config(s.dimension(), s.negatives(), s.temperature(), s.momentum());
            return Optional.of(new CrdTerm(sides.name(spec.teacher()), widths(spec), config, labels.get()));
        }
        return Optional.empty();
    }

    private Term ofa(TermSpec spec, LogitLoss.Ofa s) {
        Eps eps = s.eps() instanceof dev.decant.recipe.Eps.Fixed fixed
                ? new Eps.Fixed(fixed.values())
                : new Eps.Auto(spec.weight() * s.logitsWeight() / labelWeight);
        TeacherChoice choice = LogitTermBuilder.choice(spec, sides);
        List<ExitBranch> branches = s.stages().isEmpty() ? List.of() : branches(spec, s.stages(), choice);
        return new OfaTerm(
                choice,
                new OfaTerm.Config(eps, s.stages(), s.temperature(), s.logitsWeight(), s.branchWeight()),
                branches);
    }

    /** A branch on a feature map is as wide as the wider of the two models, if the teacher's width is known. */
    private List<ExitBranch> branches(TermSpec spec, List<Integer> wanted, TeacherChoice choice) {
        StageFeatures features = stages(spec, sides.student());
        long teacherWidth = choice.names().stream()
                .map(name ->
                        sides.teacher(name).signature().shape(Taps.FEATURES).flatMap(shape -> shape.fixed(1)))
                .flatMap(Optional::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        FeatureWidths widths = new FeatureWidths(features.featureWidth(), teacherWidth);
        long classes = sides.student().size("ofa", Taps.LOGITS, -1);
        return wanted.stream()
                .map(stage -> ExitBranch.of(features, stage, widths, classes))
                .toList();
    }

    private static StageFeatures stages(TermSpec spec, Side side) {
        String term = spec.loss().kind();
        IntStream.rangeClosed(1, StageFeatures.STAGES).forEach(stage -> side.shape(term, StageFeatures.tap(stage)));
        side.size(term, Taps.FEATURES, 1);
        return StageFeatures.of(side.signature());
    }

    private FeatureWidths widths(TermSpec spec) {
        String term = spec.loss().kind();
        return new FeatureWidths(
                sides.student().size(term, Taps.FEATURES, 1),
                sides.teacher(spec).size(term, Taps.FEATURES, 1));
    }
}
