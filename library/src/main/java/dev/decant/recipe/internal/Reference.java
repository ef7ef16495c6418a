package dev.decant.recipe.internal;

import dev.decant.recipe.About;
import dev.decant.recipe.Bound;
import dev.decant.recipe.Eps;
import dev.decant.recipe.Pair;
import dev.decant.recipe.PlainValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of all recipe types as Markdown tables, in the order in which a reader meets them. */
public final class Reference {

    private static final Map<Class<?>, String> NAMES = Map.ofEntries(
            Map.entry(int.class, "whole number"),
            Map.entry(Integer.class, "whole number"),
            Map.entry(long.class, "whole number"),
            Map.entry(Long.class, "whole number"),
            Map.entry(double.class, "number"),
            Map.entry(Double.class, "number"),
            Map.entry(boolean.class, "true, false"),
            Map.entry(String.class, "text"),
            Map.entry(Object.class, "any"),
            Map.entry(Pair.class, "[number, number]"),
            Map.entry(Bound.class, "operator and number"),
            Map.entry(Eps.class, "number, list, auto"));

    private final StringBuilder out = new StringBuilder();
    private final Set<Class<?>> seen = new HashSet<>();
    private final Deque<Class<?>> next = new ArrayDeque<>();

    private Reference() {}

    public static String markdown(Class<?>... roots) {
        Reference reference = new Reference();
        for (Class<?> root : roots) {
            reference.link(root);
            while (!reference.next.isEmpty()) {
                reference.section(reference.next.remove());
            }
        }
        return reference.out.toString().strip() + "\n";
    }

    private void section(Class<?> type) {
        out.append("## ").append(title(type)).append("\n\n");
        about(type).ifPresent(a -> out.append(a).append("\n\n"));
        if (!type.isSealed()) {
            table(type);
            return;
        }
        Shape.usualKind(type).ifPresent(usual -> out.append("`")
                .append(Shape.kindKey(type))
                .append("` says which; `")
                .append(usual)
                .append("` unless set.\n\n"));
        Shape.builtIn(type).forEach((kind, choice) -> {
            out.append("### `").append(kind).append("`\n\n");
            about(choice).ifPresent(a -> out.append(a).append("\n\n"));
            table(choice);
        });
    }

    private void table(Class<?> type) {
        List<RecordComponent> own = Arrays.stream(type.getRecordComponents())
                .filter(c -> !Shape.isFlattened(c))
                .toList();
        out.append(own.isEmpty() ? "" : "| key | value | default | meaning |\n|---|---|---|---|\n");
        for (RecordComponent component : own) {
            String key = KebabCase.of(component.getName());
            String fallback = Shape.isOptional(component)
                    ? "not set"
                    : Shape.defaultText(component)
                            .map(d -> d.isEmpty() ? "(see meaning)" : "`" + d + "`")
                            .orElse("**required**");
            out.append("| `").append(key);
            Shape.singular(component).ifPresent(s -> out.append("`, `").append(s));
            out.append("` | ")
                    .append(name(component.getGenericType()))
                    .append(" | ")
                    .append(fallback);
            out.append(" | ").append(meaning(component)).append(" |\n");
        }
        for (RecordComponent component : type.getRecordComponents()) {
            if (Shape.isFlattened(component)) {
                out.append(own.isEmpty() ? "The keys of " : "\nAnd the keys of ")
                        .append(
                                component.getType().isSealed()
                                        ? linkNext(component.getType())
                                        : link(component.getType()))
                        .append(".\n");
            }
        }
        out.append(type.getRecordComponents().length == 0 ? "" : "\n");
    }

    /** The component's own line, or that of the method of an interface which it answers. */
    private static String meaning(RecordComponent component) {
        About own = component.getAnnotation(About.class);
        for (Class<?> answered : component.getDeclaringRecord().getInterfaces()) {
            own = own == null ? of(answered, component.getName()) : own;
        }
        if (own == null) {
            throw new AssertionError(component.getDeclaringRecord() + "." + component.getName() + " lacks @About");
        }
        return own.value();
    }

    private static @Nullable About of(Class<?> answered, String method) {
        try {
            return answered.getMethod(method).getAnnotation(About.class);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static Optional<String> about(Class<?> type) {
        return Optional.ofNullable(type.getAnnotation(About.class)).map(About::value);
    }

    private String name(Type type) {
        if (type instanceof ParameterizedType generic) {
            String element = name(Shape.element(generic));
            if (generic.getRawType() == Optional.class) {
                return element;
            }
            return (generic.getRawType() == List.class ? "list: " : "map: ") + element;
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isEnum()) {
            return String.join(", ", Scalars.names(raw));
        }
        if (NAMES.containsKey(raw) || PlainValue.class.isAssignableFrom(raw)) {
            return NAMES.getOrDefault(raw, raw.getSimpleName());
        }
        return link(raw);
    }

    private String link(Class<?> raw) {
        if (seen.add(raw)) {
            next.add(raw);
        }
        return "[" + title(raw) + "](#" + title(raw).replace(' ', '-') + ")";
    }

    /** A link to the section that comes next. */
    private String linkNext(Class<?> raw) {
        if (seen.add(raw)) {
            next.addFirst(raw);
        }
        return link(raw);
    }

    private static String title(Class<?> type) {
        return KebabCase.of(type.getSimpleName().replaceAll("Spec$", "")).replace('-', ' ');
    }
}
