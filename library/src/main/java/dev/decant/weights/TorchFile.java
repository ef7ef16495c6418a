package dev.decant.weights;

import dev.decant.file.MappedFile;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PyTorch's own weight files ({@code .pth .pt .bin .th}), the zip of version 1.6 on and the plain one before it, read
 * without executing
 * anything: see {@link TorchObjects} for all that a file may mention.
 */
final class TorchFile {

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long LEGACY_PROTOCOL = 1001;
    private static final int ZIP = 0x04034b50;

    /** Where training scripts put the weights, in the order they are looked for; averaged ones first, as timm does. */
    private static final List<String> WRAPPERS = List.of("state_dict_ema", "model_ema", "state_dict", "model");

    private static final String DATA_PARALLEL = "module.";

    private TorchFile() {}

    /**
     * The tensors of the file's state dict. A dict without tensors of its own is unwrapped: the first of {@code
     * state_dict_ema, model_ema,
     * state_dict, model} that is a dict. A leading "module." is dropped. Other values than tensors are left out.
     *
     * @throws WeightsException if the file carries code, is corrupt, or holds no tensors
     */
    public static StoredWeights read(Path file) {
        MappedFile mapped = MappedFile.open(file);
        if (mapped.size() < 4) {
            throw WeightsException.in(file, "not a PyTorch file: " + mapped.size() + " bytes");
        }
        return mapped.head().getInt() == ZIP ? readZip(mapped) : readLegacy(mapped);
    }

    private static StoredWeights readZip(MappedFile file) {
        TorchZip zip = TorchZip.open(file);
        String root = zip.root();
        boolean isBigEndian = zip.entry(root + "byteorder")
                .map(r -> StandardCharsets.US_ASCII.decode(r.all()).toString().equals("big"))
                .orElse(false);
        checkByteOrder(file.path(), !isBigEndian);
        ByteBuffer pickle = zip.entry(root + "data.pkl").orElseThrow().all();
        Object content = new Unpickler(file.path(), pickle, new TorchObjects(file.path())).load();
        TorchViews views = new TorchViews(file, storage -> zip.entry(root + "data/" + storage.key()));
        return weights(file.path(), content, views);
    }

    private static StoredWeights readLegacy(MappedFile file) {
        Path path = file.path();
        ByteBuffer in = file.head();
        if ((in.get(0) & 0xff) != 0x80) {
            throw WeightsException.in(path, "not a PyTorch file: neither a zip nor a pickle");
        }
        TorchObjects objects = new TorchObjects(path);
        if (!MAGIC.equals(new Unpickler(path, in, objects).load())) {
            throw WeightsException.in(path, "a pickle, but not one that torch.save wrote");
        }
        if (!Long.valueOf(LEGACY_PROTOCOL).equals(new Unpickler(path, in, objects).load())) {
            throw WeightsException.in(path, "an unknown version of PyTorch's format");
        }
        Object system = new Unpickler(path, in, objects).load();
        checkByteOrder(path, !(system instanceof Map<?, ?> m && Boolean.FALSE.equals(m.get("little_endian"))));
        Object content = new Unpickler(path, in, objects).load();
        Object keys = new Unpickler(path, in, objects).load();
        if (!(keys instanceof List<?> list)) {
            throw WeightsException.in(path, "truncated or corrupt: no list of storages");
        }
        Map<String, MappedFile.Region> storages = legacyStorages(file, in.position(), list, objects.widths());
        return weights(path, content, new TorchViews(file, s -> Optional.ofNullable(storages.get(s.key()))));
    }

    private static void checkByteOrder(Path file, boolean isLittleEndian) {
        if (!isLittleEndian) {
            throw WeightsException.in(file, "was written on a big-endian machine, which is not read here");
        }
    }

    private static StoredWeights weights(Path file, Object content, TorchViews views) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        stateDict(file, content).forEach((key, value) -> {
            if (key instanceof String name && value instanceof Pickled.View view) {
                String bare = name.startsWith(DATA_PARALLEL) ? name.substring(DATA_PARALLEL.length()) : name;
                if (tensors.put(bare, views.read(bare, view)) != null) {
                    throw WeightsException.in(file, "holds both '" + bare + "' and '" + DATA_PARALLEL + bare + "'");
                }
            }
        });
        return new StoredWeights(file, tensors, Map.of());
    }

    private static Map<?, ?> stateDict(Path file, Object content) {
        if (content instanceof Map<?, ?> map) {
            if (holdsTensors(map)) {
                return map;
            }
            for (String wrapper : WRAPPERS) {
                if (map.get(wrapper) instanceof Map<?, ?> inner && holdsTensors(inner)) {
                    return inner;
                }
            }
        }
        throw WeightsException.in(
                file, "holds no state dict: expected a dict of tensors, alone or under one of " + WRAPPERS);
    }

    private static boolean holdsTensors(Map<?, ?> map) {
        return map.values().stream().anyMatch(Pickled.View.class::isInstance);
    }

    /**
     * The storages that follow the pickles of the old format, in the order of their keys: a count of elements, then
     * their bytes.
     */
    private static Map<String, MappedFile.Region> legacyStorages(
            MappedFile file, long first, List<?> keys, Map<String, Integer> widths) {
        Map<String, MappedFile.Region> storages = new HashMap<>();
        long position = first;
        for (Object key : keys) {
            if (!(key instanceof String name) || !widths.containsKey(name) || storages.containsKey(name)) {
                throw WeightsException.in(
                        file.path(), "truncated or corrupt: its list of storages does not fit its tensors");
            }
            long elements = file.region(position, Long.BYTES).all().getLong();
            if (elements < 0 || elements > file.size()) {
                throw WeightsException.in(file.path(), "truncated or corrupt: a storage of " + elements + " elements");
            }
            MappedFile.Region region = file.region(position + Long.BYTES, elements * widths.get(name));
            storages.put(name, region);
            position = region.start() + region.length();
        }
        return storages;
    }
}
