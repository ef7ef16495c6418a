package dev.decant.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Fingerprints of files, for provenance. */
public final class Hashes {

    private static final int CHUNK = 1 << 16;

    private Hashes() {}

    /** SHA-256 of a file's bytes in lower-case hexadecimal; {@link FileException} if it cannot be read. */
    public static String sha256(Path file) {
        return hash(file, "SHA-256");
    }

    /** As {@link #sha256}, SHA-1: what Maven keeps beside its files. */
    public static String sha1(Path file) {
        return hash(file, "SHA-1");
    }

    private static String hash(Path file, String algorithm) {
        MessageDigest digest = digest(algorithm);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        } catch (IOException e) {
            throw FileException.unreadable(file, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
