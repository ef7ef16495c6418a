package dev.decant.train;

import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.WeightsException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training frozen between two epochs: every tensor that changes, the position, the random state.
 *
 * <p>One safetensors file, written whole or not at all, with a checksum over all tensors in its metadata. Read back into
 * the same objects it goes on to the same bits.
 */
public final class Checkpoint {

    private static final String CHECKSUM = "sha256";

    private Checkpoint() {}

    /**
     * Where a training stands.
     *
     * @param step optimizer steps done
     * @param epoch epochs done
     * @param best highest accuracy so far, in percent
     * @param waited share of the time spent waiting for data so far
     */
    public record Position(long step, int epoch, double best, double waited) {
        public static final Position START = new Position(0, 0, Double.NEGATIVE_INFINITY, 0);
    }

    /** Saves the tensors (by name) and the device's random state. */
    public static void save(Path file, Map<String, Tensor> tensors, Position position, Device device) {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        tensors.forEach((name, t) -> stored.put(name, StoredTensor.of(name, t.dtype(), t.shape(), t.bytes())));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("step", Long.toString(position.step));
        metadata.put("epoch", Integer.toString(position.epoch));
        metadata.put("best", Double.toString(position.best));
        metadata.put("waited", Double.toString(position.waited));
        metadata.put("random", Base64.getEncoder().encodeToString(Rng.state(device)));
        metadata.put(CHECKSUM, checksum(stored));
        Safetensors.write(file, stored, metadata);
    }

    /** Puts everything back; the names must be the same on both sides, and the checksum must hold. */
    public static Position load(Path file, Map<String, Tensor> tensors, Device device) {
        StoredWeights stored = Safetensors.read(file);
        Map<String, String> metadata = stored.metadata();
        if (!checksum(stored.tensors()).equals(metadata.get(CHECKSUM))) {
            throw new WeightsException(
                    file + ": damaged (its checksum does not hold); delete it to start this part anew");
        }
        if (!stored.tensors().keySet().equals(tensors.keySet())) {
            throw new WeightsException(file + ": saved by another recipe (it holds "
                    + stored.tensors().size() + " tensors, this one needs " + tensors.size()
                    + "); choose another output folder");
        }
        try (NoGrad quiet = NoGrad.open()) {
            tensors.forEach((name, t) -> t.copyFrom(tensor(stored, name)));
        }
        Rng.restore(device, Base64.getDecoder().decode(required(file, metadata, "random")));
        return new Position(
                Long.parseLong(required(file, metadata, "step")),
                Integer.parseInt(required(file, metadata, "epoch")),
                Double.parseDouble(required(file, metadata, "best")),
                Double.parseDouble(required(file, metadata, "waited")));
    }

    private static Tensor tensor(StoredWeights stored, String name) {
        StoredTensor t = stored.tensors().get(name);
        if (t == null) {
            throw new WeightsException(stored.source() + ": no tensor '" + name + "'");
        }
        return t.toTensor();
    }

    private static String required(Path file, Map<String, String> metadata, String key) {
        String value = metadata.get(key);
        if (value == null) {
            throw new WeightsException(file + ": not a checkpoint (no '" + key + "' in its metadata)");
        }
        return value;
    }

    private static String checksum(Map<String, StoredTensor> tensors) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            tensors.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(e -> {
                digest.update(e.getKey().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update(e.getValue().data());
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
