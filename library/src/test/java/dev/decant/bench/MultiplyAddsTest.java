package dev.decant.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.model.Catalogue;
import dev.decant.model.Network;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MultiplyAddsTest {

    /** By hand: one block of width 8 with 2 heads on 4 patches of 2 x 2, and the class token. */
    @Test
    void ofAVisionTransformer() {
        Network vit = Catalogue.create(
                "vit_small_patch16_224",
                Map.of("img_size", 4, "patch_size", 2, "embed_dim", 8, "depth", 1, "num_heads", 2, "num_classes", 3));
        long patches = 4 * 8 * (3 * 2 * 2);
        long attention = 5 * 8 * 24 + 2 * (2 * 5 * 5 * 4) + 5 * 8 * 8;
        long mlp = 2 * (5 * 8 * 32);
        assertThat(MultiplyAdds.of(vit)).isEqualTo(patches + attention + mlp + 8 * 3);
    }

    /** As published: 4.1 billion for a ResNet-50 at 224 pixels (He et al. 2016 count 3.8 with the stride elsewhere). */
    @Test
    void ofAResNetAsPublished() {
        assertThat(MultiplyAdds.of(Catalogue.create("resnet50", Map.of())) / 1e9)
                .isCloseTo(4.09, within(0.03));
    }

    @Test
    void ofImagesWithTextsAndOfTexts() {
        Map<String, Object> narrow = Map.of("hidden_size", 16, "num_hidden_layers", 1, "num_attention_heads", 2);
        assertThat(MultiplyAdds.of(Catalogue.create("bert-base", narrow))).isPositive();
        Network xvlm = Catalogue.create("xvlm-small", Map.of("image_res", 32, "patch_size", 16, "vision_layers", 2));
        assertThat(MultiplyAdds.of(xvlm)).isPositive();
        assertThat(xvlm.isTraining()).isTrue();
    }
}
