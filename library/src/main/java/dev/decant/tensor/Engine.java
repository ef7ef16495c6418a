package dev.decant.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads libtorch once, with everything set that must be set before it loads.
 *
 * <ul>
 *   <li>All natives are unpacked first: on an empty cache a lazy load ends in a crash of the process.
 *   <li>JavaCPP's own memory cap (a multiple of the Java heap) would force garbage collections; it is switched off.
 * </ul>
 *
 * <p>{@link #tuneProcess} adds, for the process as a whole:
 *
 * <ul>
 *   <li>OpenBLAS does not know the newest CPUs and then takes its oldest fast kernels; the kernel is chosen here from the
 *       CPU's flags unless {@code OPENBLAS_CORETYPE} is set.
 *   <li>OpenBLAS has threads of its own, which fight with those of everything else (OpenMP's) for the cores: either kind spins
 *       while the other works. It gets one ({@code OPENBLAS_NUM_THREADS}, unless set); large products go to oneDNN ({@link
 *       Ops#linear}), batches of small ones are shared out among OpenMP's threads.
 *   <li>OpenMP's idle threads spin for milliseconds, and where anything else runs, the thread that they wait for is kept from its
 *       core: a step took ten times as long beside one busy process. They spin a tenth of a millisecond ({@code GOMP_SPINCOUNT},
 *       unless that or {@code OMP_WAIT_POLICY} is set).
 *   <li>glibc gives the pages of a step's tensors back to the kernel and faults them in again; {@code mallopt} ends that.
 * </ul>
 */
public final class Engine {

    private static volatile boolean tuning;

    private Engine() {}

    /**
     * Lets the loading of libtorch set malloc and environment of this process as training needs them (see above). For a process
     * that belongs to Decant, as the command line's does; the process of a host stays as it is unless the host calls this. Has an
     * effect before the first use of Decant, and on Linux.
     */
    public static void tuneProcess() {
        tuning = true;
    }

    /** Idempotent and thread-safe; every entry to this package calls it. */
    public static void load() {
        Loaded.touch();
    }

    /** Threads of one operation; process-wide. */
    public static void threads(int n) {
        load();
        torch.set_num_threads(n);
    }

    public static int threads() {
        load();
        return torch.get_num_threads();
    }

    public static boolean cudaIsAvailable() {
        load();
        return torch.cuda_is_available();
    }

    /** The OpenBLAS kernel asked for, or "as OpenBLAS finds it". */
    public static String blasKernel() {
        load();
        String asked = Loaded.CORE_TYPE;
        return asked.isEmpty() ? "as OpenBLAS finds it" : asked;
    }

    /** Does the CPU multiply bf16 in hardware, so that autocast pays? */
    public static boolean bf16IsFast() {
        load();
        return Loaded.BF16;
    }

    /** Does the CPU multiply bytes in hardware, so that products of whole numbers are faster than those of fp32? */
    public static boolean bytesAreFast() {
        load();
        return Loaded.BYTES;
    }

    /** Has this build oneDNN, whose convolutions use all threads? On x86-64; elsewhere OpenBLAS does the products. */
    static boolean hasOneDnn() {
        return Loaded.ONE_DNN;
    }

    /** Are this CPU's convolutions right for any number of channels, or does the facade fill these up to multiples of 16? */
    public static boolean convolutionsAreRight() {
        load();
        return !WholeBlocks.areNeeded();
    }

    /** What libtorch says of its own vector instructions, e.g. AVX512. */
    public static String cpuCapability() {
        load();
        return torch.get_cpu_capability().getString();
    }

    /** Folder the natives are unpacked to. */
    public static Path nativeCache() {
        try {
            return Loader.getCacheDir().toPath();
        } catch (IOException e) {
            throw new TensorException("no folder to unpack native libraries to: " + e.getMessage(), e);
        }
    }

    /** Holder whose initialisation is the loading. */
    private static final class Loaded {
        static final String CPU_FLAGS = cpuFlags();
        static final String CORE_TYPE = start();
        static final boolean BF16 = hasOneOf("avx512_bf16|amx_bf16");
        static final boolean BYTES = hasOneOf("avx512_vnni|avx_vnni|amx_int8");
        static final boolean ONE_DNN = Loader.getPlatform().endsWith("x86_64");

        static void touch() {}

        private static boolean hasOneOf(String flags) {
            return (" " + CPU_FLAGS + " ").matches(".* (" + flags + ") .*");
        }

        private static String start() {
            System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
            boolean tunes = tuning && isLinux();
            if (tunes) {
                ProcessTuning.apply(CPU_FLAGS);
            }
            try {
                Loader.cacheResources(
                        org.bytedeco.pytorch.presets.torch.class,
                        "/org/bytedeco/pytorch/" + Loader.getPlatform() + "/");
                Loader.load(torch.class);
                // Slower than oneDNN, and where it does not know the CPU it says so in every convolution.
                torch.globalContext().setUserEnabledNNPACK(false);
            } catch (IOException e) {
                throw new TensorException(
                        "cannot unpack libtorch to " + nativeCache() + ": " + e.getMessage()
                                + "; free some space there or set -Dorg.bytedeco.javacpp.cachedir=FOLDER",
                        e);
            } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
                throw new TensorException(
                        "libtorch does not load on " + Loader.getPlatform() + ": " + e.getMessage()
                                + "; is org.bytedeco:pytorch with that classifier on the class path?",
                        e);
            }
            String asked = System.getenv("OPENBLAS_CORETYPE");
            return asked != null ? asked : tunes ? ProcessTuning.coreTypeFor(CPU_FLAGS) : "";
        }

        private static boolean isLinux() {
            return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        }

        private static String cpuFlags() {
            try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
                return lines.filter(l -> l.startsWith("flags"))
                        .findFirst()
                        .map(l -> l.substring(l.indexOf(':') + 1).trim())
                        .orElse("");
            } catch (IOException | java.io.UncheckedIOException e) {
                return ""; // no /proc: the CPU stays unknown and OpenBLAS chooses
            }
        }
    }
}
