package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.metric.Cka;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Values and gradients that reference/distill_goldens.py computed by the formulas. */
class LossGoldensTest {

    private static final double CLOSE_IN_DOUBLE = 1e-9;
    private static final double CLOSE_IN_FLOAT = 1e-5;

    @TestFactory
    Stream<DynamicTest> agreesWithTheReference() throws IOException {
        JsonNode file = file();
        return StreamSupport.stream(file.get("cases").spliterator(), false)
                .map(c -> DynamicTest.dynamicTest(c.get("loss").asText() + " " + c.get("settings"), () -> {
                    compare(file.get("inputs"), c, DType.F64, CLOSE_IN_DOUBLE);
                    compare(file.get("inputs"), c, DType.F32, CLOSE_IN_FLOAT);
                }));
    }

    private static JsonNode file() throws IOException {
        try (InputStream in = LossGoldensTest.class.getResourceAsStream("/loss/goldens.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        }
    }

    private static void compare(JsonNode inputs, JsonNode one, DType type, double close) {
        Map<String, Tensor> given = new LinkedHashMap<>();
        one.get("inputs").forEach(name -> given.put(name.asText(), tensor(inputs.get(name.asText()), type)));
        JsonNode gradients = one.path("gradients");
        gradients.fieldNames().forEachRemaining(name -> leaf(given, name));
        Tensor found = compute(one.get("loss").asText(), one.get("settings"), new ArrayList<>(given.values()));
        assertClose("value", found, one.get("value"), close);
        if (!gradients.isMissingNode()) {
            found.backward();
            gradients
                    .fieldNames()
                    .forEachRemaining(
                            name -> assertClose(name, leaf(given, name).grad(), gradients.get(name), close));
        }
    }

    private static Tensor leaf(Map<String, Tensor> given, String name) {
        return Objects.requireNonNull(given.get(name)).requiresGrad(true);
    }

    private static Tensor compute(String loss, JsonNode set, List<Tensor> in) {
        double t = set.path("temperature").asDouble(1);
        Tensor a = in.get(0);
        Tensor b = in.get(Math.min(1, in.size() - 1));
        Tensor c = in.get(in.size() - 1);
        return switch (loss) {
            case "cross_entropy" ->
                CrossEntropy.loss(a, b, set.path("smoothing").asDouble(0));
            case "kd" -> SoftTargets.kd(a, b, t);
            case "bkd" -> CrossEntropy.binary(a, b.softmax(-1));
            case "ofa" -> Ofa.loss(a, b, c, set.get("eps").asDouble(), t);
            case "dkd" ->
                Dkd.loss(a, b, c, set.get("alpha").asDouble(), set.get("beta").asDouble(), t);
            case "dist" ->
                Dist.loss(a, b, set.get("beta").asDouble(), set.get("gamma").asDouble(), t);
            case "dist_inter" -> Dist.inter(a, b, t);
            case "dist_intra" -> Dist.intra(a, b, t);
            case "cc" -> CorrelationCongruence.loss(a, b);
            case "rkd_distance" -> Rkd.distance(a, b);
            case "rkd_angle" -> Rkd.angle(a, b);
            case "rkd" -> Rkd.loss(a, b, 25, 50);
            case "crd_contrast" -> Contrastive.contrast(a, set.get("samples").asLong());
            case "crd" -> direction(in.get(3), in.get(4), a).add(direction(in.get(2), in.get(4), b));
            case "crd_normaliser" -> Contrastive.normaliser(scores(b, c, a), b.size(0));
            case "crd_updated_bank" -> updatedBank(a, b, c);
            case "fitnet" -> Hints.mse(a, b);
            case "cka_unbiased" -> Tensor.of(new double[] {Cka.unbiased(a, b)});
            case "cka_biased" -> Tensor.of(new double[] {Cka.biased(a, b)});
            case "cka_minibatch" -> Tensor.of(new double[] {minibatch(set.get("rows"), a, b)});
            case "cells" ->
                set.get("row_major").asBoolean()
                        ? Rearrange.spaceToDepth(a, set.get("cell").asLong())
                        : Rearrange.mergePatches(a);
            case "unpatchify" -> Rearrange.unpatchify(a, set.get("patch").asLong());
            case "raster" -> Rearrange.raster(a, set.get("length").asLong());
            default -> throw new AssertionError("no loss is called " + loss);
        };
    }

    private static Tensor direction(Tensor bank, Tensor indices, Tensor vectors) {
        Tensor scores = scores(bank, indices, vectors);
        return Contrastive.contrast(scores.div(Contrastive.normaliser(scores, bank.size(0))), bank.size(0));
    }

    private static Tensor scores(Tensor bank, Tensor indices, Tensor vectors) {
        Tensor rows = bank.indexSelect(0, indices.flatten(0))
                .reshape(indices.size(0), indices.size(1), bank.size(1)); // (N, 1 + M, D)
        return Contrastive.scores(rows, Contrastive.unit(vectors), 0.07);
    }

    private static Tensor updatedBank(Tensor vectors, Tensor bank, Tensor indices) {
        Tensor own = indices.select(1, 0);
        Tensor updated = Contrastive.updated(bank.indexSelect(0, own), Contrastive.unit(vectors), 0.5);
        return bank.copy().indexCopyInPlace(own, updated);
    }

    private static double minibatch(JsonNode parts, Tensor a, Tensor b) {
        Cka cka = new Cka(1, 1);
        for (JsonNode part : parts) {
            long start = part.get(0).asLong();
            long rows = part.get(1).asLong() - start;
            cka.add(List.of(a.narrow(0, start, rows)), List.of(b.narrow(0, start, rows)));
        }
        return cka.matrix()[0][0];
    }

    private static void assertClose(String what, Tensor found, JsonNode expected, double close) {
        double[] values = values(expected.isNumber() ? expected : expected.get("values"));
        double[] doubles = found.doubles();
        assertThat(doubles).as(what).hasSameSizeAs(values);
        for (int i = 0; i < values.length; i++) {
            assertThat(doubles[i])
                    .as("%s[%d]", what, i)
                    .isCloseTo(values[i], within(close * Math.max(1, Math.abs(values[i]))));
        }
    }

    private static Tensor tensor(JsonNode stored, DType type) {
        double[] values = values(stored.get("values"));
        long[] shape = StreamSupport.stream(stored.get("shape").spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
        Tensor t = Tensor.of(values, shape);
        return t.to(isIndex(stored, shape) ? DType.I64 : type);
    }

    /** Labels and indices are whole numbers; so are the tokens, which have three dimensions. */
    private static boolean isIndex(JsonNode stored, long[] shape) {
        return shape.length < 3
                && StreamSupport.stream(stored.get("values").spliterator(), false)
                        .allMatch(JsonNode::isInt);
    }

    private static double[] values(JsonNode node) {
        return node.isNumber()
                ? new double[] {node.asDouble()}
                : StreamSupport.stream(node.spliterator(), false)
                        .mapToDouble(JsonNode::asDouble)
                        .toArray();
    }
}
