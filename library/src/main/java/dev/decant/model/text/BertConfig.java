package dev.decant.model.text;

import dev.decant.model.ModelArgs;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sizes of a BERT-shaped encoder, under Hugging Face's argument names.
 *
 * @param family whose names and head
 * @param head what sits on the encoder
 * @param sentence how an encoder without another head makes one vector of a text
 */
public record BertConfig(
        Family family,
        Head head,
        int vocabulary,
        int width,
        int depth,
        int heads,
        int hidden,
        int positions,
        int types,
        int embeddingSize,
        int padding,
        double dropout,
        double attentionDropout,
        double eps,
        Activation activation,
        SentenceHead sentence) {

    /** Encoders that differ in names, positions and classifier. */
    public enum Family {
        BERT("bert"),
        ROBERTA("roberta"),
        ELECTRA("electra");

        final String prefix;

        Family(String prefix) {
            this.prefix = prefix;
        }
    }

    /** What the logits are. */
    public enum Head {
        /** None: the pooled vector, or the first token's where nothing pools. */
        NONE,
        /** One for each class, or one value. */
        CLASSIFIER,
        /** One for each word of the vocabulary at each token. */
        MLM,
        /** None, and no pooler: the last layer's output at each token. */
        ENCODER
    }

    /** What lies between the two maps of the FFN, by transformers' name. */
    public enum Activation {
        GELU("gelu"),
        /** GELU by tanh: x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
        GELU_NEW("gelu_new"),
        RELU("relu");

        final String word;

        Activation(String word) {
            this.word = word;
        }

        static List<String> words() {
            return Stream.of(values()).map(a -> a.word).toList();
        }

        static Activation of(String word) {
            return Stream.of(values())
                    .filter(a -> a.word.equals(word))
                    .findFirst()
                    .orElseThrow();
        }

        Tensor apply(Tensor x) {
            return switch (this) {
                case GELU -> Ops.gelu(x);
                case GELU_NEW ->
                    x.pow(3)
                            .mul(0.044715)
                            .add(x)
                            .mul(Math.sqrt(2 / Math.PI))
                            .tanh()
                            .add(1)
                            .mul(x)
                            .mul(0.5);
                case RELU -> x.relu();
            };
        }
    }

    static BertConfig base(Family family) {
        int padding = family == Family.ROBERTA ? 1 : 0;
        boolean roberta = family == Family.ROBERTA;
        return new BertConfig(
                family,
                Head.NONE,
                roberta ? 50265 : 30522,
                768,
                12,
                12,
                3072,
                roberta ? 514 : 512,
                roberta ? 1 : 2,
                768,
                padding,
                0.1,
                0.1,
                roberta ? 1e-5 : 1e-12,
                Activation.GELU,
                SentenceHead.UNKNOWN);
    }

    public BertConfig sized(int newWidth, int newDepth, int newHeads, int newHidden, int newEmbeddingSize) {
        return new BertConfig(
                family,
                head,
                vocabulary,
                newWidth,
                newDepth,
                newHeads,
                newHidden,
                positions,
                types,
                newEmbeddingSize,
                padding,
                dropout,
                attentionDropout,
                eps,
                activation,
                sentence);
    }

    /** With what a recipe or a {@code config.json} says. */
    BertConfig with(ModelArgs args, int classes) {
        int newWidth = args.integer("hidden_size", width);
        Head newHead =
                switch (args.choice("head", "auto", List.of("auto", "mlm", "encoder"))) {
                    case "mlm" -> Head.MLM;
                    case "encoder" -> Head.ENCODER;
                    default -> classes > 0 ? Head.CLASSIFIER : Head.NONE;
                };
        return new BertConfig(
                family,
                newHead,
                args.integer("vocab_size", vocabulary),
                newWidth,
                args.integer("num_hidden_layers", depth),
                args.integer("num_attention_heads", heads),
                args.integer("intermediate_size", hidden),
                args.integer("max_position_embeddings", positions),
                args.integer("type_vocab_size", types),
                args.integer("embedding_size", embeddingSize == width ? newWidth : embeddingSize),
                args.count("pad_token_id", padding),
                args.rate("hidden_dropout_prob", dropout),
                args.rate("attention_probs_dropout_prob", attentionDropout),
                args.factor("layer_norm_eps", eps),
                Activation.of(args.choice("hidden_act", activation.word, Activation.words())),
                newHead == Head.ENCODER ? SentenceHead.of(args) : SentenceHead.UNKNOWN);
    }

    /** Every size, by the names that {@link #with} reads. */
    Map<String, Object> arguments() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("vocab_size", vocabulary);
        all.put("hidden_size", width);
        all.put("num_hidden_layers", depth);
        all.put("num_attention_heads", heads);
        all.put("intermediate_size", hidden);
        all.put("max_position_embeddings", positions);
        all.put("type_vocab_size", types);
        all.put("embedding_size", embeddingSize);
        all.put("pad_token_id", padding);
        all.put("hidden_dropout_prob", dropout);
        all.put("attention_probs_dropout_prob", attentionDropout);
        all.put("layer_norm_eps", eps);
        return all;
    }

    /** RoBERTa's positions begin behind that of padding. */
    int firstPosition() {
        return family == Family.ROBERTA ? padding + 1 : 0;
    }

    /** BERT alone has a pooler, under a classifier or nothing. */
    boolean pools() {
        return family == Family.BERT && (head == Head.NONE || head == Head.CLASSIFIER);
    }

    /** @param crossWidth width of what cross-attention looks at; 0 for none */
    BertLayer.Config layer(long crossWidth) {
        return new BertLayer.Config(width, heads, hidden, eps, dropout, attentionDropout, crossWidth, activation);
    }
}
