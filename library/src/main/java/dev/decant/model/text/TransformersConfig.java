package dev.decant.model.text;

import dev.decant.ModelException;
import dev.decant.weights.StoredWeights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The {@code config.json} of Hugging Face transformers, for encoders of BERT's shape: what it says of a network, and what
 * it says so that transformers loads what is written here.
 *
 * <p>transformers leaves out what is a class's default; the defaults here are those of version 5.
 */
public final class TransformersConfig {

    private static final String TYPE = "model_type";
    private static final String LABELS = "id2label";

    /** What the names of a base model's tensors begin with. */
    private static final List<String> PARTS = List.of("embeddings.", "embeddings_project.", "encoder.", "pooler.");

    /** What stands on an encoder, which an encoder alone has no use for. */
    private static final List<String> HEADS =
            List.of("classifier.", "cls.", "lm_head.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.");

    private static final Map<String, String> CATALOGUE = Map.of(
            "bert", "bert-base",
            "camembert", "roberta-base",
            "distilbert", "bert-base",
            "electra", "electra-base",
            "roberta", "roberta-base",
            "xlm-roberta", "roberta-base");

    /** Encoders that are like BERT but for how they know where a token is. */
    private static final Map<String, String> OTHER_POSITIONS = Map.of(
            "mpnet", "relative",
            "deberta", "relative",
            "deberta-v2", "relative",
            "t5", "relative",
            "nomic_bert", "rotary",
            "modernbert", "rotary",
            "roformer", "rotary",
            "new", "rotary");

    private static final String POSITIONS = "position_embedding_type";
    private static final String ABSOLUTE = "absolute";
    private static final String ACTIVATION = "hidden_act";

    private TransformersConfig() {}

    /** Whether a config is one of transformers'. */
    public static boolean describes(Map<String, Object> config) {
        return config.containsKey(TYPE);
    }

    /**
     * The catalogue name that a config stands for.
     *
     * @throws ModelException for a type that the catalogue does not have
     */
    public static String architecture(Map<String, Object> config) {
        Object type = config.getOrDefault(TYPE, "");
        String name = CATALOGUE.get(type);
        if (name == null) {
            String positions = OTHER_POSITIONS.get(type);
            if (positions != null) {
                throw new ModelException(
                        "model_type '" + type + "' has " + positions + " positions; only absolute ones are known here");
            }
            throw new ModelException("model_type '" + type + "' is not among "
                    + String.join(", ", CATALOGUE.keySet().stream().sorted().toList()));
        }
        return config.get("architecture") instanceof String own ? own : name;
    }

    /**
     * The arguments that build the network.
     *
     * @throws ModelException where a config asks for what no network here does
     */
    public static Map<String, Object> arguments(Map<String, Object> config) {
        requireKnown(config, POSITIONS, List.of(ABSOLUTE));
        boolean distil = isDistil(config);
        String activation = requireKnown(config, distil ? "activation" : ACTIVATION, BertConfig.Activation.words());
        Map<String, Object> arguments = new LinkedHashMap<>(defaults(String.valueOf(config.get(TYPE))));
        arguments.replaceAll((key, value) -> Optional.ofNullable(config.get(distil ? DistilBert.key(key) : key))
                .orElse(value));
        if (!activation.equals(BertConfig.Activation.GELU.word)) {
            arguments.put(ACTIVATION, activation);
        }
        String network = network(config);
        if (distil) {
            DistilBert.requireEncoder(network);
            arguments.put("type_vocab_size", 1);
            arguments.put("head", "encoder");
        }
        if (network.endsWith("ForSequenceClassification")) {
            arguments.put("num_classes", classes(config));
        } else {
            arguments.put("num_classes", 0);
            if (!distil && (network.endsWith("ForMaskedLM") || network.endsWith("ForPreTraining"))) {
                arguments.put("head", "mlm");
            }
        }
        if (config.get("model_args") instanceof Map<?, ?> more) {
            more.forEach((key, value) -> arguments.put(String.valueOf(key), value));
        }
        return arguments;
    }

    private static String requireKnown(Map<String, Object> config, String key, List<String> known) {
        Object asked = Optional.ofNullable(config.get(key)).orElse(known.get(0));
        if (!known.contains(asked)) {
            throw new ModelException(
                    key + " '" + asked + "' is not known here, only '" + String.join("', '", known) + "'");
        }
        return String.valueOf(asked);
    }

    private static boolean isDistil(Map<String, Object> config) {
        return DistilBert.TYPE.equals(config.get(TYPE));
    }

    /** Whether a config is that of an encoder alone, {@code BertModel}: with or without a pooler, which the weights say. */
    public static boolean isBase(Map<String, Object> config) {
        String network = network(config);
        return (network.isEmpty() || network.endsWith("Model")) && !config.containsKey("architecture");
    }

