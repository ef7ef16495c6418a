package dev.decant.modelio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.export.ExportException;
import dev.decant.export.OnnxFile;
import dev.decant.export.OnnxSession;
import dev.decant.file.Json;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.text.Bert;
import dev.decant.model.text.SentenceHead;
import dev.decant.modelio.Meaning.Role;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.text.Tokenizer;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An encoder out of an ONNX file: its weights are found again in the graph ({@link EncoderReader}), and what they compute is
 * compared with what ONNX Runtime computes, so that no graph is taken for something that it is not.
 */
public final class EncoderImport {

    private static final double HALF_TOLERANCE = 0.05;

    private EncoderImport() {}

    /**
     * What is known besides the file.
     *
     * @param tokenizer its tokenizer.json or vocab.txt; looked for beside the file if absent
     * @param sentence how it is pooled
     * @param existing whether a model that lies in the folder already may be replaced
     */
    public record Options(Optional<Path> tokenizer, SentenceHead sentence, ModelFolder.Existing existing) {}

    /**
     * What was written.
     *
     * @param difference largest one between hidden states and ONNX Runtime's; absent without ONNX Runtime
     * @param notes what was left out, in words
     */
    public record Imported(Bert encoder, Path tokenizer, OptionalDouble difference, List<String> notes) {}

    /**
     * Reads the encoder of a file, not compared with anything.
     *
     * @throws ImportException if the file is no ONNX file or no encoder of BERT's shape
     */
    public static Bert read(Path file) {
        return network(EncoderReader.read(file), SentenceHead.UNKNOWN);
    }

    /**
     * Writes an encoder's folder, as transformers and sentence-transformers read it, whole or not at all.
     *
     * @throws ImportException if the file is no encoder, has no tokenizer, or computes something else than what was found in it
     */
    public static Imported write(Path file, Path folder, Options options) {
        EncoderReader.Found found = EncoderReader.read(file);
        Path place = options.tokenizer.orElseGet(() -> tokenizer(file));
        List<String> notes = dropped(place);
        try (Tokenizer tokenizer = Tokenizer.open(place)) {
            requireFits(tokenizer, found, file);
            Bert encoder = network(found, options.sentence);
            OptionalDouble difference = compare(file, found, encoder);
            Map<String, byte[]> others =
                    Map.of("tokenizer.json", tokenizer.json().getBytes(StandardCharsets.UTF_8));
            EncoderFolder.write(folder, encoder, others, options.existing);
            return new Imported(encoder, place, difference, notes);
        }
    }

    private static Bert network(EncoderReader.Found found, SentenceHead sentence) {
        Map<String, Object> arguments = new LinkedHashMap<>(found.arguments());
        arguments.put("num_classes", 0);
        arguments.put("head", "encoder");
        arguments.putAll(sentence.arguments());
        try {
            Bert encoder = (Bert) Catalogue.create(found.architecture(), arguments);
            Weights.load(encoder, found.weights(), encoder.publishedKeys(), Strictness.STRICT);
            encoder.train(false);
            return encoder;
        } catch (IllegalArgumentException | WeightsException e) {
            throw new ImportException(
                    found.weights().source() + ": its parts do not make an encoder: " + e.getMessage(), e);
        }
    }

