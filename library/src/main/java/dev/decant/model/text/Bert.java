package dev.decant.model.text;

import dev.decant.ModelException;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.model.Stack;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import dev.decant.weights.KeyMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * BERT (Devlin et al. 2018, arXiv 1810.04805) and encoders of its shape: RoBERTa (arXiv 1907.11692) and ELECTRA's
 * discriminator (arXiv 2003.10555), with a classifier or, for the first two, a masked language model on top.
 *
 * <p>Names and mathematics are those of Hugging Face transformers: {@code bert.encoder.layer.0.attention.self.query.weight},
 * {@code classifier.weight}, {@code cls.predictions.transform.dense.weight}; the language model's output map is the
 * word embedding. Linear maps and embeddings start normal with deviation 0.02, biases zero.
 *
 * <p>Without classes and without a language model the network is encoder and pooler alone, and its logits are the pooled
 * vector. With {@code head: encoder} there is no pooler either: the network gives the last layer's output (N, S, C), offered
 * as {@code last_hidden_state}, and, where it is known how tokens become one vector, offers that as {@code embedding} (N, D);
 * it has no logits. Others offer {@code logits} and, except as a language model, {@code features}, the vector (N, C) before the classifier. A language model asked at M places
 * gives logits (M, V) for those, else (N, S, V), and offers {@code text_of}, the text that each of these rows belongs to.
 */
public final class Bert extends Network {

    private final BertConfig config;
    private final BertEncoder encoder;
    private final Optional<Head> head;
    private final Optional<Linear> dense;

    Bert(ModelConfig config, BertConfig c) {
        super(config);
        this.config = c;
        encoder = child(c.family().prefix, new BertEncoder(c));
        head = head(c, config.classes());
        dense = c.sentence()
                .dense()
                .map(d -> child(SentenceHead.DENSE, new Linear(c.sentence().pooledWidth(c.width()), d.width())));
    }

    private Optional<Head> head(BertConfig c, int classes) {
        return switch (c.head()) {
            case NONE, ENCODER -> Optional.empty();
            case CLASSIFIER ->
                Optional.of(
                        c.pools()
                                ? new PooledClassifier(child("classifier", new Linear(c.width(), classes)))
                                : child("classifier", new TokenClassifier(c, classes)));
            case MLM -> Optional.of(languageModel(c));
        };
    }

    private Head languageModel(BertConfig c) {
        if (c.family() == BertConfig.Family.ELECTRA) {
            throw new ModelException("electra has no masked language model; its generator is another network");
        }
        LanguageHead model =
                child(c.family() == BertConfig.Family.BERT ? "cls.predictions" : "lm_head", new LanguageHead(c));
        return features -> model.logits(features, encoder.wordEmbeddings());
    }

    @Override
    public Tensor forward(Inputs inputs, Trace trace) {
        if (!(inputs instanceof Inputs.Text text)) {
            throw new ModelException(config().architecture() + " takes text, not " + inputs.kind());
        }
        Tensor hidden = encoder.forward(text, trace);
        if (isEncoder()) {
            trace.offer("last_hidden_state", hidden);
            if (config.sentence().isKnown()) {
                trace.offer("embedding", () -> config.sentence().embed(hidden, text.mask(), dense));
            }
            return hidden;
        }
        Tensor features = config.pools() ? encoder.pool(hidden) : hidden;
        if (!config.pools() && config.head() != BertConfig.Head.MLM) {
            features = hidden.select(1, 0);
        }
        if (config.head() == BertConfig.Head.MLM) {
            trace.offer("text_of", () -> textOf(text));
        } else {
            trace.offer("features", features);
        }
        if (config.head() == BertConfig.Head.MLM && text.asked().isPresent()) {
            features = features.reshape(-1, features.size(2))
                    .indexSelect(0, text.asked().get()); // (M, C)
        }
        Tensor logits = head.isPresent() ? head.get().logits(features) : features;
        trace.offer("logits", logits);
        return logits;
    }

    /** The text of each row of logits, (M) or (N S). */
    private static Tensor textOf(Inputs.Text text) {
        Tensor places = text.asked()
                .orElseGet(() -> Tensor.arange(text.ids().device(), text.ids().elements()));
        return places.floorDiv(text.ids().size(1));
    }

    @Override
    public KeyMap publishedKeys() {
        return name -> TransformersConfig.key(this, name);
    }

