package dev.decant.nn;

import dev.decant.ModelException;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The named tensors that one forward pass was asked to leave behind.
 *
 * <p>Layers offer; the trace keeps an offer only if its name was asked for, so what nobody wants costs nothing (attention
 * stays fused unless its map is wanted). Names are paths: {@code trace.at("blocks").at("3").offer("output", ...)} is
 * {@code blocks.3.output}. One trace serves one pass on one thread; what it keeps
 * lives as long as the scope it was made in.
 */
public final class Trace {

    private static final Trace NONE =
            new Trace("", Set.of(), new LinkedHashMap<>(), new LinkedHashSet<>(), Map.of(), Scope.here(), false, false);

    private final String prefix;
    private final Set<String> wanted;
    private final Map<String, Tensor> kept;
    private final Set<String> offered;
    private final Map<String, Tensor> replacements;
    private final Scope.Place place;
    private final boolean active;
    private final boolean lists;

    private Trace(
            String prefix,
            Set<String> wanted,
            Map<String, Tensor> kept,
            Set<String> offered,
            Map<String, Tensor> replacements,
            Scope.Place place,
            boolean active,
            boolean lists) {
        this.prefix = prefix;
        this.wanted = wanted;
        this.kept = kept;
        this.offered = offered;
        this.replacements = replacements;
        this.place = place;
        this.active = active;
        this.lists = lists;
    }

    /** Keeps nothing. */
    public static Trace none() {
        return NONE;
    }

    /** Keeps the named tensors. */
    public static Trace of(Collection<String> names) {
        return replacing(names, Map.of());
    }

    /** Keeps the named tensors, and has other tensors take the place of some as the pass goes on. */
    public static Trace replacing(Collection<String> names, Map<String, Tensor> replacements) {
        return new Trace(
                "",
                Set.copyOf(names),
                new LinkedHashMap<>(),
                new LinkedHashSet<>(),
                Map.copyOf(replacements),
                Scope.here(),
                true,
                false);
    }

    public static Trace of(String... names) {
        return of(Set.of(names));
    }

    /** Keeps nothing but learns every name that the network can offer ({@link #offered}): no part is left out. */
    public static Trace listing() {
        return new Trace(
                "", Set.of(), new LinkedHashMap<>(), new LinkedHashSet<>(), Map.of(), Scope.here(), true, true);
    }

    /** The same trace, seen from a part of the model. */
    public Trace at(String part) {
        return active ? new Trace(prefix + part + ".", wanted, kept, offered, replacements, place, true, lists) : this;
    }

    public Trace at(int index) {
        return active ? at(Integer.toString(index)) : this;
    }

    /** Would an offer of this name be kept? Names it as offered either way. */
    public boolean wants(String name) {
        if (!active) {
            return false;
        }
        offered.add(prefix + name);
        return wanted.contains(prefix + name);
    }

    /** Would anything be kept of what a part offers? True for a {@link #listing} too, which wants to hear of everything. */
    public boolean wantsAnyOf(String part) {
        String path = prefix + part + ".";
        return active && (lists || wanted.stream().anyMatch(w -> w.startsWith(path)));
    }

    public void offer(String name, Supplier<Tensor> value) {
        if (wants(name)) {
            kept.put(prefix + name, place.hold(value.get()));
        }
    }

    public void offer(String name, Tensor value) {
        if (wants(name)) {
            kept.put(prefix + name, place.hold(value));
        }
    }

    /** Is another tensor to take the place of this one? */
    public boolean replaces(String name) {
        return active && replacements.containsKey(prefix + name);
    }

    /** Offers the tensor, and gives what the pass is to go on with: the tensor, or what takes its place, of its type. */
    public Tensor pass(String name, Tensor value) {
        offer(name, value);
        Tensor other = active ? replacements.get(prefix + name) : null;
        return other == null ? value : other.to(value.dtype());
    }

    /** The tensor kept under a full name; if nobody offered it, an error that lists what was offered. */
    public Tensor get(String name) {
        Tensor tensor = kept.get(name);
        if (tensor == null) {
            throw new ModelException(
                    (offered.contains(name) ? "'" + name + "' was offered but not asked for" : "no tap '" + name + "'")
                            + "; the model offers: " + String.join(", ", offered));
        }
        return tensor;
    }

    /** Full names offered so far, in the order of the pass. */
    public Set<String> offered() {
        return offered;
    }
}
