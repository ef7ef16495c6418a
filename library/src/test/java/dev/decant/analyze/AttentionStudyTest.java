package dev.decant.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.ModelException;
import dev.decant.analyze.plot.AttentionPlots;
import dev.decant.metric.AttentionNorms;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.LayerTaps;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttentionStudyTest {

    private static final TokenClasses CLASSES = TokenClasses.images(1);

    private Inputs images = new Inputs.Images(Tensor.zeros(1));

    @BeforeEach
    void seed() {
        Rng.seed(5);
        images = new Inputs.Images(Tensor.randn(3, 3, 8, 8));
    }

    private static Network vit(int depth) {
        Map<String, Object> args =
                new HashMap<>(Map.of("img_size", 8, "patch_size", 4, "embed_dim", 8, "num_heads", 2));
        args.put("depth", depth);
        Network vit = Catalogue.create("vit_small_patch16_224", args);
        vit.parameters().values().stream().filter(p -> p.rank() == 2).forEach(p -> p.detach()
                .mulInPlace(10)); // maps that are not flat
        return vit;
    }

    @Test
    void aNetworkAgreesWithItself() {
        Network vit = vit(2);
        AttentionStudy study = new AttentionStudy(vit, vit, CLASSES, 2);
        study.add(images, images);
        AttentionStudy.Result result = study.result();
        assertThat(result.examples()).isEqualTo(3);
        assertThat(result.layers()).hasSize(2).allMatch(l -> l.heads().size() == 2);
        assertThat(result.mean().rankingLoss()).isZero();
        assertThat(result.mean().preserved()).isEqualTo(1);
        assertThat(result.mean().coverLength())
                .isCloseTo(2 / 5.0, within(1e-12)); // two of a class token and four patches
        AttentionStudy.Layer layer = result.layers().get(0);
        assertThat(layer.distances()).containsOnlyKeys(TokenClass.CLS, TokenClass.OTHER, TokenClass.ALL);
        assertThat(layer.distances().get(TokenClass.ALL).propagated()).isZero();
        assertThat(layer.studentRange().low()).hasSize(5);
        assertThat(layer.studentRange().mean()).isEqualTo(layer.teacherRange().mean());
    }

    @Test
    void twoNetworksDiffer() {
        AttentionStudy study = new AttentionStudy(vit(1), vit(1), CLASSES, 2);
        study.add(images, images);
        AttentionStudy.Result result = study.result();
        assertThat(result.mean().rankingLoss()).isBetween(1e-6, 0.5);
        assertThat(result.mean().preserved()).isBetween(0.2, 0.8);
        assertThat(result.mean().coverLength()).isBetween(2 / 5.0, 1.0);
        AttentionStudy.Layer layer = result.layers().get(0);
        assertThat(layer.distances().get(TokenClass.CLS).map()).isPositive();
        // Over all keys a map has mean 1/n, whatever it is.
        assertThat(layer.distances().get(TokenClass.ALL).map()).isCloseTo(0, within(1e-6));
        assertThat(AttentionPlots.of(Map.of("student", result)))
                .containsOnlyKeys("ranking", "cover", "order", "gen", "prop", "range-1");
    }

    @Test
    void rangesAreThoseOfTheAttentionOutput() {
        Network vit = vit(1);
        AttentionStudy study = new AttentionStudy(vit, vit, CLASSES, 1);
        study.add(images, images);
        Trace trace = Trace.of("blocks.0.attention_output");
        vit.forward(Examples.single(images, 0), trace);
        double[] first =
                trace.get("blocks.0.attention_output").select(0, 0).select(0, 1).doubles();
        AttentionStudy.Range range = study.result().layers().get(0).studentRange();
        assertThat(range.high()[1])
                .isCloseTo(java.util.Arrays.stream(first).max().orElseThrow(), within(1e-6));
        assertThat(range.low()[1])
                .isCloseTo(java.util.Arrays.stream(first).min().orElseThrow(), within(1e-6));
    }

    @Test
    void otherDepthsAndOtherKindsOfNetworksAreRefused() {
        assertThatThrownBy(() -> new AttentionStudy(vit(1), vit(2), CLASSES, 1))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has 1 layers")
                .hasMessageContaining("has 2");
        Network cnn = Catalogue.create("resnet20_cifar", Map.of("img_size", 8));
        assertThatThrownBy(() -> new AttentionStudy(cnn, cnn, CLASSES, 1))
                .hasMessageContaining("resnet20_cifar is not a stack of transformer layers");
    }

    @Test
    void sentencesLoseTheirPadding() {
        Tensor ids = Tensor.of(new long[] {101, 7, 1012, 102, 0, 101, 8, 9, 1010, 102}, 2, 5);
        Tensor mask = Tensor.of(new long[] {1, 1, 1, 1, 0, 1, 1, 1, 1, 1}, 2, 5);
        Inputs.Text first = (Inputs.Text) Examples.single(new Inputs.Text(ids, ids.zerosLike(), mask), 0);
        assertThat(first.ids().longs()).containsExactly(101, 7, 1012, 102);
        assertThat(first.mask().longs()).containsExactly(1, 1, 1, 1);
        assertThat(TokenClasses.text(Set.of(101L), Set.of(102L), Set.of(1010L, 1012L))
                        .of(first, 4))
                .containsExactly(TokenClass.CLS, TokenClass.OTHER, TokenClass.PUNCTUATION, TokenClass.SEP);
        Tensor holes = Tensor.of(new long[] {1, 0, 1, 1, 1, 1, 1, 1, 1, 1}, 2, 5);
        assertThatThrownBy(() -> Examples.single(new Inputs.Text(ids, ids, holes), 0))
                .hasMessage("example 0 has padding before its last token");
    }

    private static Network bert() {
        Network bert = Catalogue.create(
                "bert-base",
                Map.of(
                        "hidden_size", 8,
                        "num_hidden_layers", 2,
                        "num_attention_heads", 2,
                        "intermediate_size", 16,
                        "vocab_size", 1100,
                        "max_position_embeddings", 8,
                        "num_classes", 2));
        bert.parameters().values().stream().filter(p -> p.rank() == 2).forEach(p -> p.detach()
                .mulInPlace(10));
        return bert;
    }

    private static Inputs.Text text(int tokens, int length) {
        long[] ids = new long[length];
        long[] mask = new long[length];
        for (int i = 0; i < tokens; i++) {
            ids[i] = i == 0 ? 101 : i == tokens - 1 ? 102 : 1008 + i;
            mask[i] = 1;
        }
        Tensor t = Tensor.of(ids, 1, length);
        return new Inputs.Text(t, t.zerosLike(), Tensor.of(mask, 1, length));
    }

    @Test
    void paddingHasNoPartInTheFiguresOfText() {
        Network student = bert();
        Network teacher = bert();
        TokenClasses classes = TokenClasses.text(Set.of(101L), Set.of(102L), Set.of(1010L));
        AttentionStudy padded = new AttentionStudy(student, teacher, classes, 2);
        padded.add(text(5, 8), text(5, 8));
        AttentionStudy plain = new AttentionStudy(student, teacher, classes, 2);
        plain.add(text(5, 5), text(5, 5));
        assertThat(padded.result().mean()).isEqualTo(plain.result().mean());
        AttentionStudy.Layer layer = padded.result().layers().get(1);
        assertThat(layer.distances()).containsOnlyKeys(TokenClass.values());
        assertThat(layer.distances().get(TokenClass.SEP).propagated()).isPositive();
        assertThat(layer.studentRange().low()).hasSize(5);
    }

    /** One head and one token attending to itself: what is propagated is the attention's output without its bias. */
    @Test
    void whatIsPropagatedIsTheAttentionsOutput() {
        Network bert = bert();
        bert.train(false);
        LayerTaps taps = bert.signature().stack().layers().get(0);
        Trace trace = Trace.of(taps.map(), taps.value(), taps.outputWeight(), taps.selfOutput());
        bert.forward(text(1, 1), trace);
        AttentionNorms norms = AttentionNorms.of(
                trace.get(taps.map()).select(0, 0),
                trace.get(taps.value()).select(0, 0),
                trace.get(taps.outputWeight()));
        assertThat(norms.propagated()[0][0])
                .isCloseTo(trace.get(taps.selfOutput()).square().sum().sqrt().item(), within(1e-6));
    }
}
