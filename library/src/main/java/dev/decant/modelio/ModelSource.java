package dev.decant.modelio;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a model lies that a recipe names. {@code maven:GROUP:ARTIFACT:VERSION} and {@code jar:PATH}, either with {@code #FILE}
 * for a jar of several models, name the ONNX file in a jar: its encoder is imported once into the user's cache. Other names are
 * those of folders, or of the catalogue.
 */
public final class ModelSource {

    private static final String JAR = "jar:";

    private static final Map<String, Path> KNOWN = new ConcurrentHashMap<>();

    private ModelSource() {}

    /** Whether a name means a model inside a jar. */
    public static boolean isInJar(String name) {
        return name.startsWith(JAR) || name.startsWith(MavenJars.PREFIX);
    }

    /**
     * The folder of a model; nothing is looked at for names of other kinds.
     *
     * @throws ImportException if the jar cannot be had, or does not hold one encoder with its tokenizer
     */
    public static Path locate(String name) {
        return isInJar(name) ? KNOWN.computeIfAbsent(name, n -> imported(n, ModelCache.folder())) : Path.of(name);
    }

    static Path imported(String name, Path cache) {
        int hash = name.indexOf('#');
        String jar = hash < 0 ? name : name.substring(0, hash);
        String file = hash < 0 ? "" : name.substring(hash + 1);
        Path path = jar.startsWith(JAR) ? Path.of(jar.substring(JAR.length())) : MavenJars.locate(jar);
        return new JarModel(name, path, file).imported(cache);
    }
}
