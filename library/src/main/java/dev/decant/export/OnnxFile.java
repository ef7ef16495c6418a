package dev.decant.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import dev.decant.file.AtomicFile;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Module;
import dev.decant.nn.Slot;
import dev.decant.nn.Trace;
import dev.decant.quantize.PackedCodes;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a network as an ONNX file that any batch size, and any length of text, goes through, and looks whether ONNX Runtime
 * computes the same with it.
 *
 * <p>Inputs are {@code pixel_values}, or {@code input_ids}, {@code token_type_ids} and {@code attention_mask}; the output is
 * {@code logits}. Parameters have the names of the network's state.
 */
public final class OnnxFile {

    /** How far outputs may be from the network's, as a share of the largest of them where that is more than 1. */
    public static final double TOLERANCE = 1e-4;

    /** What is left of {@link #TOLERANCE} where activations are rounded: the last bit decides which way, and one step is far. */
    public static final double ROUNDED_TOLERANCE = 0.05;

    private static final long IR_VERSION = 9;
    private static final long LARGEST = Integer.MAX_VALUE - (1 << 20);
    private static final String OUTPUT = "logits";

    /** What the calls of the check are sized: none is as what was recorded. */
    private static final List<List<Long>> CHECKED = List.of(List.of(1L, 4L), List.of(5L, 7L));

    private OnnxFile() {}

    /** How rounded weights are written. */
    public enum Form {
        /** As numbers in fp32. */
        FLOAT,
        /** A byte for each code. */
        INT8,
        /** Codes of one, two or four bits without gaps. */
        PACKED
    }

    /**
     * @param difference largest absolute one between ONNX Runtime's outputs and the network's; NaN if there is one
     * @param largest absolute output of the network
     */
    private record Comparison(double difference, double largest) {}

    /**
     * What was written.
     *
     * @param parity largest absolute difference between ONNX Runtime's outputs and the network's
     */
    public record Written(long bytes, double parity) {}

    /**
     * Writes the file, whole or not at all; nothing is written that computes something else.
     *
     * @param network with numbers as weights; quantizers on activations become part of the graph and no longer learn
     * @param codes of the weights that are rounded, by name
     * @throws ExportException if the network cannot be written so, or the outputs differ
     */
    public static Written write(Path file, Network network, Map<String, PackedCodes> codes, Form form) {
        network.requiresGrad(true); // what does not learn is merged with its neighbours, and would lose its name
        network.slots().values().forEach(OnnxFile::freeze);
        OnnxWeights weights = form == Form.FLOAT ? OnnxWeights.PLAIN : new OnnxWeights(codes, form == Form.PACKED);
        byte[] model = model(network, weights);
        Comparison outputs = compare(file.toString(), network, model);
        boolean rounds = network.slots().values().stream().anyMatch(Slot::isFilled);
        double tolerance = (rounds ? ROUNDED_TOLERANCE : TOLERANCE) * Math.max(1, outputs.largest);
        if (!(outputs.difference <= tolerance)) {
            throw new ExportException(file + ": not written: ONNX Runtime's outputs differ from the network's by "
                    + outputs.difference + ", more than " + tolerance);
        }
        AtomicFile.write(file, model);
        return new Written(model.length, outputs.difference);
    }

    /**
     * Looks whether a network can be written at all; takes a few forward passes.
     *
     * @throws ExportException if not
     */
    public static void check(Network network) {
        Graph graph = GraphRecorder.record(network);
        OnnxOps.convert(graph, NetworkInputs.varying(network.config().input()), OnnxWeights.PLAIN, OUTPUT);
    }

    /** @throws ExportException if it is no model, or ONNX Runtime, which is optional, is not there */
    static OnnxSession session(String name, byte[] model) {
        try {
            return OnnxSession.open(name, model);
        } catch (NoClassDefFoundError e) {
            throw OnnxSession.absent(e);
        }
    }

    private static void freeze(Slot slot) {
        slot.quantizer().ifPresent(q -> q.requiresGrad(false));
    }

    private static byte[] model(Network network, OnnxWeights weights) {
        long bytes = network.state().values().stream()
                .mapToLong(t -> t.elements() * t.dtype().bytes())
                .sum();
        if (bytes > LARGEST && weights.codes().isEmpty()) {
            throw new ExportException(network.config().architecture() + ": weights of " + bytes
                    + " bytes; an ONNX file of one piece holds less than 2 GB");
        }
        Graph graph = GraphRecorder.record(network);
        List<String> varying = NetworkInputs.varying(network.config().input());
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("decant")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OnnxOps.OPSET))
                .setGraph(OnnxOps.convert(graph, varying, weights, OUTPUT).build());
        OnnxNotes.of(network)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build().toByteArray();
    }

    private static Comparison compare(String name, Network network, byte[] model) {
        double worst = 0;
        double largest = 0;
        try (Module.Evaluating evaluating = network.evaluating();
                OnnxSession session = session(name, model);
                NoGrad quiet = NoGrad.open()) {
            for (List<Long> sizes : CHECKED) {
                try (Scope scope = Scope.open()) {
                    Inputs inputs = NetworkInputs.sample(network, sizes);
                    Tensor expected = network.forward(inputs, Trace.none());
                    Tensor found = session.run(NetworkInputs.named(inputs));
                    if (!java.util.Arrays.equals(expected.shape(), found.shape())) {
                        throw new ExportException(name + ": ONNX Runtime gives " + found + ", the network " + expected);
                    }
                    double difference = found.sub(expected).abs().max().item();
                    worst = Math.max(worst, difference); // NaN if either is
                    largest = Math.max(largest, expected.abs().max().item());
                }
            }
        }
        return new Comparison(worst, largest);
    }

    /** The packed weights that need more than {@code bits} for a code, by name. */
    public static Map<String, Integer> wider(Map<String, PackedCodes> codes, int bits) {
        Map<String, Integer> wider = new LinkedHashMap<>();
        codes.forEach((name, c) -> {
            if (c.bits() > bits) {
                wider.put(name, c.bits());
            }
        });
        return wider;
    }
}