    /** The file that lies beside a model under a usual name, or in the folder above. */
    private static Path tokenizer(Path file) {
        String stem = String.valueOf(file.getFileName()).replaceFirst("\\.onnx$", "");
        Path folder = file.toAbsolutePath().resolveSibling(".").normalize();
        List<Path> usual = List.of(
                folder.resolve(stem + "-tokenizer.json"),
                folder.resolve("tokenizer.json"),
                folder.resolve("vocab.txt"),
                folder.resolve("..").resolve("tokenizer.json").normalize());
        return usual.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new ImportException(file + ": no tokenizer beside it (" + stem
                        + "-tokenizer.json, tokenizer.json, vocab.txt); give one with --tokenizer"));
    }

    private static void requireFits(Tokenizer tokenizer, EncoderReader.Found found, Path file) {
        int rows = (int) found.arguments().getOrDefault("vocab_size", 0);
        tokenizer.requireFits(rows, file.toString());
        if (tokenizer.specials(false) == 0) {
            throw new ImportException(
                    tokenizer + ": adds no special tokens to a text ([CLS] and [SEP], or <s> and </s>), which " + file
                            + " was trained with");
        }
        if (tokenizer.id("[PAD]").isEmpty() && tokenizer.id("<pad>").isEmpty()) {
            throw new ImportException(tokenizer + ": has no token [PAD] or <pad>, which fills up shorter texts");
        }
    }

    /** What a tokenizer file fixes and the folder leaves open, in words. */
    private static List<String> dropped(Path tokenizer) {
        List<String> notes = new ArrayList<>();
        if (!tokenizer.toString().endsWith(".json") || !Files.isRegularFile(tokenizer)) {
            return notes;
        }
        try {
            JsonNode root = Json.MAPPER.readTree(Files.readAllBytes(tokenizer));
            JsonNode length = root.path("truncation").path("max_length");
            if (length.isNumber()) {
                notes.add(
                        "truncation to " + length.asLong() + " tokens, which the tokenizer's file fixes, is left out");
            }
            JsonNode padding = root.path("padding").path("strategy").path("Fixed");
            if (padding.isNumber()) {
                notes.add("padding to " + padding.asLong() + " tokens, which the tokenizer's file fixes, is left out");
            }
            return notes;
        } catch (IOException e) {
            throw new ImportException(tokenizer + ": not a tokenizer.json", e);
        }
    }

    /** Texts of several lengths in one batch, through both. */
    private static OptionalDouble compare(Path file, EncoderReader.Found found, Bert encoder) {
        if (!OnnxSession.isPossible()) {
            return OptionalDouble.empty();
        }
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open();
                OnnxSession session = OnnxSession.open(file)) {
            Inputs.Text texts = texts(encoder);
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            found.inputs().forEach((name, role) -> inputs.put(name, input(role, texts)));
            Tensor wanted = session.run(inputs, found.output());
            Tensor mask = texts.mask().to(DType.F32).unsqueeze(2);
            Tensor own = encoder.forward(texts, Trace.none());
            double difference = own.sub(wanted).mul(mask).abs().max().item();
            boolean isHalf = found.weights().tensors().values().stream().anyMatch(t -> t.dtype() == DType.F16);
            double tolerance = (isHalf ? HALF_TOLERANCE : OnnxFile.TOLERANCE)
                    * Math.max(1, wanted.mul(mask).abs().max().item());
            if (!(difference <= tolerance)) {
                throw new ImportException(
                        file + ": what was found in it computes something else: hidden states differ from"
                                + " ONNX Runtime's by " + difference + ", more than " + tolerance);
            }
            return OptionalDouble.of(difference);
        } catch (ExportException e) {
            throw new ImportException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Three texts of random words, of 12, 7 and 2 tokens. */
    private static Inputs.Text texts(Bert encoder) {
        int longest = Math.min(12, encoder.longest());
        Inputs.Text all = encoder.sample(3, longest);
        Tensor places = Tensor.arange(longest).unsqueeze(0);
        Tensor lengths = Tensor.of(new long[] {longest, Math.max(1, longest * 7 / 12), Math.min(2, longest)}, 3, 1);
        Tensor mask = lengths.gt(places).to(DType.I64);
        int pad = ((ModelConfig.TextInput) encoder.config().input()).padding();
        Tensor ids = all.ids().add(all.ids().eq(pad).to(DType.I64)); // a token that is there is no padding
        Tensor filled = ids.mul(mask).sub(mask.sub(1).mul(pad)).to(DType.I64);
        return new Inputs.Text(filled, all.types(), mask);
    }

    private static Tensor input(Role role, Inputs.Text texts) {
        return switch (role) {
            case IDS -> texts.ids();
            case MASK -> texts.mask();
            case TYPES -> texts.types();
            case OTHER ->
                Tensor.arange(texts.ids().size(1)).unsqueeze(0).add(texts.ids().zerosLike());
        };
    }
}
