package dev.decant.tensor;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** How the process leaves its native libraries. */
final class NativeExit {

    private NativeExit() {}

    /**
     * Ends the process, once it exits, before any handler or destructor runs that was registered earlier: glibc calls the handlers of
     * {@code on_exit} last in, first out, and hands them the exit code, so {@code _exit} itself is the handler. {@code Runtime.halt}
     * would not do: it ends in {@code exit}, which runs destructors. A C library without {@code on_exit} goes without.
     */
    @SuppressWarnings("EmptyCatch")
    static void skipDestructors() {
        try {
            NativeLibrary libc = NativeLibrary.getInstance("c");
            libc.getFunction("on_exit").invokeInt(new Object[] {libc.getFunction("_exit"), Pointer.NULL});
        } catch (UnsatisfiedLinkError e) {
            // Not glibc.
        }
    }
}
