package dev.decant.tensor;

import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;

/** No graph is recorded on this thread until it closes. */
public final class NoGrad implements AutoCloseable {

    private final NoGradGuard guard;

    private NoGrad() {
        Engine.load();
        guard = new NoGradGuard();
    }

    public static NoGrad open() {
        return new NoGrad();
    }

    /** Whether this thread records none now. */
    public static boolean isOn() {
        Engine.load();
        return !GradMode.is_enabled();
    }

    @Override
    public void close() {
        guard.close();
    }
}
