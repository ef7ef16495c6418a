package dev.decant.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
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
        study.add(images, images, 9);
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
        study.add(images, images, 9);
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
        study.add(images, images, 9);
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
                .isInstanceOf(IllegalArgumentException.class)
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
        assertThat(TokenClasses.text(101, 102, Set.of(1010L, 1012L)).of(first, 4))
                .containsExactly(TokenClass.CLS, TokenClass.OTHER, TokenClass.PUNCTUATION, TokenClass.SEP);
        Tensor holes = Tensor.of(new long[] {1, 0, 1, 1, 1, 1, 1, 1, 1, 1}, 2, 5);
        assertThatThrownBy(() -> Examples.single(new Inputs.Text(ids, ids, holes), 0))
                .hasMessage("example 0 has padding before its last token");
    }
}
