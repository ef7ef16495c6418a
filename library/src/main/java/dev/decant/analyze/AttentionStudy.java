package dev.decant.analyze;

import dev.decant.ModelException;
import dev.decant.metric.AttentionNorms;
import dev.decant.metric.AttentionRanking;
import dev.decant.model.Inputs;
import dev.decant.model.LayerTaps;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How far a student's self-attention is from its teacher's, layer by layer: the order of the keys ({@link AttentionRanking}),
 * what generates the map and what the layer propagates ({@link AttentionNorms}), and the range of the attention output.
 *
 * <p>Both networks have the same layers and heads, and are run in evaluation mode on one example at a time, without
 * padding, so that neither the batch nor its padding has a part in the figures (per-tensor scales of quantizers depend on both). Only one
 * example's tensors are held. Fed batch by batch; not thread-safe.
 */
public final class AttentionStudy {

    private final Network student;
    private final Network teacher;
    private final List<LayerTaps> studentLayers;
    private final List<LayerTaps> teacherLayers;
    private final TokenClasses classes;
    private final int topK;
    private final List<LayerSums> sums = new ArrayList<>();
    private int examples;

    /**
     * @param student has one stack of transformer layers, as the teacher
     * @param topK the teacher's strongest keys that the cover length looks for
     */
    public AttentionStudy(Network student, Network teacher, TokenClasses classes, int topK) {
        this.student = student;
        this.teacher = teacher;
        this.classes = classes;
        this.topK = topK;
        studentLayers = student.signature().stack().layers();
        teacherLayers = teacher.signature().stack().layers();
        if (studentLayers.size() != teacherLayers.size()) {
            throw new ModelException("attention is compared layer by layer: the student "
                    + student.config().architecture() + " has " + studentLayers.size() + " layers, the teacher "
                    + teacher.config().architecture() + " has " + teacherLayers.size());
        }
        studentLayers.forEach(l -> sums.add(new LayerSums()));
    }

    /**
     * Figures of one head, or means over several.
     *
     * @param rankingLoss see {@link AttentionRanking#loss}
     * @param referenceRankingLoss see {@link AttentionRanking#referenceLoss}
     * @param coverLength see {@link AttentionRanking#coverLength}
     * @param referenceCoverLength see {@link AttentionRanking#referenceCoverLength}
     * @param preserved see {@link AttentionRanking#preserved}
     */
    public record Head(
            double rankingLoss,
            double referenceRankingLoss,
            double coverLength,
            double referenceCoverLength,
            double preserved) {

        static Head of(double... v) {
            return new Head(v[0], v[1], v[2], v[3], v[4]);
        }

        double[] values() {
            return new double[] {rankingLoss, referenceRankingLoss, coverLength, referenceCoverLength, preserved};
        }

        static Head mean(List<Head> heads) {
            double[] sum = new double[5];
            heads.forEach(h -> Arrays.setAll(sum, i -> sum[i] + h.values()[i]));
            return of(Arrays.stream(sum).map(s -> s / heads.size()).toArray());
        }
    }

    /**
     * The range of the attention output over its C units.
     *
     * @param low least unit of each token of the first example
     * @param high greatest
     * @param mean of high - low over tokens and examples
     * @param deviation standard deviation of high - low over tokens, mean over examples: near 0 if tokens are alike
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Range(double[] low, double[] high, double mean, double deviation) {}

    /**
     * One layer.
     *
     * @param distances by the class of token, of those that occur: SA-GEN is {@code map} and {@code transformed}, SA-PROP
     *     {@code propagated}; |mean of the teacher - mean of the student|, mean over examples
     */
    public record Layer(
            Head mean,
            List<Head> heads,
            Map<TokenClass, AttentionNorms.Means> distances,
            Range studentRange,
            Range teacherRange) {}

    /** @param mean over all heads of all layers */
    public record Result(int examples, Head mean, List<Layer> layers) {}

    /**
     * Adds the examples of a batch.
     *
     * @param forStudent as the student takes them
     * @param forTeacher the same examples as the teacher takes them
     */
    public void add(Inputs forStudent, Inputs forTeacher) {
        student.train(false);
        teacher.train(false);
        for (int i = 0; i < forStudent.size(); i++) {
            try (NoGrad quiet = NoGrad.open();
                    Scope scope = Scope.open()) {
                addOne(Examples.single(forStudent, i), Examples.single(forTeacher, i));
            }
        }
    }

    public Result result() {
        if (examples == 0) {
            throw new IllegalStateException("no example was studied");
        }
        List<Layer> layers = sums.stream().map(s -> s.layer(examples)).toList();
        return new Result(examples, Head.mean(layers.stream().map(Layer::mean).toList()), layers);
    }

