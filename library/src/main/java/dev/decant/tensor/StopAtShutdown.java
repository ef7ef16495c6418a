package dev.decant.tensor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets the work of one thread end before the JVM does. A JVM that exits destroys the static objects of libtorch; a thread that
 * computes at that moment crashes the process.
 *
 * <pre>{@code
 * try (StopAtShutdown guard = StopAtShutdown.open(() -> {})) {
 *     ... // trains, scores, computes
 * }
 * }</pre>
 *
 * <p>When the JVM shuts down inside that block (a signal, {@code System.exit} elsewhere), the thread is interrupted. Its next {@link
 * Scope#open} throws {@link StoppedException}, and the shutdown goes on when the block is left. A step that takes longer than three
 * seconds is abandoned: the process then ends without running any native destructor (on Linux; see {@link
 * NativeExit#skipDestructors}).
 */
public final class StopAtShutdown implements AutoCloseable {

    private static final long PATIENCE_MS = 3000;

    private final CountDownLatch left = new CountDownLatch(1);
    private final Thread worker;
    private final Runnable abandoned;
    private final Thread hook = new Thread(this::stop, "decant-stop");

    private StopAtShutdown(Thread worker, Runnable abandoned) {
        this.worker = worker;
        this.abandoned = abandoned;
    }

    /**
     * Guards the work of this thread until it is closed.
     *
     * @param abandoned runs in the shutdown if the step takes too long and is abandoned
     * @throws StoppedException if the JVM is shutting down already
     */
    public static StopAtShutdown open(Runnable abandoned) {
        StopAtShutdown guard = new StopAtShutdown(Thread.currentThread(), abandoned);
        try {
            Runtime.getRuntime().addShutdownHook(guard.hook);
        } catch (IllegalStateException e) {
            throw new StoppedException("the JVM is shutting down", e);
        }
        return guard;
    }

    private void stop() {
        worker.interrupt();
        try {
            if (left.await(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        NativeExit.skipDestructors();
        abandoned.run();
    }

    @Override
    @SuppressWarnings("EmptyCatch")
    public void close() {
        left.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The shutdown has begun; the hook sees that the work is over.
        }
    }
}
