package dev.decant.recipe.internal;

import java.util.Locale;

/** Java names as recipes spell them: {@code minLr} is min-lr, {@code RandAugment} is rand-augment, {@code CENTER_CROP} is center-crop. */
public final class KebabCase {

    private KebabCase() {}

    public static String of(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    public static String of(Class<?> type) {
        return of(type.getSimpleName());
    }

    public static String of(Enum<?> constant) {
        return constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
    }
}
