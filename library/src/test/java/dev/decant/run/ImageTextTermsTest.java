package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.distill.StepView;
import dev.decant.distill.Taps;
import dev.decant.distill.Teacher;
import dev.decant.distill.Term;
import dev.decant.distill.WritingTerm;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.Negatives;
import dev.decant.model.Xvlm;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.optim.Optimizer;
import dev.decant.optim.Sgd;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TermSpec;
import dev.decant.spec.LmReduction;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.train.Evaluator;
import dev.decant.train.TrainStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The terms of images with texts, as a recipe says them, on tiny networks. */
class ImageTextTermsTest {

    private static final String LAYERS =
            "{type: hidden}, {type: attention-map, squared: true}, {type: attention-score}, {type: attention-output}";
    private static final String CROSS =
            "{type: attention-map, squared: true, cross: true, part: cross}, {type: attention-map, cross: true, part: cross}";

    static Xvlm xvlm(String name, Map<String, Object> more) {
        Map<String, Object> args = new LinkedHashMap<>(
                Map.of("image_res", 16, "patch_size", 8, "vision_width", 8, "vision_heads", 2, "hidden_size", 8));
        args.putAll(Map.of(
                "heads", 2, "intermediate_size", 12, "vocab_size", 30, "embed_dim", 4, "max_position_embeddings", 8));
        args.putAll(Map.of("hidden_dropout_prob", 0, "attention_probs_dropout_prob", 0));
        args.putAll(more);
        return (Xvlm) Catalogue.create(name, args);
    }

    private static List<TermSpec> terms(String terms) {
        Recipe recipe = TinyRecipe.read("stages.distill.terms=[" + terms + "]");
        return ((StageSpec.Distill) recipe.stages().get(0)).terms();
    }

    /** Teacher first, then the student, on one batch. */
    private static Objective.Report report(String terms, Xvlm student, Xvlm teacher, Inputs batch) {
        Teacher known = new NetworkTeacher(teacher).preparedFor(student.config().input());
        Objective objective = TermBuilder.objective(
                Goal.of(terms(terms)),
                Sides.of(student, Map.of("teacher", known)),
                () -> new long[0],
                student.parameters().values());
        Trace theirs = Trace.of(objective.taps().teachers().getOrDefault("teacher", java.util.Set.of()));
        try (NoGrad quiet = NoGrad.open()) {
            teacher.forward(batch, theirs);
        }
        Trace own = Trace.of(objective.taps().student());
        student.forward(batch, own);
        Tensor target = Tensor.zeros(batch.size());
        return objective.evaluate(new StepView(
                own, Map.of("teacher", theirs), target, new long[0], new StepContext(0, 0, true), Optional.of(batch)));
    }

