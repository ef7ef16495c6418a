package dev.decant.run;

import dev.decant.distill.CcTerm;
import dev.decant.distill.CrdTerm;
import dev.decant.distill.Eps;
import dev.decant.distill.ExitBranch;
import dev.decant.distill.FeatureWidths;
import dev.decant.distill.FitnetTerm;
import dev.decant.distill.OfaTerm;
import dev.decant.distill.RkdTerm;
import dev.decant.distill.StageFeatures;
import dev.decant.distill.TeacherChoice;
import dev.decant.distill.Term;
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

    private static final String FEATURES = "features";

    @Override
    public Optional<Term> term(TermSpec spec) {
        if (spec instanceof TermSpec.Ofa s) {
            return Optional.of(ofa(s));
        }
        if (spec instanceof TermSpec.Fitnet s) {
            return Optional.of(FitnetTerm.of(
                    sides.name(s.teacher()), s.stages(), stages(s, sides.student()), stages(s, sides.teacher(s))));
        }
        if (spec instanceof TermSpec.Rkd s) {
            widths(s);
            return Optional.of(new RkdTerm(sides.name(s.teacher()), s.distanceWeight(), s.angleWeight()));
        }
        if (spec instanceof TermSpec.Cc s) {
            return Optional.of(new CcTerm(sides.name(s.teacher()), widths(s), s.dimension()));
        }
        if (spec instanceof TermSpec.Crd s) {
            var config = new CrdTerm.Config(s.dimension(), s.negatives(), s.temperature(), s.momentum());
            return Optional.of(new CrdTerm(sides.name(s.teacher()), widths(s), config, labels.get()));
        }
        return Optional.empty();
    }

    private Term ofa(TermSpec.Ofa s) {
        Eps eps = s.eps() instanceof dev.decant.recipe.Eps.Fixed fixed
                ? new Eps.Fixed(fixed.values())
                : new Eps.Auto(s.weight() * s.logitsWeight() / labelWeight);
        TeacherChoice choice = LogitTermBuilder.choice(s, sides);
        List<ExitBranch> branches = s.stages().isEmpty() ? List.of() : branches(s, choice);
        return new OfaTerm(
                choice,
                new OfaTerm.Config(eps, s.stages(), s.temperature(), s.logitsWeight(), s.branchWeight()),
                branches);
    }

    /** A branch on a feature map is as wide as the wider of the two models, if the teacher's width is known. */
    private List<ExitBranch> branches(TermSpec.Ofa s, TeacherChoice choice) {
        StageFeatures features = stages(s, sides.student());
        long teacherWidth = choice.names().stream()
                .map(name -> sides.teacher(name).signature().shape(FEATURES).flatMap(shape -> shape.fixed(1)))
                .flatMap(Optional::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        FeatureWidths widths = new FeatureWidths(features.featureWidth(), teacherWidth);
        long classes = sides.student().size("ofa", LogitTermBuilder.LOGITS, -1);
        return s.stages().stream()
                .map(stage -> ExitBranch.of(features, stage, widths, classes))
                .toList();
    }

    private static StageFeatures stages(TermSpec spec, Side side) {
        String term = TermBuilder.name(spec);
        IntStream.rangeClosed(1, StageFeatures.STAGES).forEach(stage -> side.shape(term, StageFeatures.tap(stage)));
        side.size(term, FEATURES, 1);
        return StageFeatures.of(side.signature());
    }

    private FeatureWidths widths(TermSpec spec) {
        String term = TermBuilder.name(spec);
        return new FeatureWidths(
                sides.student().size(term, FEATURES, 1), sides.teacher(spec).size(term, FEATURES, 1));
    }
}
