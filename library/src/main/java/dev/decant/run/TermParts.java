package dev.decant.run;

import dev.decant.distill.CcTerm;
import dev.decant.distill.CrdTerm;
import dev.decant.distill.CrossEntropyTerm;
import dev.decant.distill.DistTerm;
import dev.decant.distill.DkdTerm;
import dev.decant.distill.Eps;
import dev.decant.distill.ExitBranch;
import dev.decant.distill.FeatureWidths;
import dev.decant.distill.FitnetTerm;
import dev.decant.distill.Intervention;
import dev.decant.distill.KdTerm;
import dev.decant.distill.Objective;
import dev.decant.distill.OfaTerm;
import dev.decant.distill.RkdTerm;
import dev.decant.distill.SquaredErrorTerm;
import dev.decant.distill.StageFeatures;
import dev.decant.distill.TeacherChoice;
import dev.decant.distill.Term;
import dev.decant.model.ImageClassifier;
import dev.decant.model.Network;
import dev.decant.recipe.FeatureLoss;
import dev.decant.recipe.ImageTextLoss;
import dev.decant.recipe.InterventionSpec;
import dev.decant.recipe.LabelLoss;
import dev.decant.recipe.LogitLoss;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TermSpec;
import dev.decant.train.Teacher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Joins a recipe's terms to the objective they describe. */
final class TermParts {

    private final Network student;
    private final Map<String, Teacher> teachers;
    private final Supplier<long[]> labels;
    private final double labelWeight;

    private TermParts(Network student, Map<String, Teacher> teachers, Supplier<long[]> labels, double labelWeight) {
        this.student = student;
        this.teachers = teachers;
        this.labels = labels;
        this.labelWeight = labelWeight;
    }

    /** @param labels of the training examples, which contrastive terms draw by */
    static Objective objective(Goal goal, Network student, Map<String, Teacher> teachers, Supplier<long[]> labels) {
        double labelWeight = goal.terms().stream()
                .filter(t -> t.loss() instanceof LabelLoss.CrossEntropy)
                .mapToDouble(TermSpec::weight)
                .sum();
        TermParts parts = new TermParts(student, teachers, labels, labelWeight > 0 ? labelWeight : 1);
        List<Objective.Weighted> weighted = new ArrayList<>();
        for (TermSpec spec : goal.terms()) {
            if (spec.weight() > 0) {
                weighted.add(new Objective.Weighted(spec.loss().kind(), spec.weight(), parts.term(spec)));
            }
        }
        if (weighted.isEmpty()) {
            throw new InputException("terms: all have weight 0");
        }
        return new Objective(
                weighted,
                goal.balance() == StageSpec.Balance.AUTO ? student.parameters().values() : List.of(),
                goal.intervention().map(parts::intervention));
    }

    private Term term(TermSpec spec) {
        if (spec.loss() instanceof LabelLoss.CrossEntropy s) {
            return new CrossEntropyTerm(s.smoothing());
        }
        if (spec.loss() instanceof LabelLoss.SquaredError) {
            return new SquaredErrorTerm();
        }
        if (spec.loss() instanceof LogitLoss.Kd s) {
            return new KdTerm(choice(spec), s.temperature());
        }
        if (spec.loss() instanceof LogitLoss.Ofa s) {
            return ofa(spec, s);
        }
        if (spec.loss() instanceof LogitLoss.Dkd s) {
            return new DkdTerm(
                    choice(spec), new DkdTerm.Config(s.alpha(), s.beta(), s.temperature(), s.warmupEpochs()));
        }
        if (spec.loss() instanceof LogitLoss.Dist s) {
            return new DistTerm(choice(spec), new DistTerm.Config(s.beta(), s.gamma(), s.temperature()));
        }
        if (spec.loss() instanceof FeatureLoss.Fitnet s) {
            return FitnetTerm.of(
                    named(spec),
                    s.stages(),
                    StageFeatures.of(images(student, "student")),
                    StageFeatures.of(teacher(spec)));
        }
        if (spec.loss() instanceof FeatureLoss.Rkd s) {
            return new RkdTerm(named(spec), s.distanceWeight(), s.angleWeight());
        }
        if (spec.loss() instanceof FeatureLoss.Cc s) {
            return new CcTerm(named(spec), widths(spec), s.dimension());
        }
        if (spec.loss() instanceof FeatureLoss.Crd s) {
            return new CrdTerm(
                    named(spec),
                    widths(spec),
                    new CrdTerm.Config(s.dimension(), s.negatives(), s.temperature(), s.momentum()),
                    labels.get());
        }
        if (spec.loss() instanceof ImageTextLoss) {
            return ImageTextTermParts.term(spec, student, () -> named(spec), () -> network(named(spec)));
        }
        return LayerTermParts.term(spec, student, () -> named(spec), () -> network(named(spec)));
    }

    private Intervention intervention(InterventionSpec spec) {
        String name = named(spec.teacher());
        return LayerTermParts.intervention(spec, student, name, network(name));
    }

    private Term ofa(TermSpec spec, LogitLoss.Ofa s) {
        Eps eps = s.eps() instanceof dev.decant.recipe.Eps.Fixed fixed
                ? new Eps.Fixed(fixed.values())
                : new Eps.Auto(spec.weight() * s.logitsWeight() / labelWeight);
        StageFeatures features = StageFeatures.of(images(student, "student"));
        TeacherChoice choice = choice(spec);
        long teacherWidth = choice.names().stream()
                .mapToLong(n -> images(network(n), "teacher").featureWidth())
                .max()
                .orElse(0);
        FeatureWidths widths = new FeatureWidths(features.featureWidth(), teacherWidth);
        List<ExitBranch> branches = s.stages().stream()
                .map(stage -> ExitBranch.of(features, stage, widths, student.classes()))
                .toList();
        return new OfaTerm(
                choice,
                new OfaTerm.Config(eps, s.stages(), s.temperature(), s.logitsWeight(), s.branchWeight()),
                branches);
    }

    private FeatureWidths widths(TermSpec spec) {
        return new FeatureWidths(
                images(student, "student").featureWidth(), teacher(spec).featureWidth());
    }

    private TeacherChoice choice(TermSpec spec) {
        return TeacherChoice.of(named(spec), teachers.keySet());
    }

    /** The teacher a term names, or the only one. */
    private String named(TermSpec spec) {
        return named(spec.teacher());
    }

    private String named(Optional<String> teacher) {
        return teacher.orElseGet(() -> teachers.keySet().iterator().next());
    }

    private ImageClassifier teacher(TermSpec spec) {
        return images(network(named(spec)), "teacher");
    }

    /** Terms that know stages and feature vectors are for image classifiers. */
    private static ImageClassifier images(Network network, String who) {
        if (network instanceof ImageClassifier classifier) {
            return classifier;
        }
        throw new InputException("the " + who + " '" + network.config().architecture()
                + "' is no image classifier, which ofa, fitnet, cc and crd need");
    }

    private Network network(String name) {
        Teacher teacher = teachers.get(name);
        if (teacher == null) {
            throw new InputException("no teacher '" + name + "'; there are " + String.join(", ", teachers.keySet()));
        }
        return teacher.model();
    }
}
