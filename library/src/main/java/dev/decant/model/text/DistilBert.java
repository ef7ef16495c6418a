package dev.decant.model.text;

import dev.decant.ModelException;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * DistilBERT (Sanh et al. 2019, arXiv 1910.01108) as what it is: BERT without a pooler and without vectors of segments, here a
 * table of one segment whose vector is zero. Keys and names are those of transformers' {@code DistilBertModel}.
 */
final class DistilBert {

    static final String TYPE = "distilbert";

    private static final String TYPES = "embeddings.token_type_embeddings.weight";

    private static final Map<String, String> KEYS = Map.of(
            "hidden_size", "dim",
            "num_hidden_layers", "n_layers",
            "num_attention_heads", "n_heads",
            "intermediate_size", "hidden_dim",
            "hidden_dropout_prob", "dropout",
            "attention_probs_dropout_prob", "attention_dropout");

    private static final Map<String, String> PARTS = Map.of(
            ".attention.q_lin.", ".attention.self.query.",
            ".attention.k_lin.", ".attention.self.key.",
            ".attention.v_lin.", ".attention.self.value.",
            ".attention.out_lin.", ".attention.output.dense.",
            ".sa_layer_norm.", ".attention.output.LayerNorm.",
            ".ffn.lin1.", ".intermediate.dense.",
            ".ffn.lin2.", ".output.dense.",
            ".output_layer_norm.", ".output.LayerNorm.");

    private DistilBert() {}

    /** The key of its config for one of BERT's. */
    static String key(String bert) {
        return KEYS.getOrDefault(bert, bert);
    }

    /** @throws ModelException for a network with a classifier of its own kind */
    static void requireEncoder(String network) {
        if (!network.isEmpty() && !network.equals("DistilBertModel") && !network.equals("DistilBertForMaskedLM")) {
            throw new ModelException(
                    network + " is not known here; of DistilBERT only the encoder is, DistilBertModel");
        }
    }

    /** BERT's name of one of its tensors; any other name as it is. */
    static String name(String stored) {
        String name = stored.startsWith("distilbert.") ? stored.substring("distilbert.".length()) : stored;
        if (!name.startsWith("transformer.layer.")) {
            return name;
        }
        for (Map.Entry<String, String> part : PARTS.entrySet()) {
            name = name.replace(part.getKey(), part.getValue());
        }
        return name.replaceFirst("^transformer", "encoder");
    }

    /** With the zero vector of the one segment, if the file is one of DistilBERT's. */
    static StoredWeights completed(Bert network, StoredWeights stored) {
        boolean isDistil = stored.tensors().keySet().stream().anyMatch(name -> name.contains("transformer.layer.0."));
        if (!isDistil) {
            return stored;
        }
        int width = network.sizes().embeddingSize();
        Map<String, StoredTensor> all = new LinkedHashMap<>(stored.tensors());
        all.put(TYPES, StoredTensor.of(TYPES, new float[width], 1, width));
        return new StoredWeights(stored.source(), all, stored.metadata());
    }
}