    /** Arguments that an encoder without another head has, and no other network. */
    public static List<String> ofEncoder() {
        return SentenceHead.ARGUMENTS;
    }

    /** What transformers needs to build the same network; {@code architecture} is for this library alone. */
    static Map<String, Object> of(Bert network) {
        BertConfig c = network.sizes();
        String type = c.family().prefix;
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(TYPE, type);
        config.put("architectures", List.of(className(c)));
        config.put("architecture", network.config().architecture());
        config.putAll(c.arguments());
        config.put(ACTIVATION, c.activation().word);
        config.put(POSITIONS, ABSOLUTE);
        if (c.head() == BertConfig.Head.CLASSIFIER) {
            Map<String, Object> labels = new LinkedHashMap<>();
            IntStream.range(0, network.classes()).forEach(i -> labels.put(Integer.toString(i), "LABEL_" + i));
            config.put(LABELS, labels);
            Map<String, Object> numbers = new LinkedHashMap<>();
            IntStream.range(0, network.classes()).forEach(i -> numbers.put("LABEL_" + i, i));
            config.put("label2id", numbers);
            config.put("problem_type", network.classes() == 1 ? "regression" : "single_label_classification");
        }
        Map<String, Object> more = new LinkedHashMap<>(network.config().args());
        more.keySet().removeAll(c.arguments().keySet());
        more.keySet().removeAll(List.of("num_classes", "head", ACTIVATION));
        if (c.head() == BertConfig.Head.ENCODER) {
            more.keySet().removeAll(SentenceHead.ARGUMENTS);
            more.put("head", "encoder");
            more.putAll(c.sentence().arguments());
        }
        if (!more.isEmpty()) {
            config.put("model_args", more);
        }
        return config;
    }

    /**
     * The name that a tensor of transformers' file has here; empty for what is derived, or belongs to a head that is not
     * here: tied output maps, the pooler under a language model, the guess whether one sentence follows another.
     */
    static Optional<String> key(Bert network, String stored) {
        String name = prefixed(
                network,
                DistilBert.name(stored)
                        .replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
                        .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias"));
        boolean derived = name.endsWith(".position_ids")
                || name.startsWith("cls.predictions.decoder.")
                || name.startsWith("lm_head.decoder.")
                || name.startsWith("cls.seq_relationship.")
                || name.startsWith("discriminator_predictions.");
        boolean pooler = name.contains(".pooler.") && !network.sizes().pools();
        boolean head = network.sizes().head() == BertConfig.Head.ENCODER
                && HEADS.stream().anyMatch(name::startsWith);
        return derived || pooler || head ? Optional.empty() : Optional.of(name);
    }

    /** Base models are stored without the name that the encoder has under a head. */
    private static String prefixed(Bert network, String name) {
        return PARTS.stream().anyMatch(name::startsWith) ? network.prefix() + name : name;
    }

    /** The tensors of a file, and those that follow from what a network of its type does not have. */
    public static StoredWeights completed(Bert network, StoredWeights stored) {
        return DistilBert.completed(network, stored);
    }

    private static String className(BertConfig c) {
        String family =
                switch (c.family()) {
                    case BERT -> "Bert";
                    case ROBERTA -> "Roberta";
                    case ELECTRA -> "Electra";
                };
        return family
                + switch (c.head()) {
                    case NONE, ENCODER -> "Model";
                    case CLASSIFIER -> "ForSequenceClassification";
                    case MLM -> "ForMaskedLM";
                };
    }

    private static String network(Map<String, Object> config) {
        return config.get("architectures") instanceof List<?> names && !names.isEmpty()
                ? String.valueOf(names.get(0))
                : "";
    }

    /** Without labels transformers takes two. */
    private static int classes(Map<String, Object> config) {
        if (config.get(LABELS) instanceof Map<?, ?> labels) {
            return labels.size();
        }
        return config.get("num_labels") instanceof Number n ? n.intValue() : 2;
    }

    private static Map<String, Object> defaults(String type) {
        boolean electra = type.equals("electra");
        boolean roberta = List.of("roberta", "xlm-roberta", "camembert").contains(type);
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("vocab_size", roberta ? 50265 : 30522);
        defaults.put("hidden_size", electra ? 256 : 768);
        defaults.put("num_hidden_layers", 12);
        defaults.put("num_attention_heads", electra ? 4 : 12);
        defaults.put("intermediate_size", electra ? 1024 : 3072);
        defaults.put("max_position_embeddings", 512);
        defaults.put("type_vocab_size", 2);
        defaults.put("pad_token_id", roberta ? 1 : 0);
        defaults.put("hidden_dropout_prob", 0.1);
        defaults.put("attention_probs_dropout_prob", 0.1);
        defaults.put("layer_norm_eps", 1e-12);
        if (electra) {
            defaults.put("embedding_size", 128);
        }
        return defaults;
    }
}
