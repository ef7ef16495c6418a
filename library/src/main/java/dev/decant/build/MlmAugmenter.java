package dev.decant.build;

import dev.decant.InputException;
import dev.decant.data.text.TextAugment;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What a masked language model puts in a word's place: each word is hidden in turn, all of a text's in one batch.
 *
 * <p>Differs from TinyBERT: the model reads the text with the hidden word alone, without the whole text beside it, since models
 * of this project are trained on single texts. The word itself and what is no plain word are no candidates.
 */
final class MlmAugmenter implements TextAugment.Candidates {

    private static final Pattern PLAIN = Pattern.compile("[a-z]+");

    /** Words that are asked for in one batch, each with logits of the whole vocabulary. */
    private static final int MOST_ROWS = 64;

    private final Network model;
    private final Tokenizer tokenizer;
    private final int count;
    private final int positions;

    /** @param folder of a masked language model with its tokenizer */
    MlmAugmenter(Path folder, int count) {
        this.count = count;
        tokenizer = Tokenizer.open(folder);
        model = ModelBuilder.fromFolder(folder, Map.of());
        model.train(false);
        if (!(model.config().input() instanceof ModelConfig.TextInput text)
                || !model.signature().isLanguageModel()) {
            throw new InputException(
                    "data.augment.model '" + folder + "' is no masked language model; a run on masked-text makes one");
        }
        tokenizer.requireFits(text.vocabulary(), "data.augment.model");
        positions = text.positions();
    }

    @Override
    public List<List<String>> of(List<String> words, List<Integer> places) {
        List<int[]> ids = tokenizer.ids(words);
        int[] text = new int[ids.stream().mapToInt(i -> i.length).sum()];
        Map<Integer, Integer> tokens = new LinkedHashMap<>(); // of words that are one token: word to token
        int at = 0;
        for (int word = 0; word < words.size(); word++) {
            int[] own = ids.get(word);
            System.arraycopy(own, 0, text, at, own.length);
            boolean fits = at < positions - tokenizer.specials(false);
            if (own.length == 1
                    && fits
                    && places.contains(word)
                    && tokenizer.token(own[0]).equals(words.get(word))) {
                tokens.put(word, at);
            }
            at += own.length;
        }
        int length = Math.min(text.length, positions - tokenizer.specials(false));
        Map<Integer, List<String>> found = likely(Arrays.copyOf(text, length), tokens);
        return places.stream()
                .map(place -> found.getOrDefault(place, List.of()))
                .toList();
    }

    private Map<Integer, List<String>> likely(int[] text, Map<Integer, Integer> tokens) {
        Map<Integer, List<String>> found = new LinkedHashMap<>();
        List<Integer> words = List.copyOf(tokens.keySet());
        for (int from = 0; from < words.size(); from += MOST_ROWS) {
            List<Integer> some = words.subList(from, Math.min(words.size(), from + MOST_ROWS));
            try (Scope scope = Scope.open();
                    NoGrad quiet = NoGrad.open()) {
                int[] hidden =
                        some.stream().mapToInt(w -> tokens.getOrDefault(w, 0)).toArray();
                Tensor logits = model.forward(inputs(text, hidden), Trace.none()); // (M, V)
                for (int row = 0; row < hidden.length; row++) {
                    found.put(some.get(row), best(logits.select(0, row).floats(), text[hidden[row]]));
                }
            }
        }
        return found;
    }

    /** The text once for each hidden token. */
    private Inputs.Text inputs(int[] text, int[] hidden) {
        int first = firstPlace();
        int length = text.length + tokenizer.specials(false);
        long[] ids = new long[hidden.length * length];
        long[] asked = new long[hidden.length];
        for (int row = 0; row < hidden.length; row++) {
            int[] one = text.clone();
            one[hidden[row]] = tokenizer.mask();
            int[] whole = tokenizer.join(one, length).ids();
            for (int i = 0; i < length; i++) {
                ids[row * length + i] = whole[i];
            }
            asked[row] = (long) row * length + hidden[row] + first;
        }
        Tensor tokens = Tensor.of(ids, hidden.length, length);
        return new Inputs.Text(tokens, tokens.zerosLike(), tokens.onesLike(), Optional.of(Tensor.of(asked)));
    }

    /** How many special tokens stand before a text. */
    private int firstPlace() {
        int[] one = tokenizer
                .join(new int[] {tokenizer.mask()}, tokenizer.specials(false) + 1)
                .ids();
        return IntStream.range(0, one.length)
                .filter(i -> one[i] == tokenizer.mask())
                .findFirst()
                .orElseThrow();
    }

    /** The most likely plain words, best first, without the word that was there. */
    private List<String> best(float[] logits, int original) {
        PriorityQueue<Integer> kept = new PriorityQueue<>((a, b) -> Float.compare(logits[a], logits[b]));
        for (int id = 0; id < Math.min(logits.length, tokenizer.vocabularySize()); id++) {
            boolean isBetter = kept.size() < count || logits[id] > logits[kept.element()];
            if (isBetter && id != original && PLAIN.matcher(tokenizer.token(id)).matches()) {
                kept.add(id);
                if (kept.size() > count) {
                    kept.remove();
                }
            }
        }
        List<String> words = new ArrayList<>();
        for (OptionalInt id = next(kept); id.isPresent(); id = next(kept)) {
            words.add(0, tokenizer.token(id.getAsInt()));
        }
        return words;
    }

    private static OptionalInt next(PriorityQueue<Integer> queue) {
        Integer id = queue.poll();
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
