package dev.decant.train;

import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.data.image.Augment;
import dev.decant.data.image.ImageBatches;
import dev.decant.data.image.ImageDataset;
import dev.decant.data.image.Mix;
import dev.decant.data.shapes.Shapes;
import dev.decant.data.shapes.ShapesOptions;
import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Objective;
import dev.decant.distill.Teacher;
import dev.decant.distill.term.CrdTerm;
import dev.decant.distill.term.CrossEntropyTerm;
import dev.decant.distill.term.Eps;
import dev.decant.distill.term.ExitBranch;
import dev.decant.distill.term.FeatureWidths;
import dev.decant.distill.term.OfaTerm;
import dev.decant.distill.term.StageFeatures;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.image.Normalization;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.optim.Adamw;
import dev.decant.optim.Ema;
import dev.decant.optim.Optimizer;
import dev.decant.optim.Schedule;
import dev.decant.optim.Sgd;
import dev.decant.optim.UpdateRule;
import dev.decant.spec.ShapesLabels;
import dev.decant.tensor.Device;
import dev.decant.tensor.Rng;
import dev.decant.train.score.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A student of a few hundred parameters on a world of small pictures: real in everything but its size. */
final class TinyTraining {

    static final RunKey KEY = new RunKey("distill", "student", 7);
    static final int CLASSES = 8;

    private static final int SIZE = 16;
    private static final int BATCH = 16;

    private final ImageDataset train;
    private final ImageDataset test;
    private final TrainingConfig config;
    private boolean withEverything;
    private boolean balanced;
    private double lr = 0.1;
    private UpdateRule rule = new Sgd(0.9, true, 5e-4);

    /** What was said while training. */
    static class Heard implements TrainListener {

        final List<LogEntry> entries = new ArrayList<>();

        @Override
        public void logged(LogEntry entry) {
            entries.add(entry);
        }
    }

    /** Stops a training as a crash would: in the middle of a step. */
    static final class CrashAt extends Heard {

        private final long step;

        CrashAt(long step) {
            this.step = step;
        }

        @Override
        public void stepped(RunKey key, long at, double loss) {
            if (at == step) {
                throw new IllegalStateException("crash");
            }
        }
    }

    TinyTraining(int images, int epochs, int accumulate, long maxSteps) {
        var options = new ShapesOptions(SIZE, images, 64, 3, 0, ShapesLabels.COLOR);
        train = Shapes.of(options, "train");
        test = Shapes.of(options, "test");
        config = new TrainingConfig(
                epochs, maxSteps, accumulate, 5, false, false, true, new TrainingConfig.Every(1, 1, 2), Device.CPU);
    }

    /** OFA with branches and a searched exponent, CRD with its banks, mixup, drop path, a moving average, AdamW. */
    TinyTraining withEverything() {
        withEverything = true;
        return lr(1e-3).rule(new Adamw(0.9, 0.999, 1e-8, 0.05));
    }

    /** Shares of the gradient instead of factors, for OFA (at a fixed exponent) and CRD. */
    TinyTraining balanced() {
        balanced = true;
        return withEverything();
    }

    TinyTraining lr(double value) {
        lr = value;
        return this;
    }

    TinyTraining rule(UpdateRule value) {
        rule = value;
        return this;
    }

    Training build() {
        Rng.seed(KEY.seed());
        ImageClassifier student = withEverything ? vit() : resnet(4);
        Map<String, Teacher> teachers = new LinkedHashMap<>();
        Objective objective;
        if (withEverything) {
            ImageClassifier knows = resnet(8);
            teachers.put(
                    "t", new NetworkTeacher(knows).preparedFor(student.config().input()));
            objective = everything(student, knows);
        } else {
            objective = new Objective(List.of(new Objective.Weighted("cross-entropy", 1, new CrossEntropyTerm(0))));
        }
        return new Training(
                KEY,
                student,
                teachers,
                objective,
                new Optimizer(objective.groups(student, rule)),
                new Schedule.Cosine(lr, 0, config.epochs(), new Schedule.Warmup(0, 0)),
                withEverything ? Optional.of(new Ema(student.state(), 0.8)) : Optional.empty(),
                loader(train, withEverything),
                loader(test, false),
                Task.classification(student.classes()));
    }

    Trainer.Outcome run(Training training, Path folder, TrainListener listener) {
        return new Trainer(training, config, folder, listener).run();
    }

    private Objective everything(ImageClassifier student, ImageClassifier teacher) {
        FeatureWidths widths = new FeatureWidths(student.featureWidth(), teacher.featureWidth());
        StageFeatures features = StageFeatures.of(student.signature());
        List<Integer> stages = List.of(1, 2, 3, 4);
        List<ExitBranch> branches = stages.stream()
                .map(stage -> ExitBranch.of(features, stage, widths, CLASSES))
                .toList();
        long[] labels = IntStream.range(0, train.size()).mapToLong(train::label).toArray();
        List<Objective.Weighted> terms = List.of(
                new Objective.Weighted("cross-entropy", 1, new CrossEntropyTerm(0.1)),
                new Objective.Weighted(
                        "ofa",
                        1,
                        new OfaTerm(
                                TeacherChoice.of("t", Set.of("t")),
                                new OfaTerm.Config(balanced ? Eps.of(1.2) : new Eps.Auto(1), stages, 1, 1, 1),
                                branches)),
                new Objective.Weighted(
                        "crd", 0.1, new CrdTerm("t", widths, new CrdTerm.Config(8, 16, 0.07, 0.5), labels)));
        return balanced ? new Objective(terms, student.parameters().values(), Optional.empty()) : new Objective(terms);
    }

    private static Loader loader(ImageDataset data, boolean mixed) {
        Augment.Steps steps =
                Augment.normalizedBy(new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)));
        if (mixed) {
            steps.padAndCrop(SIZE, 2).flip(0.5).mix(new Mix(0.8, 1, 1, 0.5, 0));
        }
        boolean shuffled = data.name(0).contains("train");
        return ImageBatches.loader(data, steps.build(), new LoaderOptions(BATCH, 5, shuffled, shuffled, 1, 2));
    }

    private static ImageClassifier resnet(int width) {
        return Catalogue.classifier(
                "resnet20_cifar",
                Map.of(
                        "num_classes",
                        CLASSES,
                        "img_size",
                        SIZE,
                        "blocks",
                        1,
                        "channels",
                        List.of(width, 2 * width, 2 * width)));
    }

    private static ImageClassifier vit() {
        return Catalogue.classifier(
                "vit_small_patch16_224",
                Map.of(
                        "num_classes",
                        CLASSES,
                        "img_size",
                        SIZE,
                        "patch_size",
                        4,
                        "embed_dim",
                        16,
                        "depth",
                        4,
                        "num_heads",
                        2,
                        "drop_path_rate",
                        0.2));
    }
}
