package dev.decant.recipe.internal;

import dev.decant.recipe.LossProvider;
import dev.decant.recipe.LossSpec;
import dev.decant.recipe.ProvidedLoss;
import dev.decant.recipe.TermSpec;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** The losses of every {@link LossProvider} on the class path. */
public final class ProvidedLosses {

    private static final Map<String, LossProvider> PROVIDERS = new LinkedHashMap<>();

    static {
        for (LossProvider provider : ServiceLoader.load(LossProvider.class, LossProvider.class.getClassLoader())) {
            add(provider);
        }
    }

    private ProvidedLosses() {}

    private static void add(LossProvider provider) {
        Class<?> loss = provider.loss();
        String kind = KebabCase.of(loss);
        if (!loss.isRecord() || !Modifier.isPublic(loss.getModifiers())) {
            throw new IllegalStateException(loss.getName() + " must be a public record to be the loss '" + kind + "'");
        }
        if (Shape.builtIn(LossSpec.class).containsKey(kind) || PROVIDERS.putIfAbsent(kind, provider) != null) {
            throw new IllegalStateException(
                    provider.getClass().getName() + " provides a loss '" + kind + "', and there is one already");
        }
        List<String> taken = Shape.keys(TermSpec.class, Optional.empty());
        for (String key : Shape.keys(loss, Optional.empty())) {
            if (taken.contains(key) || key.equals(Shape.kindKey(LossSpec.class))) {
                throw new IllegalStateException(
                        "the loss '" + kind + "' has a key '" + key + "', which every term has; rename it");
            }
        }
    }

    /** Their records by the names that recipes give them. */
    static Map<String, Class<?>> records() {
        Map<String, Class<?>> records = new LinkedHashMap<>();
        PROVIDERS.forEach((kind, provider) -> records.put(kind, provider.loss()));
        return records;
    }

    /** Who provides a loss. */
    public static LossProvider provider(ProvidedLoss loss) {
        return Optional.ofNullable(PROVIDERS.get(loss.kind()))
                .filter(p -> p.loss() == loss.getClass())
                .orElseThrow(() -> new IllegalStateException(loss.getClass().getName()
                        + " has no provider; name one in META-INF/services/" + LossProvider.class.getName()));
    }
}
