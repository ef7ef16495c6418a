package dev.decant.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.distill.term.CcTerm;
import dev.decant.distill.term.CrdTerm;
import dev.decant.distill.term.CrossEntropyTerm;
import dev.decant.distill.term.DistTerm;
import dev.decant.distill.term.DkdTerm;
import dev.decant.distill.term.Eps;
import dev.decant.distill.term.ExitBranch;
import dev.decant.distill.term.FeatureWidths;
import dev.decant.distill.term.FitnetTerm;
import dev.decant.distill.term.KdTerm;
import dev.decant.distill.term.OfaTerm;
import dev.decant.distill.term.RkdTerm;
import dev.decant.distill.term.StageFeatures;
import dev.decant.distill.term.StageShape;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.nn.Trace;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveTest {

    private static final int CLASSES = 4;
    private static final long[] LABELS = {0, 1, 2, 3, 0, 1};

    @Test
    void addsUpWeightTimesPart() {
        Objective objective = new Objective(List.of(
                new Objective.Weighted("cross-entropy", 0.5, new CrossEntropyTerm(0)),
                new Objective.Weighted("kd", 2, new KdTerm(new TeacherChoice.Named("t"), 1)),
                new Objective.Weighted("kd", 3, new KdTerm(new TeacherChoice.Named("t"), 4)),
                new Objective.Weighted(
                        "dkd", 2, new DkdTerm(new TeacherChoice.Named("t"), new DkdTerm.Config(1, 2, 1, 10)))));
        LossInputs view = goldenView(2.5);
        Objective.Report report = objective.evaluate(view);
        assertThat(report.parts().keySet()).containsExactly("cross-entropy", "kd", "kd2", "dkd");
        double ce = report.parts().get("cross-entropy").item();
        assertThat(report.parts().get("kd").item()).isCloseTo(0.2677106651428235, within(1e-12));
        assertThat(report.parts().get("kd2").item()).isCloseTo(0.3010580693765461, within(1e-12));
        assertThat(report.parts().get("dkd").item()).isCloseTo(0.597766715899448, within(1e-12));
        assertThat(report.weights()).containsEntry("dkd", 0.5); // a quarter of the warm-up is over
        double total = 0.5 * ce + 2 * 0.2677106651428235 + 3 * 0.3010580693765461 + 0.5 * 0.597766715899448;
        assertThat(report.total().item()).isCloseTo(total, within(1e-12));
        double sum =
                report.weighted().values().stream().mapToDouble(Tensor::item).sum();
        assertThat(sum).isCloseTo(total, within(1e-12));
        assertThat(objective.taps()).isEqualTo(new Taps(Set.of("logits"), Map.of("t", Set.of("logits"))));
    }

    @Test
    void ofaTakesOneExponentPerHead() {
        OfaTerm.Config config = OfaTerm.Config.DEFAULT;
        assertThatThrownBy(() -> config.withEps(Eps.of(1, 1.2)))
                .hasMessage("ofa: eps needs 1 value or 5 (one for each of the stages [1, 2, 3, 4] and one for the"
                        + " logits), got [1.0, 1.2]");
        OfaTerm bare = new OfaTerm(
                new TeacherChoice.Named("t"), new OfaTerm.Config(Eps.of(1.5), List.of(), 1, 1, 1), List.of());
        List<Term.Part> parts = bare.losses(goldenView(0));
        assertThat(parts).hasSize(1);
        assertThat(parts.get(0).loss().item()).isCloseTo(1.0823777341797998, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet", "cifar", "vit", "mixer"})
    void allThatLearnsGetsAGradient(String family) {
        Rng.seed(1);
        Pair pair = new Pair(model(family), model(family.equals("vit") ? "resnet" : "vit"));
        Map<String, Tensor> shipped = copy(pair.student.state());
        Objective objective = everything(pair);
        Objective.Report report = objective.evaluate(pair.look(objective));
        report.total().backward();
        assertThat(report.parts().keySet())
                .containsExactly(
                        "cross-entropy", "ofa.logits", "ofa.branches", "fitnet", "cc", "rkd", "crd", "dkd", "dist");
        report.parts()
                .forEach((name, loss) -> assertThat(loss.isFinite()).as(name).isTrue());
        assertThat(objective.parameterCount()).isPositive();
        objective
                .parameters()
                .forEach((name, p) ->
                        assertThat(p.hasGrad() && p.grad().isFinite()).as(name).isTrue());
        pair.student
                .parameters()
                .forEach((name, p) ->
                        assertThat(p.hasGrad() && p.grad().isFinite()).as(name).isTrue());
        pair.teacher
                .parameters()
                .forEach((name, p) -> assertThat(p.hasGrad()).as(name).isFalse());
        assertThat(pair.student.state().keySet()).isEqualTo(shipped.keySet());
        assertThat(objective.readings()).containsOnlyKeys("ofa.eps");
    }

    @Test
    void labelsOfMixedImagesCountAsClassesWhereTheyAreOneHot() {
        Rng.seed(5);
        Pair pair = new Pair(model("cifar"), model("vit"));
        Objective objective = everything(pair);
        LossInputs hard = pair.look(objective);
        Tensor soft = hard.target().oneHot(CLASSES).to(DType.F32).mul(0.9).add(0.1 / CLASSES);
        LossInputs mixed = new LossInputs(
                hard.student(), Map.of("t", hard.teacher("t")), soft, hard.indices(), hard.epoch(), false);
        Map<String, Tensor> expected = objective.evaluate(hard).parts();
        objective.evaluate(mixed).parts().forEach((name, loss) -> {
            if (!name.equals("crd")) { // draws anew
                Tensor one = expected.getOrDefault(name, loss.zerosLike());
                assertThat(loss.item()).as(name).isCloseTo(one.item(), within(1e-5));
            }
        });
    }

    @Test
    void losesNothingByBeingSavedAndRestored() {
        Rng.seed(2);
        Pair pair = new Pair(model("cifar"), model("vit"));
        Objective first = everything(pair);
        first.evaluate(pair.look(first));
        Objective second = everything(pair);
        assertThat(second.state().keySet()).isEqualTo(first.state().keySet());
        assertThat(first.state().keySet())
                .allMatch(k -> k.startsWith("terms."))
                .contains("terms.ofa.branches.1.head.weight", "terms.ofa.eps.numerator", "terms.crd.bank_student");
        Map<String, Tensor> saved = copy(first.state());
        try (NoGrad none = NoGrad.open()) {
            second.state().forEach((name, t) -> t.copyFrom(saved.getOrDefault(name, t)));
        }
        LossInputs view = pair.look(first);
        Rng.seed(3);
        double a = first.evaluate(view).total().item();
        Rng.seed(3);
        double b = second.evaluate(view).total().item();
        assertThat(b).isEqualTo(a);
        second.state().forEach((name, t) -> assertThat(t.doubles())
                .as(name)
                .containsExactly(first.state().getOrDefault(name, t).doubles()));
    }

    @Test
    void lossesAreFp32InsideABf16Region() {
        Rng.seed(4);
        Pair pair = new Pair(model("cifar"), model("vit"));
        Objective objective = everything(pair);
        try (Autocast bf16 = Autocast.bf16(Device.CPU)) {
            Objective.Report report = objective.evaluate(pair.look(objective));
            report.parts()
                    .forEach((name, loss) -> assertThat(loss.dtype()).as(name).isEqualTo(DType.F32));
            assertThat(report.total().isFinite()).isTrue();
            report.total().backward();
        }
        objective
                .parameters()
                .forEach((name, p) -> assertThat(p.grad().isFinite()).as(name).isTrue());
    }

    @Test
    void theProbeLeavesTheModelAsItWas() {
        ImageClassifier model = model("resnet");
        Map<String, Tensor> before = copy(model.state());
        StageFeatures features = StageFeatures.of(model.signature());
        assertThat(features.featureWidth()).isEqualTo(model.featureWidth());
        assertThat(features.stages()).allMatch(StageShape.Image.class::isInstance);
        assertThat(model.isTraining()).isTrue();
        model.state().forEach((name, t) -> assertThat(t.doubles())
                .isEqualTo(before.getOrDefault(name, t).doubles()));
        assertThat(StageFeatures.of(model("vit").signature()).stage(1)).isEqualTo(new StageShape.Tokens(16, 4, 1));
    }

    private static Objective everything(Pair pair) {
        StageFeatures student = StageFeatures.of(pair.student.signature());
        StageFeatures teacher = StageFeatures.of(pair.teacher.signature());
        FeatureWidths widths = new FeatureWidths(student.featureWidth(), teacher.featureWidth());
        TeacherChoice choice = new TeacherChoice.Named("t");
        List<ExitBranch> branches = List.of(1, 2, 3, 4).stream()
                .map(stage -> ExitBranch.of(student, stage, widths, CLASSES))
                .toList();
        CrdTerm.Config crd = new CrdTerm.Config(8, 6, 0.5, 0.5);
        return new Objective(List.of(
                new Objective.Weighted("cross-entropy", 1, new CrossEntropyTerm(0.1)),
                new Objective.Weighted(
                        "ofa", 1, new OfaTerm(choice, OfaTerm.Config.DEFAULT.withEps(Eps.auto()), branches)),
                new Objective.Weighted("fitnet", 1, FitnetTerm.of("t", List.of(1, 2, 3, 4), student, teacher)),
                new Objective.Weighted("cc", 1, new CcTerm("t", widths, 8)),
                new Objective.Weighted("rkd", 1, new RkdTerm("t", 25, 50)),
                new Objective.Weighted("crd", 0.8, new CrdTerm("t", widths, crd, LABELS)),
                new Objective.Weighted("dkd", 1, new DkdTerm(choice, DkdTerm.Config.DEFAULT)),
                new Objective.Weighted("dist", 1, new DistTerm(choice, DistTerm.Config.DEFAULT))));
    }

    /** A student and a frozen teacher, named t. */
    private record Pair(ImageClassifier student, ImageClassifier teacher) {

        Pair {
            teacher.requiresGrad(false);
            teacher.train(false);
        }

        LossInputs look(Objective objective) {
            Taps taps = objective.taps();
            Tensor images = Tensor.randn(LABELS.length, 3, 16, 16);
            Trace own = Trace.of(taps.student());
            student.forward(images, own);
            Trace other = Trace.of(taps.teachers().getOrDefault("t", Set.of()));
            try (NoGrad none = NoGrad.open()) {
                teacher.forward(images, other);
            }
            long[] indices = {0, 1, 2, 3, 4, 5};
            return new LossInputs(own, Map.of("t", other), Tensor.of(LABELS), indices, 1, true);
        }
    }

    private static ImageClassifier model(String family) {
        return switch (family) {
            case "resnet" ->
                Catalogue.classifier(
                        "resnet18",
                        with(Map.of("layers", List.of(1, 1, 1, 1), "channels", List.of(4, 4, 8, 8), "stem", "small")));
            case "cifar" ->
                Catalogue.classifier("resnet20_cifar", with(Map.of("blocks", 1, "channels", List.of(4, 8, 8))));
            case "vit" ->
                Catalogue.classifier(
                        "vit_small_patch16_224",
                        with(Map.of("patch_size", 4, "embed_dim", 16, "depth", 4, "num_heads", 2)));
            case "mixer" ->
                Catalogue.classifier("mixer_b16_224", with(Map.of("patch_size", 4, "embed_dim", 16, "num_blocks", 4)));
            default -> throw new IllegalArgumentException(family);
        };
    }

    private static Map<String, Object> with(Map<String, Object> own) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("num_classes", CLASSES, "img_size", 16));
        all.putAll(own);
        return all;
    }

    private static Map<String, Tensor> copy(Map<String, Tensor> state) {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        state.forEach((k, t) -> copies.put(k, t.detach().copy()));
        return copies;
    }

    private static LossInputs goldenView(double epoch) {
        Trace student = Trace.of("logits");
        student.offer("logits", Tensor.of(new double[] {1.0, 2.0, 0.5, -1.0, 0.2, -0.3, 0.8, 1.5}, 2, 4));
        Trace teacher = Trace.of("logits");
        teacher.offer("logits", Tensor.of(new double[] {0.5, 3.0, 0.0, -0.5, 1.0, 0.0, 2.0, 0.5}, 2, 4));
        return new LossInputs(student, Map.of("t", teacher), Tensor.of(new long[] {1, 0}), new long[0], epoch, true);
    }
}
