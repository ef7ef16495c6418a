package dev.decant.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.InputException;
import dev.decant.model.Catalogue;
import dev.decant.model.Network;
import dev.decant.run.ImageTextTermsTest;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerInitTest {

    private static Network vit(int depth, int width) {
        return Catalogue.create(
                "vit_small_patch16_224",
                Map.of(
                        "img_size",
                        8,
                        "patch_size",
                        4,
                        "embed_dim",
                        width,
                        "depth",
                        depth,
                        "num_heads",
                        2,
                        "num_classes",
                        3));
    }

    private static float[] values(Network network, String name) {
        Map<String, Tensor> state = network.state();
        return state.getOrDefault(name, Tensor.zeros(0)).floats();
    }

    @Test
    void fewerLayersAreSpreadEvenlyUpToTheLast() {
        assertThat(LayerInit.evenly(4, 12)).containsExactly(2, 5, 8, 11);
        assertThat(LayerInit.evenly(3, 4)).containsExactly(0, 1, 3);
        Network teacher = vit(4, 8);
        Network student = vit(2, 8);
        LayerInit.copy(student, teacher, List.of());
        assertThat(values(student, "blocks.0.attn.qkv.weight")).isEqualTo(values(teacher, "blocks.1.attn.qkv.weight"));
        assertThat(values(student, "blocks.1.mlp.fc1.weight")).isEqualTo(values(teacher, "blocks.3.mlp.fc1.weight"));
        assertThat(values(student, "pos_embed")).isEqualTo(values(teacher, "pos_embed"));
    }

    @Test
    void layersCanBeChosen() {
        Network teacher = vit(4, 8);
        Network student = vit(2, 8);
        LayerInit.copy(student, teacher, List.of(3, 0));
        assertThat(values(student, "blocks.0.norm1.weight")).isEqualTo(values(teacher, "blocks.3.norm1.weight"));
        assertThat(values(student, "blocks.1.attn.qkv.weight")).isEqualTo(values(teacher, "blocks.0.attn.qkv.weight"));
        assertThatThrownBy(() -> LayerInit.copy(student, teacher, List.of(0, 4)))
                .isInstanceOf(InputException.class)
                .hasMessage("student.init-layers: [0, 4] must name 2 layers below 4");
    }

    @ParameterizedTest
    @CsvSource({
        "pretrain, text_encoder.bert.encoder.layer.4.crossattention.self.value.weight, text_encoder.bert.encoder.layer.9.crossattention.self.value.weight",
        "pretrain, itm_head.0.weight, itm_head.0.weight",
        "pretrain, vision_encoder.encoder.layers.5.mlp.fc1.weight, vision_encoder.encoder.layers.11.mlp.fc1.weight",
        "pretrain, text_encoder.bert.encoder.layer.0.output.dense.weight, text_encoder.bert.encoder.layer.1.output.dense.weight",
        "nlvr, text_encoder.encoder.layer.3.attention.self.query.weight, text_encoder.encoder.layer.8.attention.self.query.weight",
        "nlvr, text_encoder.encoder.layer.8.attention.self.query.weight, text_encoder.encoder.layer.17.attention.self.query.weight",
        "vqa, text_decoder.bert.encoder.layer.1.attention.self.query.weight, text_decoder.bert.encoder.layer.3.attention.self.query.weight"
    })
    void everyPartIsSpreadByItself(String task, String own, String theirs) {
        try (Scope scope = Scope.open()) {
            Network teacher = ImageTextTermsTest.xvlm("xvlm-clip", Map.of("task", task));
            Network student = ImageTextTermsTest.xvlm("xvlm-small", Map.of("task", task));
            LayerInit.copy(student, teacher, List.of());
            assertThat(values(student, own)).isNotEmpty().isEqualTo(values(teacher, theirs));
        }
    }

    @Test
    void anotherShapeIsRefused() {
        assertThatThrownBy(() -> LayerInit.copy(vit(2, 4), vit(2, 8), List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cls_token is [1, 1, 8] there, [1, 1, 4] here");
    }
}
