package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.InputException;
import dev.decant.build.ObjectiveSpec;
import dev.decant.build.Sides;
import dev.decant.build.TermBuilder;
import dev.decant.distill.LossInputs;
import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.distill.Teacher;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.recipe.LossSpec;
import dev.decant.recipe.StageSpec;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every term beside every kind of model: it is accepted exactly where the taps that it needs are, and then learns. */
class TermCatalogueTest {

    private static final long[] LABELS = {0, 1, 0, 1, 0, 1, 0, 1};
    private static final int BATCH = 4;

    /** Options without which a term does not fit a tiny model. */
    private static final Map<String, String> OPTIONS = Map.of("crd", ", negatives: 4");

    private static final Set<TinyModel> IMAGES = TinyModel.images();
    private static final Set<TinyModel> POOLED = join(IMAGES, TinyModel.CLASSIFIER, TinyModel.ROBERTA, TinyModel.SCORE);
    private static final Set<TinyModel> CLASSES = join(
            IMAGES,
            TinyModel.CLASSIFIER,
            TinyModel.ROBERTA,
            TinyModel.LANGUAGE,
            TinyModel.XVLM_ASSIGN,
            TinyModel.XVLM_NLVR);
    private static final Set<TinyModel> ONE_STACK =
            join(Set.of(), TinyModel.VIT, TinyModel.CLASSIFIER, TinyModel.ROBERTA, TinyModel.SCORE, TinyModel.LANGUAGE);
    private static final Set<TinyModel> LAYERS =
            join(ONE_STACK, TinyModel.imageTexts().toArray(TinyModel[]::new));
    private static final Set<TinyModel> CONTRAST = Set.of(TinyModel.XVLM_PRETRAIN, TinyModel.XVLM_RETRIEVAL);

    /** Where each term has what it needs. */
    private static final Map<String, Set<TinyModel>> ACCEPTED = Map.ofEntries(
            Map.entry("cross-entropy", CLASSES),
            Map.entry("squared-error", Set.of(TinyModel.SCORE)),
            Map.entry("kd", CLASSES),
            Map.entry("dkd", CLASSES),
            Map.entry("dist", CLASSES),
            Map.entry("logits-mse", join(CLASSES, TinyModel.SCORE)),
            Map.entry("token-scaled", Set.of(TinyModel.LANGUAGE)),
            Map.entry("ofa", IMAGES),
            Map.entry("fitnet", IMAGES),
            Map.entry("rkd", POOLED),
            Map.entry("cc", POOLED),
            Map.entry("crd", POOLED),
            Map.entry("hidden", LAYERS),
            Map.entry("attention-score", LAYERS),
            Map.entry("attention-map", LAYERS),
            Map.entry("attention-output", LAYERS),
            Map.entry("self-output", LAYERS),
            Map.entry("context", LAYERS),
            Map.entry("map-and-output", LAYERS),
            Map.entry("relations", ONE_STACK),
            Map.entry("itc", CONTRAST),
            Map.entry("itm", CONTRAST),
            Map.entry("itm-kd", CONTRAST),
            Map.entry("mlm", Set.of(TinyModel.XVLM_PRETRAIN)),
            Map.entry("box", Set.of(TinyModel.XVLM_PRETRAIN, TinyModel.XVLM_GROUNDING)),
            Map.entry("lm", Set.of(TinyModel.XVLM_VQA, TinyModel.XVLM_CAPTION)),
            Map.entry("mlm-kd", Set.of(TinyModel.XVLM_PRETRAIN, TinyModel.XVLM_VQA, TinyModel.XVLM_CAPTION)));

    private static Set<TinyModel> join(Set<TinyModel> some, TinyModel... more) {
        return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
    }

    @Test
    void everyTermIsListed() {
        assertThat(kinds(LossSpec.class).map(TermCatalogueTest::yaml))
                .containsExactlyInAnyOrderElementsOf(ACCEPTED.keySet());
    }

    @ParameterizedTest
    @EnumSource
    void isAcceptedWhereItsTapsAreAndThenLearns(TinyModel model) {
        Rng.seed(1);
        try (Scope scope = Scope.open()) {
            Network student = model.build();
            Teacher teacher = new NetworkTeacher(different(model.build()));
            Map<String, String> mistakes = new LinkedHashMap<>();
            ACCEPTED.forEach((term, where) -> {
                Optional<Objective> objective = objective(model, term, student, teacher, mistakes);
                assertThat(objective.isPresent())
                        .as(term + ": " + mistakes.get(term))
                        .isEqualTo(where.contains(model));
                objective.ifPresent(o -> assertLearns(term, o, model, student, teacher));
            });
            assertThat(mistakes.values())
                    .allMatch(mistake -> mistake.contains(student.config().architecture()));
        }
    }

