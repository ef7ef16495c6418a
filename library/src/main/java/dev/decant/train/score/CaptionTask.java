package dev.decant.train.score;

import dev.decant.data.Loader;
import dev.decant.metric.Bleu;
import dev.decant.metric.CaptionWords;
import dev.decant.metric.Cider;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Captions written by beam search, scored by {@code cider} and {@code bleu4}, times 100. */
public final class CaptionTask implements Task {

    private final Tokenizer tokenizer;
    private final BeamSearch search;

    /**
     * How captions are written.
     *
     * @param tokenizer the model's
     * @param beams begun captions that are kept
     * @param longest tokens of a caption at most, with the prompt and the token that begins it
     * @param shortest tokens that a caption has before it may end, counted in the same way
     */
    public CaptionTask(Tokenizer tokenizer, int beams, int longest, int shortest) {
        this.tokenizer = tokenizer;
        int[] marks = tokenizer.encode("", Integer.MAX_VALUE).ids();
        this.search = new BeamSearch(beams, longest, shortest, marks[marks.length - 1]);
    }

    @Override
    public String metric() {
        return "cider";
    }

    @Override
    public Map<String, Double> score(Network network, Loader loader, Evaluator.Mode mode) {
        List<String> written = new ArrayList<>();
        List<List<String>> references = new ArrayList<>();
        ImageTextPass.run(network, loader, mode, (model, inputs, batch) -> {
            written.addAll(write(model, inputs).stream().map(CaptionWords::of).toList());
            batch.references()
                    .forEach(all ->
                            references.add(all.stream().map(CaptionWords::of).toList()));
        });
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("cider", 100 * Cider.of(written, references));
        scores.put("bleu4", 100 * Bleu.of(written, references));
        return scores;
    }

    /** A caption for each image; the batch's texts are what they begin with. */
    public List<String> write(VisionLanguage model, Inputs.ImageText inputs) {
        Tensor images = model.imageTokens(inputs.images().pixels());
        Tensor everything = Tensor.full(images.device(), 1, DType.I64, images.size(0), images.size(1));
        VisionLanguage.Writer writer = model.writer(images, everything);
        long[] imageOf = inputs.imageOf().longs();
        long[] ids = inputs.text().ids().longs();
        long[] mask = inputs.text().mask().longs();
        int length = (int) inputs.text().ids().size(1);
        List<String> captions = new ArrayList<>();
        for (int row = 0; row < inputs.size(); row++) {
            int from = row * length;
            int begun = (int)
                    IntStream.range(0, length).filter(i -> mask[from + i] == 1).count();
            int[] begin =
                    IntStream.range(0, begun).map(i -> (int) ids[from + i]).toArray();
            long image = imageOf[row];
            int[] whole = search.search(begin, texts -> next(writer, texts, image, images.device()));
            captions.add(tokenizer.decode(Arrays.copyOfRange(whole, begun, whole.length)));
        }
        return captions;
    }

    private static float[][] next(VisionLanguage.Writer writer, List<int[]> texts, long image, Device device) {
        int rows = texts.size();
        int length = texts.get(0).length;
        try (Scope step = Scope.open()) {
            long[] flat =
                    texts.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
            Tensor ids = Tensor.of(device, flat, rows, length);
            Tensor of = Tensor.full(device, image, DType.I64, rows);
            Tensor logits = writer.next(Inputs.Text.whole(ids), of).select(1, length - 1);
            float[] values = ImageTextPass.logProbabilities(logits).contiguous().floats();
            int vocabulary = values.length / rows;
            float[][] next = new float[rows][];
            for (int i = 0; i < rows; i++) {
                next[i] = Arrays.copyOfRange(values, i * vocabulary, (i + 1) * vocabulary);
            }
            return next;
        }
    }
}
