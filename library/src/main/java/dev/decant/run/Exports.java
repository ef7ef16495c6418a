package dev.decant.run;

import dev.decant.InputException;
import dev.decant.bench.ModelBenchmark;
import dev.decant.build.ModelBuilder;
import dev.decant.export.ExportException;
import dev.decant.export.OnnxFile;
import dev.decant.export.OnnxNetwork;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.modelio.ModelFolder;
import dev.decant.nn.Slot;
import dev.decant.nn.Trace;
import dev.decant.quantize.CodeQuantizer;
import dev.decant.quantize.FixedQuantizer;
import dev.decant.quantize.Grid;
import dev.decant.quantize.Grouping;
import dev.decant.quantize.Packed;
import dev.decant.quantize.PackedCodes;
import dev.decant.quantize.Placement;
import dev.decant.recipe.StageSpec.Format;
import dev.decant.report.ExportResult;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Writes a model folder in other forms, each looked at by comparing outputs before it counts as written. */
public final class Exports {

    /** What may lie beside a model and belongs to it. */
    private static final List<String> TOKENIZER =
            List.of("tokenizer.json", "tokenizer_config.json", "vocab.txt", "merges.txt", "special_tokens_map.json");

    private Exports() {}

    /**
     * Writes {@code out}: a model folder for safetensors, with packed weights as plain numbers; an ONNX file for a name that ends in
     * {@code .onnx}; and for another name a folder with {@code model.onnx} and the tokenizer.
     *
     * @throws InputException if {@code out} exists or cannot be written, or the model has no such form
     */
    public static ExportResult export(Path folder, Format format, Path out) {
        ModelFolder.read(folder);
        requireFree(out);
        if (format == Format.SAFETENSORS) {
            Network network = ModelBuilder.fromFolder(folder, Map.of());
            ModelBuilder.write(out, network, tokenizer(folder));
            return new ExportResult(out.toString(), ModelBenchmark.bytes(out), parity(out, network));
        }
        if (out.toString().endsWith(OnnxNetwork.SUFFIX)) {
            return onnx(folder, format, out);
        }
        boolean isDone = false;
        try {
            Files.createDirectory(out);
            tokenizer(folder).forEach((name, content) -> AtomicFile.write(out.resolve(name), content));
            ExportResult result = onnx(folder, format, out.resolve(OnnxNetwork.FILE));
            isDone = true;
            return new ExportResult(out.toString(), result.bytes(), result.parity());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + out + ": " + FileException.reason(e), e);
        } finally {
            if (!isDone) {
                remove(out);
            }
        }
    }

    /** Writes an ONNX file over an older one. */
    static ExportResult onnx(Path folder, Format format, Path out) {
        Network network = ModelBuilder.fromFolder(folder, Map.of());
        if (network.config().input() instanceof ModelConfig.ImageTextInput) {
            throw new InputException(folder + ": a network of images with texts cannot be written as ONNX yet;"
                    + " --format safetensors can");
        }
        Map<String, PackedCodes> codes = ModelBuilder.codes(folder);
        if (format == Format.ONNX_2BIT) {
            requireTwoBits(folder, codes);
        }
        if (format == Format.ONNX_INT8 && codes.isEmpty()) {
            codes = round(network, folder);
        }
        OnnxFile.Form form =
                switch (format) {
                    case SAFETENSORS -> throw new AssertionError(format);
                    case ONNX -> OnnxFile.Form.FLOAT;
                    case ONNX_INT8 -> OnnxFile.Form.INT8;
                    case ONNX_2BIT -> OnnxFile.Form.PACKED;
                };
        OnnxFile.Written written = OnnxFile.write(out, network, codes, form);
        return new ExportResult(out.toString(), written.bytes(), written.parity());
    }

    /** Finds out whether a student of this kind can be written in the formats, before it is trained. */
    static void check(List<Format> formats, Network student) {
        if (formats.stream().allMatch(f -> f == Format.SAFETENSORS)) {
            return;
        }
        boolean isRounded =
                student.slots().values().stream().anyMatch(s -> s.isFilled() && s.kind() != Slot.Kind.ACTIVATION);
        if (formats.contains(Format.ONNX_2BIT) && !isRounded) {
            throw new InputException("export: onnx-2bit is for weights of one or two bits, and no stage rounds the"
                    + " student's; add quantize, or take onnx-int8");
        }
        try {
            OnnxFile.check(student);
        } catch (ExportException e) {
            throw new InputException("export: " + e.getMessage());
        }
    }

    /** Files that belong to a model folder's model, by name. */
    static Map<String, byte[]> tokenizer(Path folder) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : TOKENIZER) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                try {
                    files.put(name, Files.readAllBytes(file));
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot read " + file + ": " + FileException.reason(e), e);
                }
            }
        }
        return files;
    }

    /** Largest difference between a folder's logits and the network's own, on random examples. */
    static double parity(Path folder, Network network) {
        Network shipped = ModelBuilder.fromFolder(folder, Map.of());
        shipped.train(false);
        network.train(false);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Inputs inputs = network.sample(4);
            Tensor difference = shipped.forward(inputs, Trace.none()).sub(network.forward(inputs, Trace.none()));
            return difference.abs().max().item();
        }
    }

    /** Said before the work, not after it. */
    private static void requireFree(Path out) {
        if (Files.exists(out)) {
            throw new InputException(out + ": exists already; nothing is overwritten: choose another name");
        }
        Path parent = out.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new InputException(out + ": cannot be written: there is no folder " + parent + "; make it first");
        }
        if (!Files.isWritable(parent)) {
            throw new InputException(out + ": cannot be written: no permission to write in " + parent);
        }
    }

    private static void requireTwoBits(Path folder, Map<String, PackedCodes> codes) {
        if (codes.isEmpty()) {
            throw new InputException(
                    folder + ": its weights are in full precision; onnx-2bit is for those that a recipe"
                            + " has rounded to one or two bits; the smallest form for these is onnx-int8");
        }
        OnnxFile.wider(codes, 2).forEach((name, bits) -> {
            throw new InputException(folder + ": '" + name + "' has codes of " + bits
                    + " bits, more than two; the smallest form for these is onnx-int8");
        });
    }

    /** Rounds the weights of a network in place, each row to 8 bits, and says their codes. */
    private static Map<String, PackedCodes> round(Network network, Path folder) {
        Function<Tensor, CodeQuantizer> rows =
                weight -> new FixedQuantizer(new Grid.Symmetric(8), Grouping.ROW, Double.POSITIVE_INFINITY);
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            new Placement(Optional.of(rows), Optional.of(rows), Optional.empty(), List.of(), List.of()).attach(network);
            Map<String, PackedCodes> codes = ModelBuilder.codes(Packed.of(network), folder);
            Map<String, Tensor> state = network.state();
            network.slots().forEach((path, slot) -> {
                Tensor weight = state.get(path);
                if (weight != null && slot.isFilled()) {
                    weight.copyFrom(slot.apply(weight));
                    slot.clear();
                }
            });
            return codes;
        }
    }

    private static void remove(Path folder) {
        try {
            for (String name : TOKENIZER) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder + ": " + FileException.reason(e), e);
        }
    }
}