    @Override
    public Map<String, Object> publishedConfig() {
        return TransformersConfig.of(this);
    }

    @Override
    public Inputs.Text sample(int n) {
        return sample(n, Math.min(128, longest()));
    }

    @Override
    public Inputs.Text sample(int n, int length) {
        return textInput().sample(n, length);
    }

    private ModelConfig.TextInput textInput() {
        return (ModelConfig.TextInput) config().input();
    }

    BertConfig sizes() {
        return config;
    }

    /** Whether it is an encoder alone, without pooler and head. */
    public boolean isEncoder() {
        return config.head() == BertConfig.Head.ENCODER;
    }

    /** C, of a token's vector. */
    public int width() {
        return config.width();
    }

    /** Most tokens that a text may have, special ones included. */
    public int longest() {
        return config.positions() - config.firstPosition();
    }

    /** How a text becomes one vector; unknown unless the head is {@code encoder}. */
    public SentenceHead sentence() {
        return config.sentence();
    }

    /** The vector of each text, (N, D): what is offered as {@code embedding}. */
    public Tensor embed(Inputs.Text text) {
        Trace trace = Trace.of(List.of("embedding"));
        forward(text, trace);
        return trace.get("embedding");
    }

    /** What every name in {@link #state} of the encoder begins with, and transformers' base models leave out. */
    public String prefix() {
        return config.family().prefix + ".";
    }

    /** Classifier, language model, and the small tables of positions and segments. */
    @Override
    public List<String> fullPrecisionModules() {
        String tables = config.family().prefix + ".embeddings.";
        return List.of(
                "classifier",
                "cls",
                "lm_head",
                "dense",
                tables + "position_embeddings",
                tables + "token_type_embeddings");
    }

    @Override
    public Map<String, Stack> stacks() {
        return Map.of(Stack.WHOLE, Stack.of("embeddings", encoder.taps()));
    }

    /** From what the encoder gives to logits. */
    private interface Head {
        Tensor logits(Tensor features);
    }

    /** Dropout and a linear map of the pooled vector. */
    private final class PooledClassifier implements Head {

        private final Linear map;

        PooledClassifier(Linear map) {
            this.map = map;
        }

        @Override
        public Tensor logits(Tensor features) {
            return map.forward(Ops.dropout(features, config.dropout(), isTraining()));
        }
    }

    /** Dropout, linear map, tanh (GELU for ELECTRA), dropout, linear map of the first token. */
    private static final class TokenClassifier extends Module implements Head {

        private final BertConfig c;
        private final Linear dense;
        private final Linear out;

        TokenClassifier(BertConfig c, int classes) {
            this.c = c;
            dense = child("dense", new Linear(c.width(), c.width()));
            out = child("out_proj", new Linear(c.width(), classes));
        }

        @Override
        public Tensor logits(Tensor features) {
            Tensor x = dense.forward(Ops.dropout(features, c.dropout(), isTraining()));
            x = c.family() == BertConfig.Family.ELECTRA ? Ops.gelu(x) : x.tanh();
            return out.forward(Ops.dropout(x, c.dropout(), isTraining()));
        }
    }

    public static List<Catalogue.Entry> entries() {
        BertConfig bert = BertConfig.base(BertConfig.Family.BERT);
        BertConfig electra = BertConfig.base(BertConfig.Family.ELECTRA);
        return List.of(
                entry("bert-base", bert),
                entry("bert-large", bert.sized(1024, 24, 16, 4096, 1024)),
                entry("roberta-base", BertConfig.base(BertConfig.Family.ROBERTA)),
                entry("electra-base", electra),
                entry("electra-small", electra.sized(256, 12, 4, 1024, 128)));
    }

    private static Catalogue.Entry entry(String name, BertConfig defaults) {
        var input = new ModelConfig.TextInput(defaults.vocabulary(), defaults.positions(), defaults.padding());
        return new Catalogue.Entry(name, 0, input, (config, args) -> {
            BertConfig c = defaults.with(args, config.classes());
            var own = new ModelConfig.TextInput(c.vocabulary(), c.positions() - c.firstPosition(), c.padding());
            Bert network = new Bert(new ModelConfig(name, config.classes(), config.args(), own), c);
            network.rescaleInit(args, parameter -> true);
            return network;
        });
    }
}
