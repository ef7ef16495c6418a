package dev.decant.export;

import dev.decant.ModelException;
import dev.decant.file.FileException;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An exported ONNX file as a network, run by ONNX Runtime: for scores and times beside other networks. Offers {@code logits}
 * alone, has no parameters of its own, and does not learn.
 */
public final class OnnxNetwork extends Network implements AutoCloseable {

    /** What the name of an ONNX file ends in. */
    public static final String SUFFIX = ".onnx";

    /** The file in a folder. */
    public static final String FILE = "model.onnx";

    private static final String MODEL_CONFIG = "config.json";

    private final OnnxSession session;
    private final long count;
    private final long bytes;

    private OnnxNetwork(ModelConfig config, OnnxSession session, long bytes) {
        super(config);
        this.session = session;
        this.bytes = bytes;
        count = OnnxNotes.parameters(session.metadata());
    }

    /**
     * The ONNX file that a name means: itself, or the one in a folder that holds no other form of the model.
     *
     * @throws WeightsException if the name is that of an ONNX file, and there is none
     */
    public static Optional<Path> find(Path path) {
        if (path.toString().endsWith(SUFFIX) && !Files.isDirectory(path)) {
            if (!Files.exists(path)) {
                throw new WeightsException(path + ": does not exist");
            }
            return Optional.of(path);
        }
        Path inside = path.resolve(FILE);
        boolean isFolder = Files.isRegularFile(inside) && !Files.exists(path.resolve(MODEL_CONFIG));
        return isFolder ? Optional.of(inside) : Optional.empty();
    }

    /** @throws WeightsException if it is no such file, or was not written by Decant */
    public static OnnxNetwork read(Path file) {
        byte[] model;
        try {
            model = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new WeightsException(file + ": " + FileException.reason(e), e);
        }
        try {
            OnnxSession session = OnnxFile.session(file.toString(), model);
            return new OnnxNetwork(OnnxNotes.config(file.toString(), session.metadata()), session, model.length);
        } catch (ExportException e) {
            throw new WeightsException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Of the network that it was made from. */
    public long originalParameters() {
        return count;
    }

    /** Size of the file. */
    public long bytes() {
        return bytes;
    }

    @Override
    public Tensor forward(Inputs inputs, Trace trace) {
        boolean isText = config().input() instanceof ModelConfig.TextInput;
        if (isText != inputs instanceof Inputs.Text) {
            throw new ModelException(config().architecture() + " does not take " + inputs.kind());
        }
        Tensor logits = session.run(NetworkInputs.named(inputs));
        trace.offer("logits", logits);
        return logits;
    }

    @Override
    public Inputs sample(int n) {
        return config().input().sample(n);
    }

    @Override
    public Inputs sample(int n, int length) {
        return config().input() instanceof ModelConfig.TextInput text ? text.sample(n, length) : sample(n);
    }

    @Override
    public List<String> fullPrecisionModules() {
        return List.of();
    }

    @Override
    public void close() {
        session.close();
    }
}
