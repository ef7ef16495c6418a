package dev.decant.train.score;

import dev.decant.ModelException;
import dev.decant.data.Batch;
import dev.decant.data.Loader;
import dev.decant.metric.VqaAccuracy;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.VisionLanguage;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Answers to questions, chosen from a list by how likely the decoder is to write them. The likelihood of the first token
 * chooses k of them; these are ranked by the likelihood of the whole answer with the token that ends it, as in training.
 * (The published code counts the first token twice and, in EfficientVLM, ends answers in another way than in training.)
 */
public final class VqaTask implements Task {

    /** Answers that are judged at once. */
    private static final int ROWS = 256;

    private final List<String> answers;
    private final List<int[]> tokens;
    private final int candidates;
    private final int pad;

    /**
     * Reads the answers.
     *
     * @param answers two or more
     * @param candidates k
     * @throws ModelException for answers with words that the tokenizer does not know, all together
     */
    public VqaTask(List<String> answers, Tokenizer tokenizer, int candidates) {
        if (answers.size() < 2 || candidates < 1) {
            throw new ModelException("vqa: needs two answers to choose from and one candidate at least, got "
                    + answers.size() + " and " + candidates);
        }
        this.answers = List.copyOf(answers);
        this.candidates = Math.min(candidates, answers.size());
        pad = tokenizer.pad();
        tokens = answers.stream()
                .map(a -> tokenizer.encode(a, Integer.MAX_VALUE).ids())
                .toList();
        int unknown = tokenizer.id("[UNK]").orElse(-1);
        List<String> unread = IntStream.range(0, answers.size())
                .filter(i ->
                        tokens.get(i).length < 3 || IntStream.of(tokens.get(i)).anyMatch(id -> id == unknown))
                .mapToObj(answers::get)
                .toList();
        if (!unread.isEmpty()) {
            throw new ModelException("vqa: the tokenizer " + tokenizer + " does not know the answers "
                    + unread.subList(0, Math.min(unread.size(), 20)) + " (" + unread.size() + " of " + answers.size()
                    + ")");
        }
    }

    @Override
    public String metric() {
        return "accuracy";
    }

    @Override
    public Map<String, Double> score(Network network, Loader loader, Evaluator.Mode mode) {
        List<Double> scores = new ArrayList<>();
        ImageTextPass.run(network, loader, mode, (model, inputs, batch) -> {
            List<String> chosen = answer(model, inputs);
            requireReferences(batch, chosen.size());
            for (int i = 0; i < chosen.size(); i++) {
                scores.add(VqaAccuracy.of(chosen.get(i), batch.references().get(i)));
            }
        });
        Map<String, Double> result = new LinkedHashMap<>();
        result.put(
                "accuracy",
                100 * scores.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN));
        return result;
    }

    private static void requireReferences(Batch batch, int questions) {
        if (batch.references().size() != questions) {
            throw new ModelException("answers are scored against those that people gave; the data has none");
        }
    }

    /** The likeliest answer to each question of a batch. */
    public List<String> answer(VisionLanguage model, Inputs.ImageText inputs) {
        Tensor images = model.imageTokens(inputs.images().pixels());
        Tensor states = model.questionStates(images, inputs.imageOf(), inputs.text());
        int n = (int) states.size(0);
        long begin = tokens.get(0)[0];
        Tensor begun = Tensor.full(states.device(), begin, DType.I64, n, 1);
        Tensor each = Tensor.arange(states.device(), n);
        VisionLanguage.Writer writer = model.writer(states, inputs.text().mask());
        Tensor first = ImageTextPass.logProbabilities(writer.next(Inputs.Text.whole(begun), each))
                .select(1, 0); // (N, V)
        int vocabulary = (int) first.size(1);
        float[] likely = first.contiguous().floats();
        List<String> chosen = new ArrayList<>();
        List<int[]> pairs = new ArrayList<>();
        for (int q = 0; q < n; q++) {
            int row = q * vocabulary;
            int question = q;
            IntStream.range(0, answers.size())
                    .boxed()
                    .sorted(Comparator.comparingDouble(a -> -likely[row + tokens.get(a)[1]]))
                    .limit(candidates)
                    .forEach(a -> pairs.add(new int[] {question, a}));
        }
        double[] whole = likelihoods(writer, pairs, states.device());
        for (int q = 0; q < n; q++) {
            int best = q * candidates;
            for (int p = best; p < (q + 1) * candidates; p++) {
                best = whole[p] > whole[best] ? p : best;
            }
            chosen.add(answers.get(pairs.get(best)[1]));
        }
        return chosen;
    }

    /** ln p of each answer, (question, answer) by pair. */
    private double[] likelihoods(VisionLanguage.Writer writer, List<int[]> pairs, Device device) {
        double[] all = new double[pairs.size()];
        for (int from = 0; from < pairs.size(); from += ROWS) {
            List<int[]> some = pairs.subList(from, Math.min(pairs.size(), from + ROWS));
            try (Scope step = Scope.open()) {
                Tensor question =
                        Tensor.of(device, some.stream().mapToLong(p -> p[0]).toArray(), some.size());
                Written written = written(some);
                Tensor ids = Tensor.of(device, written.read, some.size(), written.length);
                Tensor known = Tensor.of(device, written.mask, some.size(), written.length);
                Tensor next = Tensor.of(device, written.next, some.size(), written.length);
                Tensor logits = writer.next(new Inputs.Text(ids, ids.zerosLike(), known), question);
                double[] sums = ImageTextPass.logProbabilities(logits)
                        .gather(2, next.unsqueeze(2))
                        .squeeze(2)
                        .mul(known.to(DType.F32))
                        .sum(1)
                        .contiguous()
                        .doubles();
                System.arraycopy(sums, 0, all, from, sums.length);
            }
        }
        return all;
    }

    /** Answers as they are read, and the token that follows each; (N, length), padded. */
    private record Written(int length, long[] read, long[] next, long[] mask) {}

    private Written written(List<int[]> pairs) {
        int length =
                pairs.stream().mapToInt(p -> tokens.get(p[1]).length - 1).max().orElseThrow();
        long[] read = new long[pairs.size() * length];
        long[] next = new long[read.length];
        long[] mask = new long[read.length];
        Arrays.fill(read, pad);
        for (int row = 0; row < pairs.size(); row++) {
            int[] answer = tokens.get(pairs.get(row)[1]);
            for (int i = 0; i + 1 < answer.length; i++) {
                read[row * length + i] = answer[i];
                next[row * length + i] = answer[i + 1];
                mask[row * length + i] = 1;
            }
        }
        return new Written(length, read, next, mask);
    }
}
