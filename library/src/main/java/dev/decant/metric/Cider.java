package dev.decant.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CIDEr of a set of captions (Vedantam et al. 2015), as the COCO caption tools count it: the cosine of tf-idf vectors of
 * one- to four-grams with clipped counts, times a Gaussian of the difference in length (sigma 6), averaged over n and
 * references, times 10. How rare an n-gram is, is counted over the images of this set.
 */
public final class Cider {

    private static final double SIGMA = 6;

    private final Map<List<String>, Integer> images = new HashMap<>();
    private final double logImages;

    private Cider(List<List<Ngrams>> references) {
        for (List<Ngrams> ofImage : references) {
            Set<List<String>> runs = new HashSet<>();
            ofImage.forEach(r -> runs.addAll(r.counts().keySet()));
            runs.forEach(run -> images.merge(run, 1, Integer::sum));
        }
        logImages = Math.log(references.size());
    }

    /**
     * The mean over the images, from 0 to 10.
     *
     * @param written a caption for each image as words with spaces between, as {@link CaptionWords} gives them
     * @param references for each image, one or more in the same form
     */
    public static double of(List<String> written, List<List<String>> references) {
        CaptionWords.requireReferences(written, references);
        List<List<Ngrams>> given = references.stream()
                .map(ofImage -> ofImage.stream().map(Ngrams::of).toList())
                .toList();
        Cider cider = new Cider(given);
        double sum = 0;
        for (int i = 0; i < written.size(); i++) {
            sum += cider.image(Ngrams.of(written.get(i)), given.get(i));
        }
        return sum / written.size();
    }

    private double image(Ngrams written, List<Ngrams> references) {
        Weighted own = weighted(written);
        double sum = 0;
        for (Ngrams reference : references) {
            sum += own.likeness(weighted(reference));
        }
        return 10 * sum / (Ngrams.LONGEST * references.size());
    }

    private Weighted weighted(Ngrams sentence) {
        List<Map<List<String>, Double>> vectors = new ArrayList<>();
        for (int n = 0; n < Ngrams.LONGEST; n++) {
            vectors.add(new HashMap<>());
        }
        sentence.counts().forEach((run, count) -> {
            double rarity = logImages - Math.log(Math.max(1, images.getOrDefault(run, 0)));
            vectors.get(run.size() - 1).put(run, count * rarity);
        });
        return new Weighted(Math.max(0, sentence.words() - 1), vectors);
    }

    /**
     * A sentence as tf-idf vectors, one for each n.
     *
     * @param length in pairs of words
     */
    private record Weighted(int length, List<Map<List<String>, Double>> vectors) {

        /** The sum over n. */
        double likeness(Weighted reference) {
            double apart = length - reference.length;
            double penalty = Math.exp(-apart * apart / (2 * SIGMA * SIGMA));
            double sum = 0;
            for (int n = 0; n < vectors.size(); n++) {
                Map<List<String>, Double> theirs = reference.vectors.get(n);
                double product = vectors.get(n).entrySet().stream()
                        .mapToDouble(e -> {
                            double other = theirs.getOrDefault(e.getKey(), 0.0);
                            return Math.min(e.getValue(), other) * other;
                        })
                        .sum();
                double norms = norm(vectors.get(n)) * norm(theirs);
                sum += penalty * (norms == 0 ? product : product / norms);
            }
            return sum;
        }

        private static double norm(Map<List<String>, Double> vector) {
            return Math.sqrt(vector.values().stream().mapToDouble(v -> v * v).sum());
        }
    }
}
