package dev.decant.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** An ONNX model loaded in ONNX Runtime, on the CPU. */
public final class OnnxSession implements AutoCloseable {

    private static final long STACK = 256L << 20;

    private final String name;
    private final OrtEnvironment environment;
    private final OrtSession session;

    private OnnxSession(String name, OrtEnvironment environment, OrtSession session) {
        this.name = name;
        this.environment = environment;
        this.session = session;
    }

    /**
     * @param name for messages
     * @throws ExportException if it is no model
     */
    static OnnxSession open(String name, byte[] model) {
        OrtEnvironment environment = environment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.addConfigEntry("session.disable_quant_qdq", "1"); // weights become numbers once, not in each call
            options.addConfigEntry("session.intra_op.allow_spinning", "0"); // else its threads stay in libtorch's way
            return new OnnxSession(name, environment, environment.createSession(model, options));
        } catch (OrtException e) {
            throw failed(name, e);
        }
    }

    /**
     * Opens a file, with the ones beside it that hold its weights.
     *
     * @throws ExportException if it is no model, or ONNX Runtime, which is optional, is not there
     */
    public static OnnxSession open(Path file) {
        try {
            OrtEnvironment environment = environment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                return new OnnxSession(
                        file.toString(), environment, environment.createSession(file.toString(), options));
            } catch (OrtException e) {
                throw failed(file.toString(), e);
            }
        } catch (NoClassDefFoundError e) {
            throw absent(e);
        }
    }

    static ExportException absent(NoClassDefFoundError e) {
        return new ExportException(
                "ONNX Runtime is not on the class path; add com.microsoft.onnxruntime:onnxruntime", e);
    }

    /** Whether ONNX Runtime, which is optional, is on the class path. */
    public static boolean isPossible() {
        try {
            Class.forName("ai.onnxruntime.OrtEnvironment", false, OnnxSession.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * As it starts, ONNX Runtime searches the process's command line by recursion, a few frames for each character: with a long class
     * path an ordinary stack overflows, which ends the process without a word.
     */
    private static OrtEnvironment environment() {
        FutureTask<OrtEnvironment> start = new FutureTask<>(OrtEnvironment::getEnvironment);
        new Thread(null, start, "onnxruntime-start", STACK).start();
        try {
            return start.get();
        } catch (ExecutionException e) {
            throw new ExportException("ONNX Runtime does not start: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExportException("interrupted while ONNX Runtime starts", e);
        }
    }

    /** Notes that the file carries, by name. */
    Map<String, String> metadata() {
        try {
            return session.getMetadata().getCustomMetadata();
        } catch (OrtException e) {
            throw failed(name, e);
        }
    }

    /** The first output, F32. */
    Tensor run(Map<String, Tensor> inputs) {
        return run(inputs, session.getOutputNames().iterator().next());
    }

    /**
     * One output, F32.
     *
     * @param inputs by name; what the model does not take is left out
     */
    public Tensor run(Map<String, Tensor> inputs, String wanted) {
        Map<String, OnnxTensor> given = new LinkedHashMap<>();
        try {
            for (var input : inputs.entrySet()) {
                if (session.getInputNames().contains(input.getKey())) {
                    given.put(input.getKey(), tensor(input.getValue()));
                }
            }
            try (OrtSession.Result result = session.run(given, Set.of(wanted))) {
                OnnxTensor output = (OnnxTensor) result.get(0);
                FloatBuffer values = output.getFloatBuffer();
                float[] numbers = new float[values.remaining()];
                values.get(numbers);
                return Tensor.of(numbers, output.getInfo().getShape());
            }
        } catch (OrtException e) {
            throw failed(name, e);
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(Tensor t) throws OrtException {
        Tensor plain = t.dtype() == DType.I64 ? t : t.to(DType.F32);
        ByteBuffer copy = plain.bytes();
        ByteBuffer direct = ByteBuffer.allocateDirect(copy.remaining()).order(java.nio.ByteOrder.nativeOrder());
        direct.put(copy).flip();
        return plain.dtype() == DType.I64
                ? OnnxTensor.createTensor(environment, direct.asLongBuffer(), plain.shape())
                : OnnxTensor.createTensor(environment, direct.asFloatBuffer(), plain.shape());
    }

    private static ExportException failed(String name, OrtException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return new ExportException(name + ": ONNX Runtime refuses it: " + message, e);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failed(name, e);
        }
    }
}
