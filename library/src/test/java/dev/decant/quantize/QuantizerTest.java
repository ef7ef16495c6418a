package dev.decant.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.nn.Embedding;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuantizerTest {

    private static final double[] W = {0.5, -0.1, 0.02, -0.8, 0.3, -0.25, 0.05, 1.2};
    private static final double[] X = {0.5, -1.0, 3.0, -0.3, 2.5, -2.6, 0.01, 1.234};
    private static final double CLIP = 2.5;

    @BeforeEach
    void seed() {
        Rng.seed(3);
    }

    @Test
    void ternaryWeightsOfATensorAndOfRows() {
        Codes whole = fixed(new Grid.Twn(), Grouping.TENSOR).codes(Tensor.of(W, 8));
        assertThat(whole.scale().item()).isCloseTo(0.7, within(1e-12));
        assertThat(whole.codes().add(0).doubles()).containsExactly(1, 0, 0, -1, 1, 0, 0, 1);

        Codes rows = fixed(new Grid.Twn(), Grouping.ROW).codes(Tensor.of(W, 2, 4));
        assertThat(rows.scale().doubles()).containsExactly(new double[] {0.65, 1.2}, within(1e-12));
        assertThat(rows.codes().add(0).doubles()).containsExactly(1, 0, 0, -1, 0, 0, 0, 1);
    }

    @Test
    void midPrecisionOfThePublishedCode() {
        Codes four = fixed(new Grid.MidPrecision(4), Grouping.TENSOR).codes(Tensor.of(W, 8));
        assertThat(four.scale().item()).isCloseTo(0.1111111111, within(1e-9));
        assertThat(four.codes().doubles()).containsExactly(4, -1, 0, -7, 3, -2, 0, 8);
        Codes eight = fixed(new Grid.MidPrecision(8), Grouping.TENSOR).codes(Tensor.of(W, 8));
        assertThat(eight.scale().item()).isCloseTo(0.006535948, within(1e-9));
        assertThat(eight.codes().doubles()).containsExactly(76, -15, 3, -122, 46, -38, 8, 128);
    }

    @Test
    void eightBitsSymmetricAndAsymmetric() {
        Codes symmetric = fixed(new Grid.Symmetric(8), Grouping.TENSOR).codes(Tensor.of(X, 8));
        assertThat(1 / symmetric.scale().item()).isCloseTo(50.8, within(1e-9));
        assertThat(symmetric.codes().doubles()).containsExactly(25, -51, 127, -15, 127, -127, 1, 63);
        Codes asymmetric = fixed(new Grid.Asymmetric(8), Grouping.TENSOR).codes(Tensor.of(X, 8));
        assertThat(asymmetric.codes().doubles()).containsExactly(153, 76, 255, 112, 255, 0, 128, 190);
    }

    @Test
    void gradientsGoThroughStrictlyInsideTheClip() {
        Tensor x = Tensor.of(X, 8).requiresGrad(true);
        FixedQuantizer quantizer = fixed(new Grid.Symmetric(8), Grouping.TENSOR);
        Tensor y = quantizer.apply(x);
        assertThat(y.doubles()).containsExactly(quantizer.codes(x).values().doubles());
        y.sum().backward();
        assertThat(x.grad().doubles()).containsExactly(1, 1, 0, 1, 0, 0, 1, 1);
    }

    /** Whether the table is rounded or only the rows that are looked up, nothing else may follow. */
    @Test
    void rowsOfATableAreRoundedAfterTheyAreLookedUp() {
        Embedding table = new Embedding(20, 6);
        table.weight().detach().mulInPlace(Tensor.scalar(100)); // some are clipped
        Tensor indices = Tensor.of(new long[] {3, 7, 3, 19}, 2, 2);
        FixedQuantizer quantizer = fixed(new Grid.Twn(), Grouping.ROW);
        Tensor expected = Ops.embedding(quantizer.apply(table.weight()), indices);
        expected.mul(expected).sum().backward();
        double[] gradient = table.weight().grad().add(0).doubles(); // -0 becomes 0
        table.weight().clearGrad();

        table.slots().values().iterator().next().fill(quantizer);
        Tensor found = table.forward(indices);
        found.mul(found).sum().backward();
        assertThat(found.floats()).isEqualTo(expected.floats());
        assertThat(table.weight().grad().add(0).doubles()).isEqualTo(gradient);
    }

    @Test
    void absmeanAndBinary() {
        Codes bitnet = new Grid.Absmean().codes(Tensor.of(new double[] {1, -1, 0.2, -2}, 1, 4));
        assertThat(bitnet.scale().item()).isCloseTo(1.05, within(1e-12));
        assertThat(bitnet.codes().doubles()).containsExactly(1, -1, 0, -1);
        Codes binary = new Grid.Binary().codes(Tensor.of(new double[] {1, -2, 0, 1}, 1, 4));
        assertThat(binary.values().doubles()).containsExactly(1, -1, 1, 1);
    }

    static Stream<Grid> grids() {
        return Stream.of(
                new Grid.Twn(),
                new Grid.Binary(),
                new Grid.Symmetric(2),
                new Grid.Symmetric(4),
                new Grid.Symmetric(8),
                new Grid.Asymmetric(2),
                new Grid.Asymmetric(8),
                new Grid.Absmean(),
                new Grid.MidPrecision(4));
    }

    @ParameterizedTest
    @MethodSource("grids")
    void groupsOfZerosGiveZeros(Grid grid) {
        for (Grouping grouping : List.of(Grouping.TENSOR, Grouping.ROW, Grouping.TOKEN, Grouping.blocks(2))) {
            Tensor y = fixed(grid, grouping).apply(Tensor.zeros(3, 4));
            for (double v : y.to(DType.F64).doubles()) {
                assertThat(v).isCloseTo(0, within(1e-7));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("grids")
    void codesStayInTheirRangeAndSurviveASecondRounding(Grid grid) {
        Tensor x = Tensor.randn(6, 8);
        FixedQuantizer quantizer = new FixedQuantizer(grid, Grouping.ROW, Double.POSITIVE_INFINITY);
        Codes codes = quantizer.codes(x);
        for (float c : codes.codes().floats()) {
            assertThat(c).isBetween((float) grid.lowest(), (float) grid.highest());
            assertThat(c).isEqualTo((float) Math.rint(c));
        }
        assertThat(codes.values().sub(x).abs().max().item())
                .isLessThan(x.abs().max().item());
    }

    @Test
    void withoutGraphTheSameValuesComeOut() {
        Tensor x = Tensor.randn(4, 4).requiresGrad(true);
        FixedQuantizer quantizer = fixed(new Grid.Twn(), Grouping.TENSOR);
        float[] learning = quantizer.apply(x).floats();
        try (NoGrad quiet = NoGrad.open()) {
            assertThat(quantizer.apply(x).floats()).containsExactly(learning);
        }
    }

    @Test
    void learnedStep() {
        Lsq lsq = new Lsq(4, true);
        Tensor x = Tensor.of(new float[] {0.3f, -0.9f, 2, -3}, 4).requiresGrad(true);
        lsq.apply(x);
        double a = 2 * 1.55 / Math.sqrt(7); // 1.1717
        Tensor step = lsq.parameters().get("step");
        assertThat(step.item()).isCloseTo(a, within(1e-6));

        step.detach().fillInPlace(0.25);
        Tensor y = lsq.apply(x);
        assertThat(y.floats()).containsExactly(0.25f, -1, 1.75f, -2); // codes 1, -4, 7 (of 8), -8 (of -12)
        y.sum().backward();
        assertThat(x.grad().floats()).containsExactly(1, 1, 0, 0);
        double g = 1 / Math.sqrt(4 * 7.0);
        assertThat(step.grad().item()).isCloseTo(g * ((1 - 1.2) + (-4 + 3.6) + 7 - 8), within(1e-5));
    }

    @Test
    void learnedClip() {
        LearnedClip clip = new LearnedClip(new Grid.Symmetric(8), Grouping.TENSOR);
        Tensor x = Tensor.of(X, 8).to(DType.F32).requiresGrad(true);
        clip.apply(x)
                .mul(Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 8))
                .sum()
                .backward();
        assertThat(x.grad().floats()).containsExactly(1, 2, 0, 4, 0, 0, 7, 8);
        assertThat(clip.parameters().get("high").grad().item()).isEqualTo(3 + 5);
        assertThat(clip.parameters().get("low").grad().item()).isEqualTo(6);
    }

    @Test
    void stretchedLevels() {
        Tensor w =
                Tensor.of(new float[] {1, 0.6f, 0.1f, -0.1f, -0.6f, -1}, 1, 6).requiresGrad(true);
        assertThat(new Seq(4, Grouping.ROW, 1).apply(w).floats())
                .containsExactly(0.75f, 0.75f, 0.25f, -0.25f, -0.75f, -0.75f);
        Seq ternary = new Seq(3, Grouping.ROW, 1);
        Tensor y = ternary.apply(w);
        float two = 2 / 3f;
        assertThat(y.floats()).containsExactly(two, two, 0, 0, -two, -two);
        y.mul(Tensor.of(new float[] {1, 1, 1, 0, 0, 0}, 1, 6)).sum().backward();
        assertThat(w.grad().floats()).containsExactly(0, 1, 1, 0, 0, 0);
        double g = 1 / Math.sqrt(6 * 2 / 3.0);
        assertThat(ternary.parameters().get("alpha").grad().item())
                .isCloseTo(g * (2 / 3.0 + (2 / 3.0 - 0.6) - 0.1), within(1e-6));
    }

    @Test
    void aTernaryWeightIsTheSumOfTwoBinaryOnes() {
        Tensor w = Tensor.randn(5, 40).to(DType.F64);
        TernarySplit split = TernarySplit.of(w);
        Tensor ternary = new Grid.Twn().codes(w).values();
        Tensor binary = new Grid.Binary()
                .codes(split.first())
                .values()
                .add(new Grid.Binary().codes(split.second()).values());
        assertThat(split.first().add(split.second()).sub(w).abs().max().item()).isLessThan(1e-14);
        assertThat(binary.sub(ternary).abs().max().item()).isLessThan(1e-12);
    }

    private static FixedQuantizer fixed(Grid grid, Grouping grouping) {
        return new FixedQuantizer(grid, grouping, CLIP);
    }
}
