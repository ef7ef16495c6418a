package dev.decant.tensor;

/**
 * Cuts the rows of a large matrix into stretches, so that what several operations after another make of one stays in the
 * processor's cache.
 */
public final class RowChunks {

    private static final long ELEMENTS = 1 << 18;

    /** What is done with rows {@code from} to {@code from + count}. */
    public interface Work {
        void on(long from, long count);
    }

    private RowChunks() {}

    /** Whether a matrix is so large that cutting it helps: on the CPU, and unless operations are recorded. */
    public static boolean help(Tensor matrix) {
        return matrix.elements() > 2 * ELEMENTS && !matrix.device().isCuda() && !Recording.isOpen();
    }

    /** Does the work on all stretches of rows of this width, in a scope each. */
    public static void each(long rows, long width, Work work) {
        long most = Math.max(1, ELEMENTS / width);
        for (long from = 0; from < rows; from += most) {
            try (Scope scope = Scope.open()) {
                work.on(from, Math.min(most, rows - from));
            }
        }
    }
}
