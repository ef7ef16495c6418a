package dev.decant.model.multimodal;

import dev.decant.model.ModelArgs;
import dev.decant.model.Negatives;
import dev.decant.model.text.BertConfig;
import dev.decant.model.text.BertConfig.Family;
import dev.decant.model.text.SentenceHead;
import dev.decant.spec.ImageTextTask;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Sizes of an X-VLM.
 *
 * @param visionKind which architecture sees the images
 * @param text of one stack of text and cross layers; its depth is for one image
 * @param crossLayers how many of the text stack's layers, the last, look at the image
 * @param temperature that the similarities start with
 * @param sharesKeys with two images: whether the two copies of a cross layer make key and value with the same weights
 */
record XvlmConfig(
        ImageTextTask task,
        VisionEncoder.Kind visionKind,
        VisionEncoder.Config vision,
        BertConfig text,
        int crossLayers,
        int decoderLayers,
        int embedDim,
        double temperature,
        boolean sharesKeys) {

    /** The depths that differ between the published sizes. */
    record Depths(int vision, int local, int text, int cross) {}

    static XvlmConfig of(Depths depths, ModelArgs args) {
        List<String> tasks =
                Stream.of(ImageTextTask.values()).map(ImageTextTask::word).toList();
        ImageTextTask task =
                ImageTextTask.valueOf(args.choice("task", "pretrain", tasks).toUpperCase(Locale.ROOT));
        int depth = args.integer("vision_layers", depths.vision);
        VisionEncoder.Config vision = new VisionEncoder.Config(
                args.integer("image_res", 224),
                args.integer("patch_size", 16),
                args.integer("vision_width", 768),
                depth,
                args.integer("vision_heads", 12),
                args.count("local_depth", Math.min(depths.local, depth)));
        int cross = args.integer("cross_layers", depths.cross);
        return new XvlmConfig(
                task,
                VisionEncoder.Kind.valueOf(args.choice("vision_encoder", "clip", List.of("clip", "deit"))
                        .toUpperCase(Locale.ROOT)),
                vision,
                text(args, args.integer("text_layers", depths.text) + cross),
                cross,
                args.integer("decoder_layers", cross),
                args.integer("embed_dim", 256),
                args.factor("temp", 0.07),
                args.flag("share_keys", true));
    }

    /** The tasks that the network can do, its own first. */
    List<String> serves() {
        return switch (task) {
            case PRETRAIN -> List.of("pretrain", "retrieval", "grounding");
            case RETRIEVAL -> List.of("retrieval", "pretrain");
            default -> List.of(task.word());
        };
    }

    /** Whether the text stack is inside a language model, under {@code bert}, with a head beside it. */
    boolean hasLanguageHead() {
        return task == ImageTextTask.PRETRAIN || task == ImageTextTask.CAPTION;
    }

    /** Taps of what the network tells. */
    List<String> answers() {
        return switch (task) {
            case PRETRAIN -> List.of("similarity", "match", "words", "boxes");
            case RETRIEVAL -> List.of("similarity", "match");
            case ASSIGN, NLVR -> List.of("logits");
            case VQA, CAPTION -> List.of("words");
            case GROUNDING -> List.of("boxes");
        };
    }

    /** How many layers stand for one cross layer. */
    int copies() {
        return task.showsTwo() ? 2 : 1;
    }

    /** 0 where there are none. */
    int classes() {
        return switch (task) {
            case ASSIGN -> Negatives.ASSIGNMENTS;
            case NLVR -> 2;
            default -> 0;
        };
    }

    private static BertConfig text(ModelArgs args, int depth) {
        int width = args.integer("hidden_size", 768);
        return new BertConfig(
                Family.BERT,
                BertConfig.Head.MLM,
                args.integer("vocab_size", 30522),
                width,
                depth,
                args.integer("heads", 12),
                args.integer("intermediate_size", 3072),
                args.integer("max_position_embeddings", 512),
                args.integer("type_vocab_size", 2),
                width,
                args.count("pad_token_id", 0),
                args.rate("hidden_dropout_prob", 0.1),
                args.rate("attention_probs_dropout_prob", 0.1),
                args.factor("layer_norm_eps", 1e-12),
                BertConfig.Activation.GELU,
                SentenceHead.UNKNOWN);
    }

    /** Layers that see the text alone. */
    int textLayers() {
        return text.depth() - crossLayers;
    }

    /** Layers of the text stack as it is built for the task. */
    int depth() {
        return textLayers() + crossLayers * copies();
    }

    /** Of the text stack as it is built for the task. */
    BertConfig stack() {
        return text.sized(text.width(), depth(), text.heads(), text.hidden(), text.width());
    }

    BertConfig decoder() {
        return text.sized(text.width(), decoderLayers, text.heads(), text.hidden(), text.width());
    }
}
