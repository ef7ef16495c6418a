package dev.decant.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.analyze.plot.ImportancePlots;
import dev.decant.analyze.plot.Plot;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Mlp;
import dev.decant.nn.Trace;
import dev.decant.spec.SparsitySpread;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A network that adds up its neurons' numbers: 1, 2, 3, 4 of what it sees, 1, 2 of what it reads. Each has three parameters. */
final class ImportanceStudyTest {

    private static final class Sum extends Network {

        private final Mlp vision = child("vision", neurons(1, 2, 3, 4));
        private final Mlp text = child("text", neurons(2, 1));

        Sum() {
            super(new ModelConfig("sum", 0, Map.of(), new ModelConfig.TextInput(1, 1, 0)));
        }

        private static Mlp neurons(float... numbers) {
            Mlp mlp = new Mlp(1, numbers.length, x -> x);
            Map<String, Tensor> state = mlp.state();
            try (NoGrad quiet = NoGrad.open()) {
                set(state, "fc1.weight", Tensor.of(numbers, numbers.length, 1));
                set(state, "fc1.bias", Tensor.zeros(numbers.length));
                set(state, "fc2.weight", Tensor.ones(1, numbers.length));
                set(state, "fc2.bias", Tensor.zeros(1));
            }
            return mlp;
        }

        private static void set(Map<String, Tensor> state, String name, Tensor value) {
            Optional.ofNullable(state.get(name)).orElseThrow().copyFrom(value);
        }

        @Override
        public Tensor forward(Inputs inputs, Trace trace) {
            return sum();
        }

        Tensor sum() {
            Tensor one = Tensor.ones(1, 1);
            return vision.forward(one).add(text.forward(one)).sum();
        }

        @Override
        public Inputs sample(int n) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> fullPrecisionModules() {
            return List.of();
        }

        @Override
        public Map<String, List<String>> modalities() {
            Map<String, List<String>> parts = new LinkedHashMap<>();
            parts.put("vision", List.of("vision"));
            parts.put("text", List.of("text"));
            parts.put("none", List.of("none"));
            return parts;
        }
    }

    private Scope scope;
    private Sum network;
    private final List<Map<String, Double>> tried = new ArrayList<>();

    @BeforeEach
    void network() {
        scope = Scope.open();
        network = new Sum();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private ImportanceStudy.Result run(double others, Double... sparsities) {
        ImportanceStudy.Trial trial = ImportanceStudy.magnitude(
                network,
                SparsitySpread.UNIFORM,
                () -> Map.of("sum", network.sum().item()));
        return ImportanceStudy.run(network, new ImportanceStudy.Options(List.of(sparsities), others), asked -> {
            tried.add(asked);
            return trial.at(asked);
        });
    }

    private static List<Double> sums(ImportanceStudy.Result result, String modality) {
        return result.curves().getOrDefault(modality, List.of()).stream()
                .map(p -> p.scores().getOrDefault("sum", Double.NaN))
                .toList();
    }

    @Test
    void oneModalityGoesWhileTheOtherStays() {
        ImportanceStudy.Result result = run(0, 0.0, 0.25, 0.5);
        assertThat(result.shares()).containsOnlyKeys("vision", "text");
        assertThat(result.shares().get("vision")).isEqualTo(12.0 / 18, within(1e-12));
        assertThat(sums(result, "vision")).containsExactly(13.0, 12.0, 10.0); // without 1, without 1 and 2
        assertThat(sums(result, "text")).containsExactly(13.0, 13.0, 12.0); // 1.5 of 2 rounds to 2
        ImportanceStudy.Point half = result.curves().get("vision").get(2);
        assertThat(half.gone()).isEqualTo(0.5);
        assertThat(half.ofAll()).isEqualTo(6.0 / 18, within(1e-12));
        assertThat(result.curves().get("text").get(1).gone()).isZero();
        assertThat(network.gates().values()).noneMatch(GateSlot::isFilled);
        assertThat(network.sum().item()).isEqualTo(13);
    }

    @Test
    void theOthersMayBePrunedTooAndNothingIsTriedTwice() {
        ImportanceStudy.Result result = run(0.5, 0.0, 0.5);
        assertThat(sums(result, "vision")).containsExactly(12.0, 9.0); // 3 + 4 + 2
        assertThat(sums(result, "text")).containsExactly(10.0, 9.0);
        assertThat(result.curves().get("text").get(1).ofAll()).isEqualTo(0.5);
        assertThat(tried)
                .containsExactly(Map.of("text", 0.5), Map.of("vision", 0.5, "text", 0.5), Map.of("vision", 0.5));
    }

    @Test
    void chartsHaveALineForEachModality() {
        Map<String, Plot> plots = ImportancePlots.of(run(0, 0.0, 0.5), "sum");
        assertThat(plots).containsOnlyKeys("sparsity", "size");
        Plot size = plots.get("size");
        assertThat(size.title()).isEqualTo("sum when one modality is pruned, the others whole");
        assertThat(size.lines().get(1).name()).isEqualTo("text");
        assertThat(size.lines().get(1).x()).containsExactly(new double[] {0, 100 * 3.0 / 18}, within(1e-9));
        assertThat(size.lines().get(1).y()).containsExactly(13, 12);
        assertThat(ImportancePlots.of(run(0.25, 0.5), "sum").get("size").title())
                .endsWith("the others pruned by 25.0 %");
    }

    @Test
    void aSparsityThatCannotBeReachedLeavesTheNetworkWhole() {
        assertThatThrownBy(() -> run(0, 0.9)).hasMessageContaining("at most 0.75 can go");
        assertThat(network.gates().values()).noneMatch(GateSlot::isFilled);
    }
}