    private static Inputs.ImageText imagesAndTexts(Xvlm model, int n) {
        Inputs.ImageText all = (Inputs.ImageText) model.sample(n);
        return new Inputs.ImageText(
                all.images(),
                all.text(),
                all.imageOf(),
                all.ids(),
                Optional.empty(),
                all.masked(),
                all.answers(),
                new Negatives(3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pretrain|{type: itm-kd}, {type: mlm-kd}, {type: mlm-kd, padding: true}",
                "retrieval|{type: itm-kd, temperature: 2}",
                "nlvr|{type: kd}",
                "vqa|{type: mlm-kd}",
                "caption|{type: mlm-kd}",
                "grounding|{type: hidden}"
            })
    void nothingIsLearnedFromOneself(String task, String answers) {
        Rng.seed(1);
        try (Scope scope = Scope.open()) {
            Xvlm teacher = xvlm("xvlm-small", Map.of("task", task));
            Xvlm student = xvlm("xvlm-small", Map.of("task", task));
            Inheritance.copy(student, teacher, List.of());
            for (Inputs batch : List.of(student.sample(3), imagesAndTexts(student, 3))) {
                Objective.Report report = report(LAYERS + ", " + CROSS + ", " + answers, student, teacher, batch);
                assertThat(report.parts()).hasSizeGreaterThan(10);
                report.parts()
                        .forEach(
                                (name, loss) -> assertThat(loss.item()).as(name).isCloseTo(0, within(1e-10)));
            }
        }
    }

    /** The first teacher that draws decides, not the first that runs; teachers before and after it change nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"similarity,draws,late", "draws,similarity,late", "draws,late"})
    void theFirstTeacherThatDrawsDecidesForAll(String order) {
        Rng.seed(4);
        try (Scope scope = Scope.open()) {
            Xvlm student = xvlm("xvlm-small", Map.of());
            Xvlm knows = xvlm("xvlm-clip", Map.of());
            Inputs.ImageText batch = imagesAndTexts(student, 12);
            Trace alone = Trace.of(Negatives.TAPS);
            try (NoGrad quiet = NoGrad.open();
                    Module.Evaluating evaluating = knows.evaluating()) {
                knows.forward(batch, alone);
            }
            Map<String, Teacher> teachers = new LinkedHashMap<>();
            for (String name : order.split(",")) {
                Xvlm network = name.equals("draws") ? knows : xvlm("xvlm-clip", Map.of());
                teachers.put(
                        name,
                        new NetworkTeacher(network).preparedFor(student.config().input()));
            }
            Judging judging = new Judging(order.split(","));
            Objective objective = new Objective(List.of(new Objective.Weighted("judging", 1, judging)));
            Optimizer optimizer = new Optimizer(objective.groups(student, new Sgd(0, false, 0)));
            new TrainStep(student, teachers, objective, optimizer, Optional.empty(), Evaluator.Mode.PLAIN)
                    .backward(
                            new StepContext(0, 0, true),
                            new TrainStep.Examples(batch, Tensor.zeros(12), new long[12]),
                            1);
            assertThat(judging.images)
                    .hasSize(3)
                    .containsOnly(alone.get("negatives.images").longs());
        }
    }

    /** Asks student and teachers for pairs, the teacher named similarity for nothing that needs any. */
    private static final class Judging implements Term {

        private final Map<String, Set<String>> asked = new LinkedHashMap<>();
        private final List<long[]> images = new ArrayList<>();

        Judging(String... teachers) {
            for (String name : teachers) {
                asked.put(name, name.equals("similarity") ? Set.of("similarity") : Set.of("match", "negatives.images"));
            }
        }

        @Override
        public Taps taps() {
            return new Taps(Set.of("match", "negatives.images"), asked);
        }

        @Override
        public List<Part> losses(StepView view) {
            images.add(view.student().get("negatives.images").longs());
            for (String name : List.of("draws", "late")) {
                images.add(view.teacher(name).get("negatives.images").longs());
            }
            return Part.only(view.student().get("match").sum());
        }
    }

    @Test
    void studentAndTeacherJudgeTheSamePairs() {
        Rng.seed(2);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Xvlm teacher = xvlm("xvlm-clip", Map.of());
            Xvlm student = xvlm("xvlm-small", Map.of());
            Inputs.ImageText batch = imagesAndTexts(student, 6);
            Trace first = Trace.of("match", "negatives.images", "negatives.others");
            Trace second = Trace.of("match", "negatives.mask", "negatives.images", "negatives.others");
            assertThat(teacher.drawsNegatives(Set.of("match"))).isTrue();
            assertThat(teacher.drawsNegatives(Set.of("similarity"))).isFalse();
            student.forward(batch, Trace.of("match")); // leaves no draw of its own behind
            teacher.forward(batch, first);
            student.forward(batch.with(Negatives.of(first)), second);
            long[] images = first.get("negatives.images").longs();
            assertThat(second.get("negatives.images").longs()).isEqualTo(images);
            assertThat(second.get("negatives.others").longs())
                    .isEqualTo(first.get("negatives.others").longs());
            assertThat(second.get("match").shape()).containsExactly(18, 2);
            assertThat(second.get("negatives.mask").shape()).containsExactly(12, 8);
            for (int i = 0; i < images.length; i++) {
                assertThat(images[i]).isNotEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyTermOfPreTrainingReachesItsWeights(boolean regions) {
        Rng.seed(3);
        try (Scope scope = Scope.open()) {
            Xvlm teacher = xvlm("xvlm-clip", Map.of());
            Xvlm student = xvlm("xvlm-small", Map.of());
            student.train(true);
            Inputs batch = regions ? student.sample(4) : imagesAndTexts(student, 4);
            Objective.Report report = report(
                    "{type: itc}, {type: itm}, {type: mlm}, {type: box}, {type: itm-kd}, {type: mlm-kd}, " + LAYERS,
                    student,
                    teacher,
                    batch);
            assertThat(report.parts()).containsKeys("itc", "itm", "mlm", "box.l1", "box.giou", "hidden.vision");
            assertThat(report.parts().get("box.l1").item() > 0).isEqualTo(regions);
            assertThat(report.parts().get("itm-kd").item()).isGreaterThan(0);
            report.total().backward();
            List<String> still = student.parameters().entrySet().stream()
                    .filter(e -> !e.getValue().hasGrad())
                    .map(Map.Entry::getKey)
                    .filter(name -> regions || !name.startsWith("bbox_head"))
                    .toList();
            assertThat(still).isEmpty();
        }
    }

    @Test
    void teacherAndStudentOfStatementsCompareImageWithImage() {
        try (Scope scope = Scope.open()) {
            Xvlm student = xvlm("xvlm-small", Map.of("task", "nlvr"));
            Xvlm teacher = xvlm("xvlm-clip", Map.of("task", "nlvr"));
            var own = student.stacks().get("cross");
            var theirs = teacher.stacks().get("cross");
            List<Integer> matches = java.util.stream.IntStream.rangeClosed(1, own.depth())
                    .map(i -> own.matching(theirs, i))
                    .boxed()
                    .toList();
            assertThat(own.depth()).isEqualTo(6);
            assertThat(matches).containsExactly(3, 4, 7, 8, 11, 12); // the first and second copy of 2, 4, 6
        }
    }

    @Test
    void answersCountByTheirWeights() {
        Rng.seed(4);
        try (Scope scope = Scope.open()) {
            Xvlm model = xvlm("xvlm-small", Map.of("task", "vqa"));
            Inputs.ImageText some = (Inputs.ImageText) model.sample(2);
            Inputs.Answers answers = some.answers().orElseThrow();
            Tensor uniform = Tensor.zeros(answers.text().ids().elements(), 30);
            assertThat(writing(some, answers, uniform, LmReduction.TOKEN)).isCloseTo(Math.log(30), within(1e-5));
            Inputs.Answers half = new Inputs.Answers(
                    answers.text(), answers.questionOf(), answers.weights().mul(.5));
            assertThat(writing(some, half, uniform, LmReduction.QUESTION))
                    .isCloseTo(.5 * 7 * Math.log(30), within(1e-4));
        }
    }

    private static double writing(Inputs.ImageText some, Inputs.Answers answers, Tensor logits, LmReduction per) {
        Inputs.ImageText batch = new Inputs.ImageText(
                some.images(),
                some.text(),
                some.imageOf(),
                some.ids(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(answers),
                new Negatives(0));
        Trace trace = Trace.of("words");
        trace.offer("words", logits);
        StepView view = new StepView(
                trace, Map.of(), Tensor.zeros(2), new long[0], new StepContext(0, 0, true), Optional.of(batch));
        return new WritingTerm(0, 1, per).losses(view).get(0).loss().item();
    }

    @Test
    void termsForAnotherTaskAreRefused() {
        try (Scope scope = Scope.open()) {
            Xvlm nlvr = xvlm("xvlm-small", Map.of("task", "nlvr"));
            assertThatThrownBy(() -> report("{type: itm}, {type: kd}", nlvr, nlvr, nlvr.sample(2)))
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            "terms: itm needs the tap 'match' of the student (xvlm-small), which does not have it; nearest: logits");
            assertThatThrownBy(() -> report("{type: hidden, part: decoder}", nlvr, nlvr, nlvr.sample(2)))
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            "terms: hidden needs the part 'decoder' of the student (xvlm-small), which has vision, text, cross");
        }
    }
}