    private void addOne(Inputs forStudent, Inputs forTeacher) {
        Trace studentTrace = run(student, studentLayers, forStudent);
        Trace teacherTrace = run(teacher, teacherLayers, forTeacher);
        for (int l = 0; l < sums.size(); l++) {
            View s = new View(studentTrace, studentLayers.get(l));
            View t = new View(teacherTrace, teacherLayers.get(l));
            requireSame(l, s, t);
            TokenClass[] kinds = classes.of(forStudent, (int) s.map().size(1));
            sums.get(l).add(s, t, kinds, topK);
        }
        examples++;
    }

    private static Trace run(Network model, List<LayerTaps> layers, Inputs inputs) {
        Trace trace = Trace.of(layers.stream()
                .flatMap(l -> Stream.of(l.map(), l.value(), l.outputWeight(), l.attentionOutput()))
                .toList());
        model.forward(inputs, trace);
        return trace;
    }

    private static void requireSame(int layer, View s, View t) {
        long[] mine = s.map().shape();
        long[] other = t.map().shape();
        if (!Arrays.equals(mine, other)) {
            throw new ModelException("layer " + layer + ": the student's map is " + Arrays.toString(mine)
                    + " (heads, queries, keys), the teacher's " + Arrays.toString(other)
                    + "; they need the same heads and tokens");
        }
    }

    /** One layer's tensors of one example. */
    private record View(Trace trace, LayerTaps taps) {

        /** (H, n, n). */
        Tensor map() {
            return trace.get(taps.map()).select(0, 0);
        }

        /** (n, C). */
        Tensor attentionOutput() {
            return trace.get(taps.attentionOutput()).select(0, 0);
        }

        AttentionNorms norms() {
            return AttentionNorms.of(map(), trace.get(taps.value()).select(0, 0), trace.get(taps.outputWeight()));
        }
    }

    /** What is added up of a layer. */
    private static final class LayerSums {

        private final List<double[]> heads = new ArrayList<>();
        private final Map<TokenClass, double[]> distances = new EnumMap<>(TokenClass.class);
        private final RangeSums studentRange = new RangeSums();
        private final RangeSums teacherRange = new RangeSums();

        void add(View s, View t, TokenClass[] kinds, int topK) {
            AttentionNorms student = s.norms();
            AttentionNorms teacher = t.norms();
            for (int h = 0; h < student.map().length; h++) {
                if (h == heads.size()) {
                    heads.add(new double[5]);
                }
                double[] head = head(teacher.map()[h], student.map()[h], topK).values();
                double[] sum = heads.get(h);
                Arrays.setAll(sum, i -> sum[i] + head[i]);
            }
            for (TokenClass c : TokenClass.values()) {
                int[] tokens = IntStream.range(0, kinds.length)
                        .filter(i -> c == TokenClass.ALL || kinds[i] == c)
                        .toArray();
                if (tokens.length > 0) {
                    AttentionNorms.Means d = teacher.means(tokens).distance(student.means(tokens));
                    double[] sum = distances.computeIfAbsent(c, k -> new double[4]);
                    double[] more = {d.map(), d.transformed(), d.propagated(), 1};
                    Arrays.setAll(sum, i -> sum[i] + more[i]);
                }
            }
            studentRange.add(s.attentionOutput());
            teacherRange.add(t.attentionOutput());
        }

        private static Head head(double[][] teacher, double[][] student, int k) {
            return new Head(
                    AttentionRanking.loss(teacher, student),
                    AttentionRanking.referenceLoss(teacher, student),
                    AttentionRanking.coverLength(teacher, student, k),
                    AttentionRanking.referenceCoverLength(teacher, student, k),
                    AttentionRanking.preserved(teacher, student));
        }

        Layer layer(int examples) {
            List<Head> means = heads.stream()
                    .map(sum ->
                            Head.of(Arrays.stream(sum).map(v -> v / examples).toArray()))
                    .toList();
            Map<TokenClass, AttentionNorms.Means> byClass = new EnumMap<>(TokenClass.class);
            distances.forEach((c, sum) ->
                    byClass.put(c, new AttentionNorms.Means(sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3])));
            return new Layer(
                    Head.mean(means), means, byClass, studentRange.range(examples), teacherRange.range(examples));
        }
    }

    /** Ranges of the attention output. */
    private static final class RangeSums {

        private double[] low = {};
        private double[] high = {};
        private double mean;
        private double deviation;

        void add(Tensor output) {
            double[] lows = output.neg().max(1, false).neg().doubles();
            double[] highs = output.max(1, false).doubles();
            if (low.length == 0) {
                low = lows;
                high = highs;
            }
            double[] ranges = IntStream.range(0, lows.length)
                    .mapToDouble(i -> highs[i] - lows[i])
                    .toArray();
            double center = Arrays.stream(ranges).average().orElseThrow();
            mean += center;
            deviation += Math.sqrt(Arrays.stream(ranges)
                    .map(r -> (r - center) * (r - center))
                    .average()
                    .orElseThrow());
        }

        Range range(int examples) {
            return new Range(low, high, mean / examples, deviation / examples);
        }
    }
}
