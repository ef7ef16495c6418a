package dev.decant.run;

import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.tensor.Tensor;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One tiny model of each family, with examples that it learns from. */
enum TinyModel {
    CNN("resnet20_cifar", Map.of("blocks", 1, "channels", List.of(4, 4, 8))),
    RESNET("resnet18", Map.of("channels", List.of(4, 4, 8, 8))),
    CONVNEXT("convnext_tiny", Map.of("depths", List.of(1, 1, 1, 1), "dims", List.of(4, 4, 8, 8))),
    VIT("vit_small_patch16_224", Map.of("patch_size", 8, "embed_dim", 8, "depth", 4, "num_heads", 2)),
    SWIN(
            "swin_tiny_patch4_window7_224",
            Map.of("window_size", 4, "embed_dim", 8, "depths", List.of(1, 1, 1, 1), "num_heads", List.of(1, 1, 2, 2))),
    MIXER("mixer_b16_224", Map.of("patch_size", 8, "embed_dim", 8, "num_blocks", 4)),
    CLASSIFIER("bert-base", Map.of("num_classes", 4)),
    ROBERTA("roberta-base", Map.of("num_classes", 4)),
    SCORE("bert-base", Map.of("num_classes", 1)),
    LANGUAGE("bert-base", Map.of("head", "mlm")),
    XVLM_PRETRAIN("xvlm-small", Map.of("task", "pretrain")),
    XVLM_RETRIEVAL("xvlm-small", Map.of("task", "retrieval")),
    XVLM_ASSIGN("xvlm-small", Map.of("task", "assign")),
    XVLM_NLVR("xvlm-small", Map.of("task", "nlvr")),
    XVLM_VQA("xvlm-small", Map.of("task", "vqa")),
    XVLM_CAPTION("xvlm-small", Map.of("task", "caption")),
    XVLM_GROUNDING("xvlm-small", Map.of("task", "grounding"));

    private final String architecture;
    private final Map<String, Object> args;

    TinyModel(String architecture, Map<String, Object> args) {
        this.architecture = architecture;
        this.args = args;
    }

    static Set<TinyModel> images() {
        return EnumSet.range(CNN, MIXER);
    }

    static Set<TinyModel> imageTexts() {
        return EnumSet.range(XVLM_PRETRAIN, XVLM_GROUNDING);
    }

    Network build() {
        if (imageTexts().contains(this)) {
            return ImageTextTermsTest.xvlm(architecture, args);
        }
        Map<String, Object> all = new LinkedHashMap<>(args);
        if (images().contains(this)) {
            all.putAll(Map.of("num_classes", 4, "img_size", 32));
        } else {
            all.putAll(Map.of("num_hidden_layers", 2, "hidden_size", 8, "num_attention_heads", 2));
            all.putAll(Map.of("intermediate_size", 12, "vocab_size", 30, "max_position_embeddings", 16));
        }
        return Catalogue.create(architecture, all);
    }

    /** Examples at random; a language model is asked at some places. */
    Inputs inputs(Network model, int n) {
        Inputs inputs = model.sample(n, 6);
        return this == LANGUAGE && inputs instanceof Inputs.Text text
                ? new Inputs.Text(
                        text.ids(), text.types(), text.mask(), Optional.of(Tensor.of(new long[] {1, 3, 8, 14})))
                : inputs;
    }

    /** Classes in turn, or values. */
    Tensor target(Inputs inputs) {
        int n = inputs.size();
        float[] values = new float[n];
        long[] classes = new long[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
            classes[i] = i % 2;
        }
        return this == SCORE ? Tensor.of(values, n) : Tensor.of(classes);
    }
}
