package dev.decant.model.multimodal;

import dev.decant.model.LayerTaps;
import dev.decant.model.Negatives;
import dev.decant.model.Stack;
import dev.decant.spec.ImageTextTask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The parts of an X-VLM by name: what its layers leave behind in each pass, and where they are. */
final class XvlmParts {

    static final String VISION = "vision";
    static final String TEXT = "text";
    static final String CROSS = "cross";
    public static final String NEGATIVES = Negatives.PART;
    static final String MASKED = "masked";
    static final String DECODER = "decoder";

    /** What meets the data and what gives the answer. */
    static final List<String> PRECISE = Stream.concat(
                    Stream.of(
                            "vision_encoder.patch_embed",
                            "vision_encoder.pos_embed",
                            "vision_proj",
                            "text_proj",
                            "itm_head",
                            "bbox_head",
                            "ta_head",
                            "cls_head"),
                    Stream.of("text_encoder", "text_decoder").flatMap(XvlmParts::preciseOf))
            .toList();

    private XvlmParts() {}

    private static Stream<String> preciseOf(String stack) {
        return Stream.concat(Stream.of(stack + ".cls"), Stream.of("", ".bert").flatMap(inner -> Stream.of(
                        "position_embeddings", "token_type_embeddings")
                .map(table -> stack + inner + ".embeddings." + table)));
    }

    static Map<String, Stack> stacks(XvlmConfig config, Stack vision) {
        int text = config.textLayers();
        int cross = config.depth() - text;
        int copies = config.copies();
        Map<String, Stack> stacks = new LinkedHashMap<>();
        stacks.put(VISION, vision);
        stacks.put(TEXT, stack(TEXT, text, text, 1));
        stacks.put(CROSS, stack(CROSS, cross, 0, copies));
        if (config.task().contrasts()) {
            stacks.put(NEGATIVES, stack(NEGATIVES, cross, 0, copies));
        }
        if (config.task() == ImageTextTask.PRETRAIN) {
            stacks.put(MASKED, stack(MASKED, config.depth(), text, 1));
        }
        if (config.task() == ImageTextTask.VQA) {
            stacks.put(DECODER, stack(DECODER, config.decoderLayers(), 0, 1));
        }
        return stacks;
    }

    /** @param firstCross the first layer with cross-attention */
    private static Stack stack(String name, int depth, int firstCross, int copies) {
        List<LayerTaps> layers = IntStream.range(0, depth)
                .mapToObj(i -> {
                    String layer = name + ".layer." + i;
                    LayerTaps taps = LayerTaps.of(layer + ".attention", layer + ".attention_output", layer);
                    return i < firstCross ? taps : taps.withCross(layer + ".crossattention");
                })
                .toList();
        return new Stack(name + ".embeddings", layers, copies, Optional.of(name + ".mask"));
    }

    static Map<String, List<String>> modalities(XvlmConfig config) {
        String stack = (config.task() == ImageTextTask.CAPTION ? "text_decoder" : "text_encoder")
                + (config.hasLanguageHead() ? ".bert" : "") + ".encoder.layer.";
        Map<String, List<String>> layers = new LinkedHashMap<>();
        layers.put(
                VISION,
                paths(
                        "vision_encoder." + config.visionKind().layers(),
                        0,
                        config.vision().depth()));
        layers.put(TEXT, paths(stack, 0, config.textLayers()));
        layers.put(CROSS, paths(stack, config.textLayers(), config.depth()));
        if (config.task() == ImageTextTask.VQA) {
            layers.put(DECODER, paths("text_decoder.bert.encoder.layer.", 0, config.decoderLayers()));
        }
        return layers;
    }

    private static List<String> paths(String stack, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> stack + i + ".").toList();
    }
}
