package dev.decant.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.Linear;
import dev.decant.nn.Quantizer;
import dev.decant.nn.Slot;
import dev.decant.nn.Trace;
import dev.decant.quantize.FixedQuantizer;
import dev.decant.quantize.Grid;
import dev.decant.quantize.Grouping;
import dev.decant.tensor.DType;
import dev.decant.tensor.Gradient;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HessianStudyTest {

    private static final Spectrum.Limit EXACT = new Spectrum.Limit(40, 1e-7);
    private static final HessianStudy.Loss SQUARED =
            (logits, target) -> logits.sub(target).square().mean();

    @BeforeEach
    void seed() {
        Rng.seed(3);
    }

    /** y = w'x + b; the Hessian of the squared error is 2 (x, 1)(x, 1)', averaged over the examples. */
    private static final class Line extends Network {

        private final Linear linear = child("linear", new Linear(3, 1));

        Line() {
            super(new ModelConfig(
                    "line", 1, Map.of(), new ModelConfig.ImageInput(1, List.of(), List.of(), "bilinear", 1)));
        }

        @Override
        public List<String> fullPrecisionModules() {
            return List.of();
        }

        @Override
        public Inputs sample(int n) {
            return new Inputs.Images(Tensor.randn(n, 3, 1, 1));
        }

        @Override
        public Tensor forward(Inputs inputs, Trace trace) {
            return linear.forward(((Inputs.Images) inputs).pixels().reshape(-1, 3));
        }
    }

    private static HessianStudy.Labeled example(double... x) {
        Tensor pixels = Tensor.of(x, x.length / 3, 3, 1, 1).to(DType.F32);
        return new HessianStudy.Labeled(new Inputs.Images(pixels), Tensor.zeros(x.length / 3, 1));
    }

    private static HessianStudy.Options options(int top, int perExample) {
        return new HessianStudy.Options(top, EXACT, 0, perExample, 2, 10, 1);
    }

    @Test
    void squaredErrorOfALine() {
        Line line = new Line();
        line.requiresGrad(false);
        HessianStudy.Result result = new HessianStudy(line, SQUARED, options(2, 3))
                .run(List.of(example(1, 2, 2, 0, 0, 0), example(3, 0, 0)));
        assertThat(result.parameters()).isEqualTo(4);
        assertThat(result.examples()).isEqualTo(3);
        // 2 |(x, 1)|^2 of each example, and nothing else
        assertThat(result.perExample()).hasSize(3);
        assertThat(result.perExample().get(0)).containsExactly(new double[] {20, 0}, within(1e-3));
        assertThat(result.perExample().get(1)).containsExactly(new double[] {2, 0}, within(1e-3));
        assertThat(result.perExample().get(2)).containsExactly(new double[] {20, 0}, within(1e-3));
        assertThat(result.maximum()).isCloseTo(20, within(1e-3));
        // of the mean: 2/3 of the nonzero eigenvalues of the examples' Gram matrix [[10, 1, 4], [1, 1, 1], [4, 1, 10]],
        // which are 6 and the roots of t^2 - 15 t + 12
        assertThat(result.top()).containsExactly(new double[] {(15 + Math.sqrt(177)) / 3, 4}, within(1e-3));
        assertThat(Arrays.stream(result.density().centers()).max().orElseThrow())
                .isCloseTo((15 + Math.sqrt(177)) / 3, within(1e-3));
        assertThat(line.parameters().values()).noneMatch(Tensor::requiresGrad);
        assertThat(line.isTraining()).isTrue();
    }

    @Test
    void gradientsPassStraightThroughQuantizers() {
        Line line = new Line();
        Slot slot = line.slots().get("linear.weight");
        slot.fill(new Quantizer() {
            @Override
            public Tensor apply(Tensor x) {
                return x.add(x.round().sub(x).detach());
            }
        });
        HessianStudy.Result result = new HessianStudy(line, SQUARED, options(1, 1)).run(List.of(example(1, 2, 2)));
        assertThat(result.maximum()).isCloseTo(20, within(1e-3));
    }

    /** With gradients straight through, the curvature is that of the plain network at the rounded weights. */
    @Test
    void ternaryWeightsHaveTheCurvatureOfTheirValues() {
        Map<String, Object> args =
                Map.of("img_size", 8, "patch_size", 4, "embed_dim", 4, "depth", 1, "num_heads", 2, "num_classes", 2);
        Network ternary = Catalogue.create("vit_small_patch16_224", args);
        ternary.parameters().values().stream().filter(p -> p.rank() > 1).forEach(p -> p.detach()
                .mulInPlace(10));
        Network plain = Catalogue.create("vit_small_patch16_224", args);
        plain.state().forEach((name, t) -> t.detach().copyFrom(ternary.state().get(name)));
        ternary.slots().forEach((path, slot) -> {
            if (slot.kind() == Slot.Kind.WEIGHT) {
                FixedQuantizer twn = new FixedQuantizer(new Grid.Twn(), Grouping.TENSOR, Double.POSITIVE_INFINITY);
                slot.fill(twn);
                Tensor weight = plain.parameters().get(path).detach();
                weight.copyFrom(twn.apply(weight));
            }
        });
        HessianStudy.Labeled batch =
                new HessianStudy.Labeled(new Inputs.Images(Tensor.randn(2, 3, 8, 8)), Tensor.of(new long[] {0, 1}));
        Rng.seed(4);
        HessianStudy.Result a =
                new HessianStudy(ternary, HessianStudy.Loss.ofLabels(), options(1, 0)).run(List.of(batch));
        Rng.seed(4);
        HessianStudy.Result b =
                new HessianStudy(plain, HessianStudy.Loss.ofLabels(), options(1, 0)).run(List.of(batch));
        assertThat(Math.abs(a.top()[0])).isGreaterThan(1e-2);
        assertThat(a.loss()).isCloseTo(b.loss(), within(1e-6));
        assertThat(a.top()).containsExactly(b.top(), within(1e-3 * Math.abs(b.top()[0])));
        assertThat(a.trace().mean())
                .isCloseTo(b.trace().mean(), within(1e-3 * Math.abs(b.trace().mean()) + 1e-3));
    }

    /** c |w| adds c/|w| across w and nothing along it; the bias is zero and has no norm to speak of. */
    @Test
    void theNormTermAddsCurvatureAndLeavesZerosOut() {
        Line line = new Line();
        line.parameters().get("linear.weight").detach().copyFrom(Tensor.of(new float[] {0, 0, 2}, 1, 3));
        HessianStudy.Options options = new HessianStudy.Options(4, EXACT, 3, 1, 1, 10, 1);
        HessianStudy.Result result = new HessianStudy(line, SQUARED, options).run(List.of(example(0, 0, 1)));
        assertThat(result.perExample().get(0)).containsExactly(new double[] {4, 1.5, 1.5, 0}, within(1e-3));
    }

    /** Attention, layer norm and GELU have second derivatives; two ways to the extreme eigenvalue agree. */
    @Test
    void theHessianOfATransformer() {
        Network vit = Catalogue.create(
                "vit_small_patch16_224",
                Map.of("img_size", 8, "patch_size", 4, "embed_dim", 4, "depth", 1, "num_heads", 2, "num_classes", 2));
        Tensor images = Tensor.randn(2, 3, 8, 8);
        Tensor labels = Tensor.of(new long[] {0, 1});
        HessianStudy.Loss loss = HessianStudy.Loss.ofLabels();
        vit.parameters().values().stream().filter(p -> p.rank() > 1).forEach(p -> p.detach()
                .mulInPlace(10)); // from tiny initial values to some curvature
        HessianStudy.Result result = new HessianStudy(vit, loss, options(1, 0))
                .run(List.of(new HessianStudy.Labeled(new Inputs.Images(images), labels)));
        double largest = result.top()[0];
        assertThat(Math.abs(largest)).isGreaterThan(1e-2);
        double[] centers = result.density().centers();
        double extreme = Arrays.stream(centers)
                .boxed()
                .max((a, b) -> Double.compare(Math.abs(a), Math.abs(b)))
                .orElseThrow();
        assertThat(extreme).isCloseTo(largest, within(0.02 * Math.abs(largest)));
    }

    @Test
    void productsWithTheHessianAreDifferencesOfGradients() {
        Network vit = Catalogue.create(
                "vit_small_patch16_224",
                Map.of("img_size", 8, "patch_size", 4, "embed_dim", 4, "depth", 1, "num_heads", 2, "num_classes", 2));
        vit.to(DType.F64);
        Inputs images = new Inputs.Images(Tensor.randn(2, 3, 8, 8).to(DType.F64));
        Supplier<Tensor> loss = () ->
                Ops.crossEntropy(vit.forward(images, Trace.of("blocks.0.attn.map")), Tensor.of(new long[] {0, 1}), 0);
        List<Tensor> parameters = List.copyOf(vit.parameters().values());
        List<Tensor> along = parameters.stream()
                .map(p -> Tensor.randn(p.shape()).to(DType.F64))
                .toList();
        List<Tensor> gradient = Gradient.differentiable(loss.get(), parameters);
        Tensor slope = Tensor.zeros(DType.F64);
        for (int i = 0; i < along.size(); i++) {
            slope = slope.add(gradient.get(i).mul(along.get(i)).sum());
        }
        double[] product = flat(Gradient.of(slope, parameters));
        move(parameters, along, 1e-6);
        double[] after = flat(Gradient.of(loss.get(), parameters));
        move(parameters, along, -2e-6);
        double[] before = flat(Gradient.of(loss.get(), parameters));
        for (int i = 0; i < product.length; i++) {
            assertThat(product[i]).isCloseTo((after[i] - before[i]) / 2e-6, within(1e-6 * (1 + Math.abs(product[i]))));
        }
    }

    @Test
    void lossesOfTextAndOfValuesHaveAHessian() {
        Network bert = Catalogue.create(
                "bert-base",
                Map.of(
                        "hidden_size", 4,
                        "num_hidden_layers", 1,
                        "num_attention_heads", 2,
                        "intermediate_size", 8,
                        "vocab_size", 9,
                        "max_position_embeddings", 4,
                        "num_classes", 1));
        Tensor ids = Tensor.of(new long[] {1, 2, 3, 4, 1, 5, 3, 0}, 2, 4);
        Tensor mask = Tensor.of(new long[] {1, 1, 1, 1, 1, 1, 1, 0}, 2, 4);
        HessianStudy.Labeled batch =
                new HessianStudy.Labeled(new Inputs.Text(ids, ids.zerosLike(), mask), Tensor.of(new float[] {3, -3}));
        HessianStudy.Options few = new HessianStudy.Options(1, new Spectrum.Limit(20, 1e-3), 0, 2, 2, 10, 1);
        HessianStudy.Result result = new HessianStudy(bert, HessianStudy.Loss.ofLabels(), few).run(List.of(batch));
        // The bias of the last map alone has curvature 2; far from the values there are greater ones, of both signs.
        assertThat(result.perExample()).hasSize(2).allMatch(v -> Math.abs(v[0]) >= 2);
        assertThat(Math.abs(result.top()[0])).isGreaterThanOrEqualTo(2);
    }

    private static void move(List<Tensor> parameters, List<Tensor> along, double step) {
        for (int i = 0; i < along.size(); i++) {
            parameters.get(i).detach().addInPlace(along.get(i), step);
        }
    }

    private static double[] flat(List<Tensor> tensors) {
        return tensors.stream().flatMapToDouble(t -> Arrays.stream(t.doubles())).toArray();
    }
}