    /** Heads that begin at zero are the same in any two models. */
    private static Network different(Network network) {
        try (NoGrad quiet = NoGrad.open()) {
            network.parameters()
                    .values()
                    .forEach(p -> p.copyFrom(p.add(Tensor.randn(p.shape()).mul(0.1))));
        }
        return network;
    }

    private static Optional<Objective> objective(
            TinyModel model, String term, Network student, Teacher teacher, Map<String, String> mistakes) {
        boolean several = student.signature().stacks().size() > 1;
        String options =
                OPTIONS.getOrDefault(term, "") + (several && term.equals("map-and-output") ? ", part: cross" : "");
        try {
            return Optional.of(objective("{type: " + term + options + "}", student, teacher));
        } catch (InputException e) {
            mistakes.put(term, e.getMessage());
            return Optional.empty();
        }
    }

    private static Objective objective(String term, Network student, Teacher teacher) {
        StageSpec.Distill stage = (StageSpec.Distill) TinyRecipe.read("stages.distill.terms=[" + term + ", {type: kd}]")
                .stages()
                .get(0);
        return TermBuilder.objective(
                ObjectiveSpec.of(stage.terms().subList(0, 1)), // a stage of labels alone is refused by the reader
                Sides.of(student, Map.of("teacher", teacher)),
                LABELS::clone,
                student.parameters().values());
    }

    private static void assertLearns(
            String term, Objective objective, TinyModel model, Network student, Teacher teacher) {
        try (Scope scope = Scope.open()) {
            Inputs inputs = model.inputs(student, BATCH);
            long[] places = {0, 1, 2, 3};
            Map<String, Trace> seen = new LinkedHashMap<>();
            objective.taps().teachers().forEach((name, taps) -> seen.put(name, teacher.answer(inputs, places, taps)));
            Trace own = Trace.of(objective.taps().student());
            student.train(true);
            student.forward(inputs, own);
            Tensor total = objective
                    .evaluate(new LossInputs(
                            own, seen, model.target(inputs), places, new StepContext(0, 0, true), Optional.of(inputs)))
                    .total();
            assertThat(total.item()).as(term).isFinite();
            total.backward();
            assertThat(student.parameters().values().stream()
                            .filter(Tensor::hasGrad)
                            .mapToDouble(p -> p.grad().abs().sum().item())
                            .sum())
                    .as("gradient of " + term)
                    .isFinite()
                    .isPositive();
            student.parameters().values().forEach(Tensor::clearGrad);
        }
    }

    @Test
    void aMissingTapIsNamedWithTheTermTheModelAndTheNearest() {
        try (Scope scope = Scope.open()) {
            Network retrieval = TinyModel.XVLM_RETRIEVAL.build();
            assertThatThrownBy(() -> objective("{type: kd}", retrieval, new NetworkTeacher(retrieval)))
                    .isInstanceOf(InputException.class)
                    .hasMessageMatching(
                            "terms: kd needs the tap 'logits' of the student \\(xvlm-small\\), which does not"
                                    + " have it; nearest: .*match.*");
        }
    }

    @Test
    void aTeacherIsNamedByItsName() {
        try (Scope scope = Scope.open()) {
            Network student = TinyModel.VIT.build();
            Network teacher = TinyModel.MIXER.build();
            assertThatThrownBy(() -> objective("{type: hidden}", student, new NetworkTeacher(teacher)))
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            "terms: hidden needs transformer layers, which the teacher 'teacher' (mixer_b16_224) does not have");
            assertThatThrownBy(
                            () -> objective("{type: mlm-kd}", TinyModel.XVLM_VQA.build(), new NetworkTeacher(teacher)))
                    .hasMessageStartingWith(
                            "terms: mlm-kd needs the tap 'words' of the teacher 'teacher' (mixer_b16_224), which does not have it");
        }
    }

    @Test
    void anInterventionNeedsItsTapsToo() {
        try (Scope scope = Scope.open()) {
            Network student = TinyModel.VIT.build();
            Sides sides = Sides.of(student, Map.of("teacher", new NetworkTeacher(TinyModel.MIXER.build())));
            StageSpec.Distill stage = (StageSpec.Distill)
                    TinyRecipe.read("stages.distill.intervention={epochs: 1}", "stages.distill.terms=[{type: kd}]")
                            .stages()
                            .get(0);
            assertThatThrownBy(() -> TermBuilder.objective(ObjectiveSpec.of(stage), sides, LABELS::clone, List.of()))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(
                            "terms: intervention needs transformer layers, which the teacher 'teacher'");
        }
    }

    private static Stream<Class<?>> kinds(Class<?> sealed) {
        return Stream.of(sealed.getPermittedSubclasses())
                .flatMap(c -> c.isSealed() ? kinds(c) : Stream.of(c))
                .filter(Class::isRecord);
    }

    private static String yaml(Class<?> kind) {
        return kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
