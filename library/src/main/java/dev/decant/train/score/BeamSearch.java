package dev.decant.train.score;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The likeliest continuation of a text, as far as a few begun ones, kept side by side, can tell. A text's score is the mean of
 * ln p over its new tokens, with the one that ends it.
 *
 * @param beams begun texts that are kept
 * @param longest tokens of a text at most, with what it begins with
 * @param shortest tokens that a text has before it may end
 * @param end the token that ends a text
 */
public record BeamSearch(int beams, int longest, int shortest, int end) {

    public BeamSearch {
        if (beams < 1 || longest < 2 || shortest > longest) {
            throw new IllegalArgumentException("beam search: needs a beam, and lengths in order, got " + beams
                    + " beams, " + shortest + " to " + longest + " tokens");
        }
    }

    /** ln p of every next token. */
    public interface Next {
        /**
         * Asks for texts of one length.
         *
         * @param begun the texts, of equal length
         * @return (texts, vocabulary)
         */
        float[][] after(List<int[]> begun);
    }

    private record Text(int[] ids, double sum) {
        Text then(int id, double logProbability) {
            int[] longer = Arrays.copyOf(ids, ids.length + 1);
            longer[ids.length] = id;
            return new Text(longer, sum + logProbability);
        }

        double score(int begun) {
            return sum / Math.max(1, ids.length - begun);
        }
    }

    /** The best text, with what it begins with and with its end if it came to one. */
    public int[] search(int[] begin, Next next) {
        List<Text> open = List.of(new Text(begin, 0));
        List<Text> ended = new ArrayList<>();
        for (int length = begin.length; length < longest && !open.isEmpty(); length++) {
            List<Text> grown =
                    grow(open, next.after(open.stream().map(Text::ids).toList()), length >= shortest);
            List<Text> going = new ArrayList<>();
            for (int rank = 0; rank < grown.size() && going.size() < beams; rank++) {
                Text text = grown.get(rank);
                if (text.ids[length] != end) {
                    going.add(text);
                } else if (rank < beams) {
                    ended.add(text);
                }
            }
            open = isDecided(ended, going, begin.length) ? List.of() : going;
        }
        List<Text> all = new ArrayList<>(ended);
        all.addAll(open);
        return all.stream()
                .max(Comparator.comparingDouble(t -> t.score(begin.length)))
                .orElseThrow()
                .ids;
    }

    /** Enough texts have ended, and none that goes on is better than the worst of the best of them. */
    private boolean isDecided(List<Text> ended, List<Text> going, int begun) {
        if (ended.size() < beams || going.isEmpty()) {
            return false;
        }
        double[] scores =
                ended.stream().mapToDouble(t -> -t.score(begun)).sorted().toArray();
        return -scores[beams - 1] >= going.get(0).score(begun);
    }

    /** Twice as many as there are beams, best first. */
    private List<Text> grow(List<Text> open, float[][] next, boolean mayEnd) {
        List<Text> grown = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
            float[] row = next[i];
            Text text = open.get(i);
            IntStream.range(0, row.length)
                    .filter(id -> mayEnd || id != end)
                    .boxed()
                    .sorted(Comparator.comparingDouble(id -> -row[id]))
                    .limit(2L * beams)
                    .forEach(id -> grown.add(text.then(id, row[id])));
        }
        grown.sort(Comparator.comparingDouble(t -> -t.sum));
        return grown.subList(0, Math.min(grown.size(), 2 * beams));
    }
}
