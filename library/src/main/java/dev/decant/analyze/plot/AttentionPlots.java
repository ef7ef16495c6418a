package dev.decant.analyze.plot;

import dev.decant.analyze.AttentionStudy;
import dev.decant.analyze.TokenClass;
import dev.decant.metric.AttentionNorms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Charts of what an {@link AttentionStudy} found, for one student or several of one teacher. */
public final class AttentionPlots {

    private AttentionPlots() {}

    /**
     * The charts by name: {@code ranking}, {@code cover} and {@code order} by head, {@code gen} and {@code prop} by layer,
     * {@code range-1} and so on by token of the first example, for the first, the middle and the last layer.
     *
     * @param students results by the name that a chart gives the student, at least one, of the same teacher
     */
    public static Map<String, Plot> of(Map<String, AttentionStudy.Result> students) {
        Map<String, Plot> plots = new LinkedHashMap<>();
        plots.put("ranking", byHead("ranking loss", students, AttentionStudy.Head::rankingLoss));
        plots.put("cover", byHead("cover length ratio", students, AttentionStudy.Head::coverLength));
        plots.put("order", byHead("pairs that keep their order", students, AttentionStudy.Head::preserved));
        List<TokenClass> kinds = List.of(TokenClass.CLS, TokenClass.SEP, TokenClass.PUNCTUATION, TokenClass.OTHER);
        plots.put("gen", byLayer("SA-GEN distance (map)", students, kinds, AttentionNorms.Means::map));
        List<TokenClass> propagated =
                students.size() == 1 ? Arrays.asList(TokenClass.values()) : List.of(TokenClass.ALL);
        plots.put("prop", byLayer("SA-PROP distance", students, propagated, AttentionNorms.Means::propagated));
        int layers = students.values().iterator().next().layers().size();
        IntStream.of(0, (layers - 1) / 2, layers - 1)
                .distinct()
                .forEach(l -> plots.put("range-" + (l + 1), ranges(l, students)));
        return plots;
    }

    private static Plot byHead(
            String what, Map<String, AttentionStudy.Result> students, ToDoubleFunction<AttentionStudy.Head> value) {
        List<Plot.Line> lines = new ArrayList<>();
        students.forEach((name, result) -> {
            double[] y = result.layers().stream()
                    .flatMap(l -> l.heads().stream())
                    .mapToDouble(value)
                    .toArray();
            int heads = result.layers().get(0).heads().size();
            lines.add(line(name, y, i -> 1 + (double) i / heads));
        });
        return new Plot(what + " by head", "layer; its heads lie between it and the next", what, lines);
    }

    /** With one student a line for each class of token, with several the mean over the classes for each. */
    private static Plot byLayer(
            String what,
            Map<String, AttentionStudy.Result> students,
            List<TokenClass> kinds,
            ToDoubleFunction<AttentionNorms.Means> value) {
        List<Plot.Line> lines = new ArrayList<>();
        students.forEach((name, result) -> {
            if (students.size() > 1) {
                lines.add(line(name, values(result, kinds, value), i -> i + 1));
                return;
            }
            for (TokenClass kind : kinds) {
                double[] y = values(result, List.of(kind), value);
                if (Arrays.stream(y).anyMatch(Double::isFinite)) {
                    lines.add(line(kind.name().toLowerCase(Locale.ROOT), y, i -> i + 1));
                }
            }
        });
        return new Plot(what + " by layer", "layer", what, lines);
    }

    private static double[] values(
            AttentionStudy.Result result, List<TokenClass> kinds, ToDoubleFunction<AttentionNorms.Means> value) {
        return result.layers().stream()
                .mapToDouble(layer -> kinds.stream()
                        .filter(layer.distances()::containsKey)
                        .mapToDouble(k -> value.applyAsDouble(layer.distances().get(k)))
                        .average()
                        .orElse(Double.NaN))
                .toArray();
    }

    private static Plot ranges(int layer, Map<String, AttentionStudy.Result> students) {
        List<Plot.Line> lines = new ArrayList<>();
        AttentionStudy.Layer any = students.values().iterator().next().layers().get(layer);
        lines.addAll(range("teacher", any.teacherRange()).toList());
        students.forEach((name, result) -> lines.addAll(
                range(name, result.layers().get(layer).studentRange()).toList()));
        return new Plot(
                "attention output, layer " + (layer + 1),
                "token of the first example",
                "least and greatest unit",
                lines);
    }

    private static Stream<Plot.Line> range(String name, AttentionStudy.Range range) {
        return Stream.of(line(name + " max", range.high(), i -> i), line(name + " min", range.low(), i -> i));
    }

    private static Plot.Line line(String name, double[] y, Function<Integer, Number> x) {
        return new Plot.Line(
                name,
                IntStream.range(0, y.length)
                        .mapToDouble(i -> x.apply(i).doubleValue())
                        .toArray(),
                y);
    }
}
