package dev.decant.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.decant.UserException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Corrupts good files at random; each must be read or refused, and never at a price. */
class CorruptionTest {

    private static final int TRIES = 500;
    private static final long MOST_BYTES = 64L << 20;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"every_dtype.safetensors", "strided.pth", "strided_legacy.pth", "training_protocol4.pth"})
    void isReadOrRefused(String name) throws IOException {
        byte[] good = Files.readAllBytes(Fixtures.file(name));
        int end = name.endsWith(".safetensors") ? 8 + good[0] + (good[1] & 0xff) * 256 : good.length;
        Path file = folder.resolve(name);
        int refused = 0;
        for (int seed = 0; seed < TRIES; seed++) {
            Files.write(file, corrupted(good, end, new Random(seed)));
            long before = allocated();
            try {
                Weights.read(file).tensors().values().forEach(StoredTensor::hasNonFinite);
            } catch (UserException e) {
                refused++;
                assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("seed " + seed + " of " + name, e);
            }
            assertThat(allocated() - before)
                    .as("bytes allocated, seed %d", seed)
                    .isLessThan(MOST_BYTES);
        }
        assertThat(refused).isGreaterThan(TRIES / 10);
    }

    /** Bytes replaced, bits flipped, a stretch copied elsewhere, or the end cut off. */
    private static byte[] corrupted(byte[] good, int end, Random random) {
        byte[] bytes = good.clone();
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(end);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
                default -> {
                    int from = random.nextInt(end);
                    int length = Math.min(random.nextInt(16), end - Math.max(at, from));
                    System.arraycopy(good, from, bytes, at, length);
                }
            }
        }
        return random.nextInt(10) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
