package dev.decant.modelio;

import dev.decant.modelio.Meaning.Role;
import dev.decant.modelio.Meaning.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What nodes give that read nothing of what flows through the layers. */
final class Asides {

    private static final Set<String> SAME_ENTRIES = Set.of("Identity", "Cast", "Unsqueeze", "Squeeze", "Reshape");

    private Asides() {}

    /** What lies beside the flow: sizes, masks, positions. */
    static Side of(Operands o) {
        boolean isCounted = o.op().equals("CumSum");
        boolean isLearned = false;
        for (Optional<Meaning> input : o.inputs()) {
            isCounted |= input.isPresent() && input.get() instanceof Side s && s.isCounted();
            isLearned |= input.isPresent()
                    && (Operands.isTable(input.get()) || (input.get() instanceof Side s && s.isLearned()));
        }
        Role role = o.op().matches("Reshape|Unsqueeze|Squeeze")
                ? o.input(0, Side.class).map(Side::role).orElse(Role.OTHER)
                : Role.OTHER;
        return new Side(role, isCounted, isLearned, entries(o));
    }

    private static List<OptionalLong> entries(Operands o) {
        Optional<Meaning> a = o.input(0);
        if (SAME_ENTRIES.contains(o.op())) {
            return a.map(Operands::entries).orElse(List.of());
        }
        if (o.op().equals("Gather") && a.isPresent()) {
            return List.of(OptionalLong.empty());
        }
        if (!o.op().equals("Concat")) {
            return List.of();
        }
        List<OptionalLong> all = new ArrayList<>();
        for (Optional<Meaning> part : o.inputs()) {
            List<OptionalLong> entries = part.map(Operands::entries).orElse(List.of());
            all = entries.isEmpty() ? new ArrayList<>() : all;
            all.addAll(entries);
        }
        return Collections.unmodifiableList(all);
    }
}
