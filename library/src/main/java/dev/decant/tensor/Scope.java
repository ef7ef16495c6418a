package dev.decant.tensor;

import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;

/**
 * Frees every tensor made inside it when it closes; one is opened per training step.
 *
 * <p>Belongs to the thread that opened it. What must outlive it is named: {@link #keep}. Without a scope native memory
 * waits for the garbage collector, which does not know how large it is.
 *
 * <p>An interrupted thread opens no scope, so an interrupt ends a training, a scoring or a measurement after the step at hand.
 */
public final class Scope implements AutoCloseable {

    private final PointerScope pointers;

    private Scope() {
        Engine.load();
        pointers = new PointerScope();
    }

    /** @throws StoppedException if this thread was interrupted; it stays so */
    public static Scope open() {
        if (Thread.currentThread().isInterrupted()) {
            throw new StoppedException("stopped: the thread was interrupted");
        }
        return new Scope();
    }

    /** Runs the work in a scope of its own, which only the result outlives: a block's intermediate tensors end with it. */
    public static Tensor only(Supplier<Tensor> work) {
        Place outside = here();
        try (Scope scope = open()) {
            return outside.hold(work.get());
        }
    }

    /** The innermost scope that is open now. */
    public static Place here() {
        Engine.load();
        return new Place(Optional.ofNullable(PointerScope.getInnerScope()));
    }

    /** Another reference to the same tensor, which no scope frees: it is left to the garbage collector, or to {@link #letGo}. */
    public static Tensor forever(Tensor tensor) {
        return new Place(Optional.empty()).hold(tensor);
    }

    /** Frees a reference that {@link #forever} gave, at once. */
    public static void letGo(Tensor tensor) {
        tensor.handle().close();
    }

    /** A scope to put tensors into from scopes opened later; with none, they are left to the garbage collector. */
    public static final class Place {

        private final Optional<PointerScope> scope;

        private Place(Optional<PointerScope> scope) {
            this.scope = scope;
        }

        /** Another reference to the same tensor, which lives as long as this place. */
        public Tensor hold(Tensor tensor) {
            var reference = new org.bytedeco.pytorch.Tensor(tensor.handle());
            PointerScope inner = PointerScope.getInnerScope();
            if (inner != null && inner != scope.orElse(null)) {
                reference.retainReference();
                inner.detach(reference);
                scope.ifPresent(s -> {
                    s.attach(reference);
                    reference.releaseReference();
                });
            }
            return Recording.alias(new Tensor(reference), tensor);
        }
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
