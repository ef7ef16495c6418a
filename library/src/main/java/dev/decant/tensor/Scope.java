package dev.decant.tensor;

import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;

/**
 * Frees every tensor made inside it when it closes; one is opened per training step.
 *
 * <p>Belongs to the thread that opened it. What must outlive it is named: {@link #keep}. Without a scope native memory
 * waits for the garbage collector, which does not know how large it is.
 */
public final class Scope implements AutoCloseable {

    private final PointerScope pointers;

    private Scope() {
        Engine.load();
        pointers = new PointerScope();
    }

    public static Scope open() {
        return new Scope();
    }

    /** Hands the tensor to the scope around this one, or to the garbage collector if there is none. */
    public Tensor keep(Tensor tensor) {
        tensor.handle().retainReference(); // leaving a scope drops a reference, and the last one frees
        pointers.detach(tensor.handle());
        around().ifPresent(scope -> {
            scope.attach(tensor.handle());
            tensor.handle().releaseReference();
        });
        return tensor;
    }

    private Optional<PointerScope> around() {
        var scopes = PointerScope.getScopeIterator(); // innermost first
        while (scopes.hasNext()) {
            if (scopes.next() == pointers && scopes.hasNext()) {
                return Optional.of(scopes.next());
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        pointers.close();
    }
}
