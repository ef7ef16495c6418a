package dev.decant.modelio;

import java.nio.file.Path;
import java.util.Optional;

/** The user's folder for what can be made again. */
final class ModelCache {

    private ModelCache() {}

    /** $DECANT_CACHE, else {@code decant/models} in the folder that the system has for this. */
    static Path folder() {
        return environment("DECANT_CACHE")
                .map(Path::of)
                .orElseGet(() -> system().resolve("decant"))
                .resolve("models");
    }

    private static Path system() {
        String os = System.getProperty("os.name");
        Path home = Path.of(System.getProperty("user.home"));
        if (os.startsWith("Mac")) {
            return home.resolve("Library").resolve("Caches");
        }
        return environment(os.startsWith("Windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME")
                .map(Path::of)
                .orElse(home.resolve(".cache"));
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }
}
