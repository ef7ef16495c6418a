package dev.decant.benchmark;

import dev.decant.distill.CrossEntropyTerm;
import dev.decant.distill.ExitBranch;
import dev.decant.distill.FeatureWidths;
import dev.decant.distill.KdTerm;
import dev.decant.distill.Objective;
import dev.decant.distill.OfaTerm;
import dev.decant.distill.StageFeatures;
import dev.decant.distill.TeacherChoice;
import dev.decant.distill.Term;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.optim.Adamw;
import dev.decant.optim.Optimizer;
import dev.decant.optim.Sgd;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** The work that is timed; the same as in {@code benchmark/python/step.py}, which describes it. */
enum Work {
    A("resnet18", "vit_small_patch16_224", 16, 224, 100),
    B("deit_tiny_patch16_224", "convnext_tiny", 16, 224, 100),
    C("resnet20_cifar", "resnet56_cifar", 128, 32, 10),
    /** Small enough to be run thousands of times: does memory stay flat? Python has no such work. */
    TINY("resnet20_cifar", "resnet20_cifar", 4, 32, 10);

    private static final String TEACHER = "teacher";
    private static final double KD_TEMPERATURE = 4;

    final int batch;
    final int side;
    final int classes;
    private final String student;
    private final String teacher;

    Work(String student, String teacher, int batch, int side, int classes) {
        this.student = student;
        this.teacher = teacher;
        this.batch = batch;
        this.side = side;
        this.classes = classes;
    }

    /** From the letter used on the command line. */
    static Work of(String name) {
        return valueOf(name.toUpperCase(java.util.Locale.ROOT));
    }

    ImageClassifier student() {
        return Catalogue.classifier(student, Map.of("num_classes", classes));
    }

    ImageClassifier teacher() {
        return Catalogue.classifier(teacher, Map.of("num_classes", classes));
    }

    Tensor images() {
        return Tensor.randn(batch, 3, side, side);
    }

    Tensor labels() {
        return Tensor.of(
                LongStream.range(0, batch).map(i -> (31 * i + 7) % classes).toArray());
    }

    Objective objective(ImageClassifier learns, ImageClassifier knows) {
        return new Objective(List.of(
                new Objective.Weighted("cross-entropy", 1, new CrossEntropyTerm(0)),
                new Objective.Weighted("distillation", 1, distillation(learns, knows))));
    }

    private Term distillation(ImageClassifier learns, ImageClassifier knows) {
        TeacherChoice choice = new TeacherChoice.Named(TEACHER);
        if (side == 32) {
            return new KdTerm(choice, KD_TEMPERATURE);
        }
        StageFeatures features = StageFeatures.of(learns);
        FeatureWidths widths = new FeatureWidths(features.featureWidth(), knows.featureWidth());
        List<ExitBranch> branches = OfaTerm.Config.DEFAULT.stages().stream()
                .map(stage -> ExitBranch.of(features, stage, widths, classes))
                .toList();
        return new OfaTerm(choice, OfaTerm.Config.DEFAULT, branches);
    }

    Optimizer optimizer(Map<String, Tensor> parameters) {
        return this == B
                ? new Adamw(parameters, new Adamw.Config(0.9, 0.999, 1e-8, 0.05))
                : new Sgd(parameters, new Sgd.Config(0.9, true, 2e-3));
    }

    double lr() {
        return this == B ? 5e-4 : 0.05;
    }

    static String teacherName() {
        return TEACHER;
    }
}
