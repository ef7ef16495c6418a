package dev.decant.train.score;

import dev.decant.data.Loader;
import dev.decant.metric.Recall;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.VisionLanguage;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Search of texts for images and of images for texts. Cosines of single features choose k candidates for each query; the
 * cross-modal layers rank these by the logit that they match. What is not among the candidates is never found.
 *
 * <p>The tokens of every image and text of the split are held: 4 bytes times the width for each.
 */
public final class RetrievalTask implements Task {

    /** Pairs that are judged at once. */
    private static final int PAIRS = 64;

    private final int candidates;

    /** @param candidates k */
    public RetrievalTask(int candidates) {
        if (candidates < 1) {
            throw new IllegalArgumentException("retrieval: candidates must be at least 1, got " + candidates);
        }
        this.candidates = candidates;
    }

    @Override
    public String metric() {
        return "r-mean";
    }

    @Override
    public Map<String, Double> score(Network network, Loader loader, Evaluator.Mode mode) {
        try (Scope whole = Scope.open()) {
            Split split = new Split(mode);
            ImageTextPass.run(network, loader, mode, (model, inputs, batch) -> split.add(model, inputs));
            Scores scores = new Scores(split.imageOf.size(), split.images());
            ImageTextPass.quietly(network, () -> scores.fill(split, ImageTextPass.parts(network), candidates));
            return Recall.of(
                    scores.texts,
                    scores.images,
                    split.imageOf.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    /** What is known of the images and texts before they meet. */
    private static final class Split {

        private final Evaluator.Mode mode;
        private final Scope.Place place = Scope.here();
        private final List<Tensor> imageTokens = new ArrayList<>();
        private final List<Tensor> imageFeatures = new ArrayList<>();
        private final List<Tensor> textTokens = new ArrayList<>();
        private final List<Tensor> textFeatures = new ArrayList<>();
        private final List<Tensor> masks = new ArrayList<>();
        private final List<Integer> imageOf = new ArrayList<>();

        Split(Evaluator.Mode mode) {
            this.mode = mode;
        }

        void add(VisionLanguage model, Inputs.ImageText inputs) {
            int before = images();
            for (long image : inputs.imageOf().longs()) {
                imageOf.add(before + (int) image);
            }
            Tensor pictures = model.imageTokens(inputs.images().pixels());
            Tensor texts = model.textTokens(inputs.text());
            imageFeatures.add(place.hold(model.imageFeatures(pictures).to(DType.F32)));
            textFeatures.add(place.hold(model.textFeatures(texts).to(DType.F32)));
            imageTokens.add(place.hold(pictures));
            textTokens.add(place.hold(texts));
            masks.add(place.hold(inputs.text().mask()));
        }

        int images() {
            return imageTokens.stream().mapToInt(t -> (int) t.size(0)).sum();
        }

        /** Texts of all batches in rows of one length. */
        private static Tensor together(List<Tensor> parts) {
            long longest = parts.stream().mapToLong(t -> t.size(1)).max().orElseThrow();
            return Tensor.cat(
                    parts.stream()
                            .map(t -> {
                                long missing = longest - t.size(1);
                                return t.rank() == 2 ? t.pad(0, missing) : t.pad(0, 0, 0, missing);
                            })
                            .toList(),
                    0);
        }
    }

    /** Logits of the pairs that were judged, (M, N), by the direction that they are candidates in. */
    private static final class Scores {

        private final float[][] texts;
        private final float[][] images;

        Scores(int texts, int images) {
            this.texts = new float[images][texts];
            this.images = new float[images][texts];
            for (int i = 0; i < images; i++) {
                Arrays.fill(this.texts[i], Float.NEGATIVE_INFINITY);
                Arrays.fill(this.images[i], Float.NEGATIVE_INFINITY);
            }
        }

        void fill(Split split, VisionLanguage model, int candidates) {
            int m = images.length;
            int n = split.imageOf.size();
            float[] cosines = Tensor.cat(split.imageFeatures, 0)
                    .matmul(Tensor.cat(split.textFeatures, 0).transpose(0, 1))
                    .contiguous()
                    .floats();
            boolean[][] forImage = new boolean[m][n];
            boolean[][] forText = new boolean[m][n];
            for (int i = 0; i < m; i++) {
                int row = i;
                for (int j : best(n, candidates, t -> cosines[row * n + t])) {
                    forImage[i][j] = true;
                }
            }
            for (int j = 0; j < n; j++) {
                int column = j;
                for (int i : best(m, candidates, x -> cosines[x * n + column])) {
                    forText[i][j] = true;
                }
            }
            judge(split, model, forImage, forText);
        }

        private interface Score {
            float of(int index);
        }

        private static int[] best(int size, int count, Score score) {
            return IntStream.range(0, size)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -score.of(i)))
                    .limit(count)
                    .mapToInt(Integer::intValue)
                    .toArray();
        }

        private void judge(Split split, VisionLanguage model, boolean[][] forImage, boolean[][] forText) {
            Tensor pictures = Tensor.cat(split.imageTokens, 0);
            Tensor words = Split.together(split.textTokens);
            Tensor masks = Split.together(split.masks);
            List<int[]> pairs = new ArrayList<>();
            for (int i = 0; i < images.length; i++) {
                for (int j = 0; j < forImage[i].length; j++) {
                    if (forImage[i][j] || forText[i][j]) {
                        pairs.add(new int[] {i, j});
                    }
                }
            }
            for (int from = 0; from < pairs.size(); from += PAIRS) {
                List<int[]> some = pairs.subList(from, Math.min(pairs.size(), from + PAIRS));
                try (Scope step = Scope.open();
                        Autocast cast = Evaluator.autocast(split.mode.device(), split.mode.bf16())) {
                    int first = some.get(0)[0];
                    int last = some.get(some.size() - 1)[0];
                    Tensor few = pictures.narrow(0, first, last - first + 1); // pairs are in the order of images
                    Tensor i = places(pictures.device(), some, 0, first);
                    Tensor j = places(pictures.device(), some, 1, 0);
                    float[] logits = model.match(few, i, words.indexSelect(0, j), masks.indexSelect(0, j))
                            .to(DType.F32)
                            .select(1, 1)
                            .contiguous()
                            .floats();
                    for (int p = 0; p < logits.length; p++) {
                        int[] pair = some.get(p);
                        if (forImage[pair[0]][pair[1]]) {
                            texts[pair[0]][pair[1]] = logits[p];
                        }
                        if (forText[pair[0]][pair[1]]) {
                            images[pair[0]][pair[1]] = logits[p];
                        }
                    }
                }
            }
        }

        private static Tensor places(Device device, List<int[]> pairs, int side, int first) {
            return Tensor.of(
                    device, pairs.stream().mapToLong(p -> p[side] - first).toArray(), pairs.size());
        }
    }
}
