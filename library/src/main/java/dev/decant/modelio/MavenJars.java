package dev.decant.modelio;

import dev.decant.file.FileException;
import dev.decant.file.Hashes;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Jars by their Maven coordinates: from the user's local repository, else fetched into it by the {@code mvn} on the PATH. Maven
 * itself knows the user's settings (mirrors, proxies, passwords) better than any library inside this process, and nothing
 * need be brought along for it; what is in the repository already needs neither Maven nor a network.
 */
final class MavenJars {

    /** What a name of a jar by coordinates begins with. */
    public static final String PREFIX = "maven:";

    private static final String PART = "([A-Za-z0-9_][A-Za-z0-9_.-]*)";
    private static final Pattern COORDINATES = Pattern.compile(PREFIX + PART + ":" + PART + ":" + PART);

    /** The version whose goal is called; that of this project's own build. */
    private static final String GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get";

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(env\\.)?([^}]+)}");

    private final Path repository;
    private final Optional<Path> maven;

    /** @param maven the program; absent if there is none */
    MavenJars(Path repository, Optional<Path> maven) {
        this.repository = repository;
        this.maven = maven;
    }

    /**
     * The file that a name means: {@code maven:GROUP:ARTIFACT:VERSION} in the local repository, where it is fetched to if need
     * be; any other name is a path already.
     *
     * @throws ImportException if it cannot be had, saying which command fetches it; if its checksum is another than Maven's
     */
    public static Path locate(String name) {
        return name.startsWith(PREFIX) ? new MavenJars(repository(), program()).find(name) : Path.of(name);
    }

    Path find(String name) {
        Matcher parts = COORDINATES.matcher(name);
        if (!parts.matches()) {
            throw new ImportException("'" + name + "': expected maven:GROUP:ARTIFACT:VERSION");
        }
        String artifact = parts.group(2);
        String version = parts.group(3);
        Path jar = repository
                .resolve(parts.group(1).replace('.', '/'))
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + ".jar");
        if (!Files.isRegularFile(jar)) {
            fetch(name, jar);
        }
        requireIntact(name, jar);
        return jar;
    }

    private void fetch(String name, Path jar) {
        String coordinates = name.substring(PREFIX.length());
        String advice = "; where there is a network, run: mvn dependency:get -Dartifact=" + coordinates
                + " -Dtransitive=false (it lands in " + jar.getParent() + ")";
        if (maven.isEmpty()) {
            throw new ImportException(name + ": not in " + repository + ", and there is no mvn on the PATH" + advice);
        }
        String complaint = call(
                name,
                List.of(
                        maven.get().toString(),
                        "-B",
                        "-q",
                        "-Dmaven.repo.local=" + repository.toAbsolutePath(),
                        GOAL,
                        "-Dartifact=" + coordinates,
                        "-Dtransitive=false"));
        if (!Files.isRegularFile(jar)) {
            throw new ImportException(name + ": Maven does not find it" + complaint + advice);
        }
    }

    /** Runs Maven where no project is; the first line that it complains with, in brackets. */
    private static String call(String name, List<String> command) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("decant-maven");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output.lines()
                    .filter(line -> line.contains("[ERROR]"))
                    .findFirst()
                    .map(line -> line.replaceFirst(
                                    ".*\\[ERROR]\\s*(Failed to execute goal [^ ]+ .*? on project [^:]*:)?", "")
                            .replaceFirst(" -> \\[Help.*", "")
                            .strip())
                    .map(reason -> " (" + reason + ")")
                    .orElse("");
        } catch (IOException e) {
            throw new ImportException(name + ": Maven does not start: " + FileException.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImportException(name + ": interrupted while Maven fetches it", e);
        } finally {
            if (folder != null) {
                folder.toFile().delete();
            }
        }
    }

    /** Against the checksum that Maven keeps beside what it fetched; a jar that was installed here has none. */
    private static void requireIntact(String name, Path jar) {
        Path checksum = jar.resolveSibling(jar.getFileName() + ".sha1");
        if (!Files.isRegularFile(checksum)) {
            return;
        }
        try {
            String wanted = Files.readString(checksum)
                    .strip()
                    .replaceFirst("(?s)\\s.*", "")
                    .toLowerCase(Locale.ROOT);
            if (!wanted.equals(Hashes.sha1(jar))) {
                throw new ImportException(name + ": " + jar + " is damaged: its SHA-1 is not " + wanted
                        + "; delete it, and it is fetched again");
            }
        } catch (IOException e) {
            throw new ImportException(checksum + ": " + FileException.reason(e), e);
        }
    }

    /** As Maven decides it: -Dmaven.repo.local, then the user's settings, then ~/.m2/repository. */
    private static Path repository() {
        Path own = Path.of(System.getProperty("user.home"), ".m2");
        return Optional.ofNullable(System.getProperty("maven.repo.local"))
                .or(() -> setting(own.resolve("settings.xml")))
                .map(Path::of)
                .orElse(own.resolve("repository"));
    }

    static Optional<String> setting(Path settings) {
        if (!Files.isRegularFile(settings)) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(settings).replaceAll("(?s)<!--.*?-->", "");
            Matcher found = Pattern.compile("<localRepository>([^<]*)</localRepository>")
                    .matcher(text);
            return found.find() && !found.group(1).isBlank()
                    ? Optional.of(filled(found.group(1).strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new ImportException(settings + ": " + FileException.reason(e), e);
        }
    }

    /** With the values of {@code ${user.home}} and {@code ${env.NAME}}. */
    private static String filled(String text) {
        Map<String, String> environment = System.getenv();
        return VARIABLE.matcher(text).replaceAll(v -> {
            String value =
                    v.group(1) != null ? environment.getOrDefault(v.group(2), "") : System.getProperty(v.group(2), "");
            return Matcher.quoteReplacement(value);
        });
    }

    private static Optional<Path> program() {
        boolean isWindows = System.getProperty("os.name").startsWith("Windows");
        String name = isWindows ? "mvn.cmd" : "mvn";
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator)))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
