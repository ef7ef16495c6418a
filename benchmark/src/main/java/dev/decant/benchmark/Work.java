package dev.decant.benchmark;

import dev.decant.distill.Objective;
import dev.decant.distill.Term;
import dev.decant.distill.term.CrossEntropyTerm;
import dev.decant.distill.term.ExitBranch;
import dev.decant.distill.term.FeatureWidths;
import dev.decant.distill.term.KdTerm;
import dev.decant.distill.term.OfaTerm;
import dev.decant.distill.term.StageFeatures;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.multimodal.Xvlm;
import dev.decant.model.text.Bert;
import dev.decant.optim.Adamw;
import dev.decant.optim.Sgd;
import dev.decant.optim.UpdateRule;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** The measured workloads; {@code benchmark/python/step.py} describes them. */
enum Work {
    A("resnet18", "vit_small_patch16_224", 16, 224, 100),
    B("deit_tiny_patch16_224", "convnext_tiny", 16, 224, 100),
    C("resnet20_cifar", "resnet56_cifar", 128, 32, 10),
    /** {@code side} is the text length in tokens. */
    D("bert-base", "bert-base", 16, 128, 2),
    E("xvlm-small", "xvlm-clip", 8, 224, 2),
    /** Plain fine-tuning, to measure the cost of gates. Python has no such workload. */
    VIT("vit_small_patch16_224", "", 16, 224, 100),
    /** The same for a text model; {@code side} is the text length in tokens. */
    BERT("bert-base", "", 16, 128, 2),
    /** A tiny workload for thousands of steps, to see whether memory stays flat. Python has no such workload. */
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

    Optional<Network> teacher() {
        return teacher.isEmpty() ? Optional.empty() : Optional.of(Catalogue.create(teacher, config()));
    }

    private Map<String, Object> config() {
        return this == E ? Map.of("task", "retrieval") : Map.of("num_classes", classes);
    }

    /** @param knows a model of the same architecture that initializes the student of workload d */
    Network student(Optional<Network> knows) {
        Network network = Catalogue.create(student, config());
        if (this == D) {
            try (NoGrad quiet = NoGrad.open()) {
                Map<String, Tensor> own = network.state();
                knows.orElseThrow().state().forEach((name, t) -> Optional.ofNullable(own.get(name))
                        .ifPresent(x -> x.copyFrom(t)));
            }
            KdQat.quantize(network);
        }
        return network;
    }

    Inputs inputs() {
        if (this == E) {
            return EfficientVlm.batch(batch, side);
        }
        if (this == D || this == BERT) {
            Tensor ids = Tensor.rand(batch, side).mul(29_000).add(1_000).to(DType.I64);
            return Inputs.Text.whole(ids);
        }
        return new Inputs.Images(Tensor.randn(batch, 3, side, side));
    }

    Tensor labels() {
        return Tensor.of(
                LongStream.range(0, batch).map(i -> (31 * i + 7) % classes).toArray());
    }

    Objective objective(Network learns, Optional<Network> knows) {
        var labels = new Objective.Weighted("cross-entropy", 1, new CrossEntropyTerm(0));
        if (knows.isEmpty()) {
            return new Objective(List.of(labels));
        }
        if (learns instanceof Bert own && knows.get() instanceof Bert other) {
            return KdQat.objective(own, other);
        }
        if (learns instanceof Xvlm own && knows.get() instanceof Xvlm other) {
            return EfficientVlm.objective(own, other);
        }
        return new Objective(List.of(
                labels,
                new Objective.Weighted(
                        "distillation", 1, distillation((ImageClassifier) learns, (ImageClassifier) knows.get()))));
    }

    private Term distillation(ImageClassifier learns, ImageClassifier knows) {
        TeacherChoice choice = new TeacherChoice.Named(TEACHER);
        if (side == 32) {
            return new KdTerm(choice, KD_TEMPERATURE);
        }
        StageFeatures features = StageFeatures.of(learns.signature());
        FeatureWidths widths = new FeatureWidths(features.featureWidth(), knows.featureWidth());
        List<ExitBranch> branches = OfaTerm.Config.DEFAULT.stages().stream()
                .map(stage -> ExitBranch.of(features, stage, widths, classes))
                .toList();
        return new OfaTerm(choice, OfaTerm.Config.DEFAULT, branches);
    }

    UpdateRule rule() {
        return switch (this) {
            case B -> new Adamw(0.9, 0.999, 1e-8, 0.05);
            case D, E, VIT, BERT -> new Adamw(0.9, 0.999, 1e-8, 0.01);
            case A, C, TINY -> new Sgd(0.9, true, 2e-3);
        };
    }

    double lr() {
        return switch (this) {
            case B -> 5e-4;
            case D, E, VIT, BERT -> 2e-5;
            case A, C, TINY -> 0.05;
        };
    }

    static String teacherName() {
        return TEACHER;
    }
}
