package dev.decant.weights;

import dev.decant.nn.Module;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads weights of any supported form and loads them into a model; the first class to look at in this package. */
public final class Weights {

    /**
     * Written by newer versions of PyTorch only, and used by nobody when a momentum is set: its absence or presence is
     * no mismatch.
     */
    private static final String BATCH_COUNTER = "num_batches_tracked";

    private Weights() {}

    /** A place for one tensor of a model. */
    public interface Target {
        DType dtype();

        long[] shape();

        /** Takes the values; the shape is right, the element type of the same kind (floating or not). */
        void set(StoredTensor value);
    }

    /**
     * Reads a safetensors file, a PyTorch file, or a folder that holds {@code model.safetensors} or {@code
     * pytorch_model.bin}, whole or in shards
     * with an index. The content decides, not the extension; only {@code .safetensors} is taken at its word.
     *
     * @throws WeightsException if it is none of these, is corrupt or carries code
     */
    public static StoredWeights read(Path path) {
        if (Files.isDirectory(path)) {
            return readFolder(path);
        }
        return path.toString().endsWith(".safetensors") || (Files.isRegularFile(path) && looksLikeSafetensors(path))
                ? Safetensors.read(path)
                : TorchFile.read(path);
    }

    /**
     * Sets the targets from the stored tensors: first all checks, then all tensors, so a refused load changes nothing.
     *
     * @param into the model's parameters and buffers by name
     * @throws WeightsException with the whole report in one line, unless {@code strictness} allows what was found
     */
    public static LoadReport load(
            Map<String, ? extends Target> into, StoredWeights stored, KeyMap keys, Strictness strictness) {
        Map<String, StoredTensor> renamed = rename(stored, keys);
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        List<String> nonFinite = new ArrayList<>();
        Map<String, StoredTensor> fitting = new LinkedHashMap<>();
        into.forEach((name, target) -> {
            StoredTensor tensor = renamed.get(name);
            if (tensor == null) {
                missing.add(name);
            } else if (!fits(tensor, target)) {
                misshapen.add(name + ": expected " + StoredTensor.describe(target.dtype(), target.shape()) + ", found "
                        + StoredTensor.describe(tensor.dtype(), tensor.shape()));
            } else {
                fitting.put(name, tensor);
                if (tensor.hasNonFinite()) {
                    nonFinite.add(name);
                }
            }
        });
        List<String> unexpected = new ArrayList<>(renamed.keySet());
        unexpected.removeAll(into.keySet());
        missing.removeIf(Weights::isBatchCounter);
        unexpected.removeIf(Weights::isBatchCounter);
        LoadReport report = new LoadReport(stored.source(), fitting.size(), missing, unexpected, misshapen, nonFinite);
        refuse(report, strictness);
        into.forEach((name, target) -> Optional.ofNullable(fitting.get(name)).ifPresent(target::set));
        return report;
    }

    /**
     * Loads into a module's parameters and buffers, in place: the tensors stay the same objects, on their device and in
     * their type.
     */
    public static LoadReport load(Module into, StoredWeights stored, KeyMap keys, Strictness strictness) {
        return load(targets(into.state()), stored, keys, strictness);
    }

    /** Tensors as places to load into. */
    public static Map<String, Target> targets(Map<String, Tensor> tensors) {
        Map<String, Target> targets = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> targets.put(name, new TensorTarget(tensor)));
        return targets;
    }

    private record TensorTarget(Tensor tensor) implements Target {
        @Override
        public DType dtype() {
            return tensor.dtype();
        }

        @Override
        public long[] shape() {
            return tensor.shape();
        }

        @Override
        public void set(StoredTensor value) {
            try (Scope copies = Scope.open();
                    NoGrad quiet = NoGrad.open()) {
                tensor.copyFrom(value.toTensor());
            }
        }
    }

    private static void refuse(LoadReport report, Strictness strictness) {
        boolean isMismatch = !report.matches() && !strictness.allowsMismatch();
        if (isMismatch || (!report.nonFinite().isEmpty() && !strictness.allowsNonFinite())) {
            throw new WeightsException(report.source() + ": "
                    + (isMismatch ? "weights of another model: " : "broken weights: ")
                    + report.summary().substring(report.source().toString().length() + 2));
        }
    }

    private static boolean fits(StoredTensor stored, Target target) {
        return Arrays.equals(stored.shape(), target.shape())
                && stored.dtype().isFloating() == target.dtype().isFloating();
    }

    private static boolean isBatchCounter(String name) {
        return name.equals(BATCH_COUNTER) || name.endsWith("." + BATCH_COUNTER);
    }

    private static Map<String, StoredTensor> rename(StoredWeights stored, KeyMap keys) {
        Map<String, StoredTensor> renamed = new LinkedHashMap<>();
        stored.tensors().forEach((name, tensor) -> keys.target(name).ifPresent(target -> {
            StoredTensor before = renamed.put(target, tensor.named(target));
            if (before != null) {
                throw WeightsException.in(
                        stored.source(), "two of its tensors mean '" + target + "', one is '" + name + "'");
            }
        }));
        return renamed;
    }

    private static StoredWeights readFolder(Path folder) {
        Map<String, Function<Path, StoredWeights>> readers = new LinkedHashMap<>();
        readers.put("model.safetensors", Safetensors::read);
        readers.put("model.safetensors.index.json", index -> ShardIndex.read(index, Safetensors::read));
        readers.put("pytorch_model.bin", TorchFile::read);
        readers.put("pytorch_model.bin.index.json", index -> ShardIndex.read(index, TorchFile::read));
        Optional<String> found = readers.keySet().stream()
                .filter(name -> Files.exists(folder.resolve(name)))
                .findFirst();
        return found.flatMap(name -> Optional.ofNullable(readers.get(name)).map(r -> r.apply(folder.resolve(name))))
                .orElseThrow(() -> WeightsException.in(
                        folder, "no weights in this folder; expected one of " + String.join(", ", readers.keySet())));
    }

    /** Eight bytes of a header length below 4 GiB, then an opening brace. */
    private static boolean looksLikeSafetensors(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(9);
            return start.length == 9 && start[8] == '{' && (start[4] | start[5] | start[6] | start[7]) == 0;
        } catch (IOException e) {
            throw WeightsException.unreadable(path, e);
        }
    }
}
