package dev.decant.train;

import dev.decant.UserException;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.WeightsException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A training frozen between two epochs: every tensor that changes, the position, the random state.
 *
 * <p>One safetensors file, written whole or not at all, with a checksum over all of it in its metadata. Read back into
 * the same objects it goes on to the same bits.
 */
final class Checkpoint {

    private static final String CHECKSUM = "sha256";

    private Checkpoint() {}

    /**
     * Where a training stands.
     *
     * @param step optimizer steps done
     * @param epoch epochs done
     * @param best highest accuracy so far, in percent
     * @param spent time so far, of all attempts whose work was kept
     */
    public record Position(long step, int epoch, double best, Times spent) {
        public static final Position START = new Position(0, 0, Double.NEGATIVE_INFINITY, Times.NONE);
    }

    /**
     * Where the time went, in seconds.
     *
     * @param total from start to here
     * @param training in training steps, waiting included
     * @param waiting for data
     */
    public record Times(double total, double training, double waiting) {
        public static final Times NONE = new Times(0, 0, 0);

        /** Part of the training time that was spent waiting for data. */
        public double waitingShare() {
            return training == 0 ? 0 : waiting / training;
        }

        Times plus(Times o) {
            return new Times(total + o.total, training + o.training, waiting + o.waiting);
        }
    }

    /** Saves the tensors (by name) and the device's random state. */
    public static void save(Path file, Map<String, Tensor> tensors, Position position, Device device) {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        tensors.forEach((name, t) -> stored.put(name, StoredTensor.of(name, t.dtype(), t.shape(), t.bytes())));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("step", Long.toString(position.step));
        metadata.put("epoch", Integer.toString(position.epoch));
        metadata.put("best", Double.toString(position.best));
        metadata.put("seconds", Double.toString(position.spent.total));
        metadata.put("seconds-training", Double.toString(position.spent.training));
        metadata.put("seconds-waiting", Double.toString(position.spent.waiting));
        metadata.put("random", encoded(Device.CPU));
        if (device.isCuda()) {
            metadata.put("random-device", encoded(device));
        }
        metadata.put(CHECKSUM, checksum(stored, metadata));
        Safetensors.write(file, stored, metadata);
    }

    /** Puts everything back; the names must be the same on both sides, and the checksum must hold. */
    public static Position load(Path file, Map<String, Tensor> tensors, Device device) {
        StoredWeights stored = read(file);
        Map<String, String> metadata = stored.metadata();
        if (!checksum(stored.tensors(), metadata).equals(metadata.get(CHECKSUM))) {
            throw new WeightsException(
                    file
                            + ": damaged, or of another version of Decant (its checksum does not hold); delete it to start this part anew");
        }
        if (!stored.tensors().keySet().equals(tensors.keySet())) {
            throw new WeightsException(file + ": saved by another recipe (it holds "
                    + stored.tensors().size() + " tensors, this one needs " + tensors.size()
                    + "); choose another output folder");
        }
        try (NoGrad quiet = NoGrad.open()) {
            tensors.forEach((name, t) -> t.copyFrom(tensor(stored, name)));
        }
        Rng.restore(Device.CPU, Base64.getDecoder().decode(required(file, metadata, "random")));
        if (device.isCuda()) {
            Rng.restore(device, Base64.getDecoder().decode(required(file, metadata, "random-device")));
        }
        return new Position(
                Long.parseLong(required(file, metadata, "step")),
                Integer.parseInt(required(file, metadata, "epoch")),
                Double.parseDouble(required(file, metadata, "best")),
                new Times(
                        Double.parseDouble(required(file, metadata, "seconds")),
                        Double.parseDouble(required(file, metadata, "seconds-training")),
                        Double.parseDouble(required(file, metadata, "seconds-waiting"))));
    }

    private static StoredWeights read(Path file) {
        try {
            return Safetensors.read(file);
        } catch (UserException e) {
            throw new WeightsException(e.getMessage() + "; delete it to start this part anew", e);
        }
    }

    private static String encoded(Device device) {
        return Base64.getEncoder().encodeToString(Rng.state(device));
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

    /** Over names, types, shapes and values of the tensors, and over everything else that is noted. */
    private static String checksum(Map<String, StoredTensor> tensors, Map<String, String> metadata) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new TreeMap<>(metadata).forEach((key, value) -> {
                if (!key.equals(CHECKSUM)) {
                    digest.update((key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8));
                }
            });
            new TreeMap<>(tensors).forEach((name, t) -> {
                String head = name + " " + t.dtype() + " " + Arrays.toString(t.shape()) + "\n";
                digest.update(head.getBytes(StandardCharsets.UTF_8));
                digest.update(t.data());
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
