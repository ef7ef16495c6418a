package dev.decant.distill.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.distill.LossInputs;
import dev.decant.nn.Trace;
import dev.decant.optim.Optimizer;
import dev.decant.optim.Sgd;
import dev.decant.tensor.Device;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrdTermTest {

    private static final long[] LABELS = {2, 0, 1, 0, 2, 1, 0, 2};

    @Test
    void negativesAreOfEveryOtherClassAndOfNoneOther() {
        Rng.seed(5);
        long[] examples = {1, 4, 5};
        long[] drawn = new OtherClasses(LABELS).draw(examples, 200, Device.CPU).longs();
        for (int i = 0; i < 3; i++) {
            long own = LABELS[(int) examples[i]];
            long[] row = Arrays.copyOfRange(drawn, i * 201, (i + 1) * 201);
            assertThat(row[0]).isEqualTo(examples[i]);
            assertThat(Arrays.stream(row).skip(1).distinct().boxed())
                    .hasSize((int) Arrays.stream(LABELS).filter(l -> l != own).count())
                    .allMatch(k -> LABELS[k.intValue()] != own);
        }
    }

    @Test
    void banksFollowAndTheLossFallsOverEpochs() {
        Rng.seed(6);
        Tensor teacher = Tensor.randn(8, 6);
        Tensor student = Tensor.randn(8, 4);
        CrdTerm term = new CrdTerm("t", new FeatureWidths(4, 6), new CrdTerm.Config(3, 5, 0.5, 0.5), LABELS);
        Optimizer sgd = Optimizer.of(term.learned().parameters(), new Sgd(0.9, false, 0));
        double first = epoch(term, student, teacher, sgd);
        double normaliser = buffer(term, "normaliser_student").item();
        double last = first;
        for (int i = 0; i < 30; i++) {
            last = epoch(term, student, teacher, sgd);
        }
        assertThat(last).isFinite().isLessThan(0.8 * first);
        assertThat(buffer(term, "normaliser_student").item())
                .isEqualTo(normaliser)
                .isPositive();
        double[] lengths = buffer(term, "bank_teacher").norm(-1, false).doubles();
        assertThat(lengths).containsExactly(new double[] {1, 1, 1, 1, 1, 1, 1, 1}, within(1e-6));
    }

    @Test
    void onlyTrainingChangesTheBanks() {
        CrdTerm term = new CrdTerm("t", new FeatureWidths(4, 6), new CrdTerm.Config(3, 5, 0.5, 0.5), LABELS);
        double[] before = buffer(term, "bank_student").doubles();
        LossInputs view = view(Tensor.randn(2, 4), Tensor.randn(2, 6), new long[] {0, 3}, false);
        assertThat(term.losses(view).get(0).loss().isFinite()).isTrue();
        assertThat(buffer(term, "bank_student").doubles()).containsExactly(before);
    }

    @Test
    void refusesWhatItCannotTellApart() {
        assertThatThrownBy(() -> new OtherClasses(new long[] {1, 1})).hasMessageContaining("two classes");
        assertThatThrownBy(() -> new OtherClasses(LABELS).draw(new long[] {8}, 2, Device.CPU))
                .hasMessage("crd: example 8 is not one of the 8 of the training set");
    }

    private static double epoch(CrdTerm term, Tensor student, Tensor teacher, Optimizer sgd) {
        double sum = 0;
        for (int half = 0; half < 2; half++) {
            try (Scope scope = Scope.open()) {
                long[] indices = {4L * half, 4L * half + 1, 4L * half + 2, 4L * half + 3};
                LossInputs view = view(student.narrow(0, 4L * half, 4), teacher.narrow(0, 4L * half, 4), indices, true);
                Tensor loss = term.losses(view).get(0).loss();
                loss.backward();
                sgd.step(0.05);
                term.learned().clearGrads();
                sum += loss.item();
            }
        }
        return sum;
    }

    private static Tensor buffer(CrdTerm term, String name) {
        return term.learned().buffers().entrySet().stream()
                .filter(e -> e.getKey().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static LossInputs view(Tensor student, Tensor teacher, long[] indices, boolean training) {
        Trace own = Trace.of("features");
        own.offer("features", student);
        Trace other = Trace.of("features");
        other.offer("features", teacher);
        return new LossInputs(own, Map.of("t", other), Tensor.of(indices), indices, 0, training);
    }
}
