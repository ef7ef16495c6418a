package dev.decant.tensor;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;

/** Environment and malloc of this very process, set from inside as a launcher would have set them from outside. Linux only. */
final class ProcessTuning {

    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_MMAP_THRESHOLD = -3;

    private ProcessTuning() {}

    /** Values that the user set stay: the user knows better. */
    static void apply(String cpuFlags) {
        NativeLibrary libc = NativeLibrary.getInstance("c");
        Function mallopt = libc.getFunction("mallopt");
        mallopt.invokeInt(new Object[] {M_MMAP_THRESHOLD, 1 << 30});
        mallopt.invokeInt(new Object[] {M_TRIM_THRESHOLD, Integer.MAX_VALUE});
        setIfUnset(libc, "OPENBLAS_NUM_THREADS", "1");
        if (System.getenv("OMP_WAIT_POLICY") == null) {
            setIfUnset(libc, "GOMP_SPINCOUNT", "20000");
        }
        String coreType = coreTypeFor(cpuFlags);
        if (!coreType.isEmpty()) {
            setIfUnset(libc, "OPENBLAS_CORETYPE", coreType);
        }
    }

    private static void setIfUnset(NativeLibrary libc, String name, String value) {
        libc.getFunction("setenv").invokeInt(new Object[] {name, value, 0});
    }

    /** Chooses the OpenBLAS kernels for an x86-64 CPU from its flags; empty means leave the choice to OpenBLAS. */
    static String coreTypeFor(String cpuFlags) {
        String flags = " " + cpuFlags + " ";
        if (flags.contains(" avx512_bf16 ")) {
            return "SAPPHIRERAPIDS";
        }
        return flags.contains(" avx512f ") && flags.contains(" avx512dq ") ? "SKYLAKEX" : "";
    }
}
