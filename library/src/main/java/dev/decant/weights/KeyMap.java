package dev.decant.weights;

import java.util.Optional;

/** From the tensor names of a checkpoint to those of a model; pure. Empty means the tensor is meant to be left out. */
@FunctionalInterface
public interface KeyMap {

    Optional<String> target(String stored);

    /** Names are the model's already. */
    static KeyMap identity() {
        return Optional::of;
    }

    /** Drops a leading prefix where it is there. */
    static KeyMap withoutPrefix(String prefix) {
        return stored -> Optional.of(stored.startsWith(prefix) ? stored.substring(prefix.length()) : stored);
    }

    /** Leaves out every tensor whose name begins so, e.g. {@code "head."} for a new classifier. */
    static KeyMap without(String prefix) {
        return stored -> stored.startsWith(prefix) ? Optional.empty() : Optional.of(stored);
    }

    default KeyMap then(KeyMap next) {
        return stored -> target(stored).flatMap(next::target);
    }
}
