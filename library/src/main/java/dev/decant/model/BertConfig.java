package dev.decant.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes of a BERT-shaped encoder, under Hugging Face's argument names.
 *
 * @param family whose names and head
 * @param head what sits on the encoder
 */
record BertConfig(
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
        double eps) {

    /** Encoders that differ in names, positions and classifier. */
    enum Family {
        BERT("bert"),
        ROBERTA("roberta"),
        ELECTRA("electra");

        final String prefix;

        Family(String prefix) {
            this.prefix = prefix;
        }
    }

    /** What the logits are. */
    enum Head {
        /** None: the pooled vector, or the first token's where nothing pools. */
        NONE,
        /** One for each class, or one value. */
        CLASSIFIER,
        /** One for each word of the vocabulary at each token. */
        MLM
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
                roberta ? 1e-5 : 1e-12);
    }

    BertConfig sized(int newWidth, int newDepth, int newHeads, int newHidden, int newEmbeddingSize) {
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
                eps);
    }

    /** With what a recipe or a {@code config.json} says. */
    BertConfig with(ModelArgs args, int classes) {
        int newWidth = args.integer("hidden_size", width);
        boolean mlm = args.choice("head", "auto", List.of("auto", "mlm")).equals("mlm");
        return new BertConfig(
                family,
                mlm ? Head.MLM : classes > 0 ? Head.CLASSIFIER : Head.NONE,
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
                args.factor("layer_norm_eps", eps));
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

    /** BERT alone has a pooler, and not under its language model. */
    boolean pools() {
        return family == Family.BERT && head != Head.MLM;
    }

    /** @param crossWidth width of what cross-attention looks at; 0 for none */
    BertLayer.Config layer(long crossWidth) {
        return new BertLayer.Config(width, heads, hidden, eps, dropout, attentionDropout, crossWidth);
    }
}
