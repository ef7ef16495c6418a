package dev.decant.nn;

import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Recording;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What follows from parameters that do not learn, made once instead of in every step: a teacher's weights in bf16, a
 * convolution with its norm in it, weights as they are rounded. Made again when the parameters have changed. Several threads may run one
 * network that does not learn.
 */
final class WeightCache {

    private List<Tensor.Stamp> stamps = List.of();
    private boolean bf16;
    private List<Tensor> kept = List.of();
    private List<Tensor.Stamp> wholeStamps = List.of();
    private Optional<Int8Matrix> whole = Optional.empty();
    private Thread maker = Thread.currentThread();

    /**
     * The weight that a product is made with, as the slot leaves it: what it rounds is kept while nothing learns; what is as it is and
     * does not learn is kept in bf16.
     */
    Tensor weight(Tensor weight, Slot slot) {
        if (!slot.isFilled()) {
            return helps(weight) ? of(List.of(weight), () -> List.of(weight)).get(0) : weight;
        }
        if (!nothingLearns()) {
            forget();
            return slot.apply(weight);
        }
        return of(sources(weight, slot), () -> List.of(slot.apply(weight))).get(0);
    }

    /** Whether what is computed now is neither learned from nor recorded, so that it may be made in another way. */
    static boolean nothingLearns() {
        return NoGrad.isOn() && !Recording.isOpen();
    }

    /** The weight (O, I) in whole numbers, if its slot makes or holds such. */
    synchronized Optional<Int8Matrix> whole(Tensor weight, Slot slot) {
        List<Tensor.Stamp> now =
                sources(weight, slot).stream().map(Tensor::stamp).toList();
        if (!now.equals(wholeStamps)) {
            forgetWhole();
            maker = Thread.currentThread();
            try (Scope scope = Scope.open()) {
                whole = slot.whole(weight)
                        .filter(w -> w.offset().isEmpty() && w.fits(weight.shape()))
                        .map(w -> w.mapped(Scope::forever));
            }
            wholeStamps = now;
        }
        return whole;
    }

    private static List<Tensor> sources(Tensor weight, Slot slot) {
        List<Tensor> from = new ArrayList<>(List.of(weight));
        slot.quantizer().ifPresent(q -> from.addAll(q.state().values()));
        return from;
    }

    /** Where learning goes on, nothing is kept: it would take the room of the weights once more. */
    private synchronized void forget() {
        kept.forEach(this::letGo);
        kept = List.of();
        stamps = List.of();
        forgetWhole();
    }

    private void forgetWhole() {
        whole.ifPresent(w -> w.mapped(part -> {
            letGo(part);
            return part;
        }));
        whole = Optional.empty();
        wholeStamps = List.of();
    }

    /** What another thread made it may still be using; that is left to the garbage collector. */
    private void letGo(Tensor tensor) {
        if (maker == Thread.currentThread()) {
            Scope.letGo(tensor);
        }
    }

    /** Is there anything to gain: bf16 products on the CPU from a weight that does not learn? */
    private static boolean helps(Tensor weight) {
        return !weight.requiresGrad()
                && weight.dtype() == DType.F32
                && !weight.device().isCuda()
                && Autocast.isOn(weight.device());
    }

    /** What {@code make} makes of these, in bf16 where products run in bf16. */
    synchronized List<Tensor> of(List<Tensor> from, Supplier<List<Tensor>> make) {
        List<Tensor.Stamp> now = from.stream().map(Tensor::stamp).toList();
        boolean products = Autocast.isOn(from.get(0).device());
        if (!now.equals(stamps) || bf16 != products) {
            kept.forEach(this::letGo);
            maker = Thread.currentThread();
            kept = make.get().stream()
                    .map(t -> Scope.forever(products ? t.to(DType.BF16) : t))
                    .toList();
            stamps = now;
            bf16 = products;
        }
        return kept;
    }
}
