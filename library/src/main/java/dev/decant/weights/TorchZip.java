package dev.decant.weights;

import dev.decant.file.MappedFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of an uncompressed zip, so that each entry is a stretch of the mapped file and nothing is unpacked.
 * PyTorch stores
 * its entries so; a compressed one is refused.
 */
final class TorchZip {

    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END_SIZE = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final long ABSENT = 0xffffffffL;

    private final MappedFile file;
    private final Map<String, MappedFile.Region> entries = new HashMap<>();

    private TorchZip(MappedFile file) {
        this.file = file;
    }

    static TorchZip open(MappedFile file) {
        TorchZip zip = new TorchZip(file);
        zip.readDirectory(zip.directory());
        return zip;
    }

    Optional<MappedFile.Region> entry(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /** The folder all records lie in: the one that holds {@code data.pkl}. */
    String root() {
        return entries.keySet().stream()
                .filter(name -> name.endsWith("/data.pkl") && name.indexOf('/') == name.lastIndexOf('/'))
                .sorted()
                .findFirst()
                .map(name -> name.substring(0, name.length() - "data.pkl".length()))
                .orElseThrow(
                        () -> WeightsException.in(file.path(), "a zip, but not one of PyTorch: no data.pkl in it"));
    }

    private ByteBuffer directory() {
        long tailStart = Math.max(0, file.size() - END_SIZE - LONGEST_COMMENT);
        ByteBuffer tail = file.region(tailStart, file.size() - tailStart).all();
        for (int at = tail.limit() - END_SIZE; at >= 0; at--) {
            if (tail.getInt(at) == END) {
                long size = tail.getInt(at + 12) & ABSENT;
                long start = tail.getInt(at + 16) & ABSENT;
                if (size == ABSENT || start == ABSENT || (tail.getShort(at + 10) & 0xffff) == 0xffff) {
                    return directory64(tailStart + at);
                }
                return file.region(start, size).all();
            }
        }
        throw WeightsException.in(file.path(), "truncated or corrupt: a zip without its directory");
    }

    private ByteBuffer directory64(long end) {
        ByteBuffer locator = file.region(end - 20, 20).all();
        if (locator.getInt(0) != LOCATOR_64) {
            throw corrupt();
        }
        ByteBuffer record = file.region(locator.getLong(8), 56).all();
        if (record.getInt(0) != END_64) {
            throw corrupt();
        }
        return file.region(record.getLong(48), record.getLong(40)).all();
    }

    private void readDirectory(ByteBuffer directory) {
        int at = 0;
        while (directory.limit() - at >= 46 && directory.getInt(at) == CENTRAL) {
            int name = directory.getShort(at + 28) & 0xffff;
            int extra = directory.getShort(at + 30) & 0xffff;
            int comment = directory.getShort(at + 32) & 0xffff;
            if (directory.limit() - at - 46 < name + extra + comment) {
                throw corrupt();
            }
            addEntry(directory.slice(at, 46 + name + extra).order(ByteOrder.LITTLE_ENDIAN), name);
            at += 46 + name + extra + comment;
        }
        if (at != directory.limit()) {
            throw corrupt();
        }
    }

    private void addEntry(ByteBuffer central, int nameLength) {
        byte[] bytes = new byte[nameLength];
        central.get(46, bytes);
        String name = new String(bytes, StandardCharsets.UTF_8);
        boolean isEncrypted = (central.getShort(8) & 1) != 0;
        if (central.getShort(10) != 0 || isEncrypted) {
            throw WeightsException.in(
                    file.path(),
                    "zip entry '" + TorchObjects.shortened(name)
                            + "' is compressed or encrypted, which PyTorch never does");
        }
        ByteBuffer extra = extra64(central.slice(46 + nameLength, central.limit() - 46 - nameLength));
        long size = wide(central.getInt(24), extra);
        long stored = wide(central.getInt(20), extra);
        long local = wide(central.getInt(42), extra);
        ByteBuffer header = file.region(local, 30).all();
        if (size != stored || header.getInt(0) != LOCAL) {
            throw corrupt();
        }
        long start = local + 30 + (header.getShort(26) & 0xffff) + (header.getShort(28) & 0xffff);
        if (entries.put(name, file.region(start, size)) != null) {
            throw WeightsException.in(file.path(), "zip entry '" + TorchObjects.shortened(name) + "' is there twice");
        }
    }

    /** The zip64 field (id 1) of the extra data, or nothing. */
    private ByteBuffer extra64(ByteBuffer unordered) {
        ByteBuffer extra = unordered.order(ByteOrder.LITTLE_ENDIAN);
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xffff;
            int length = extra.getShort() & 0xffff;
            if (length > extra.remaining()) {
                throw corrupt();
            }
            if (id == 1) {
                return extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            }
            extra.position(extra.position() + length);
        }
        return extra.slice(0, 0).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long wide(int narrow, ByteBuffer extra64) {
        long value = narrow & ABSENT;
        if (value != ABSENT) {
            return value;
        }
        if (extra64.remaining() < Long.BYTES) {
            throw corrupt();
        }
        return extra64.getLong();
    }

    private WeightsException corrupt() {
        return WeightsException.in(file.path(), "truncated or corrupt: the zip directory does not fit the file");
    }
}
