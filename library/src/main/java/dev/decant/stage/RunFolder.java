package dev.decant.stage;

import dev.decant.InputException;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import dev.decant.modelio.ModelFolder;
import dev.decant.recipe.RecipeException;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.RecipeText;
import dev.decant.train.RunKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a run keeps what it makes; the one place that knows the names in it. */
public record RunFolder(Path path) {

    static final String RESOLVED = "recipe.resolved.yaml";

    /**
     * Refuses a folder that holds anything, or, to resume, anything but a run of this very recipe.
     *
     * @param resolved the recipe with every default
     */
    public void requireFree(String resolved, boolean resume) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new InputException(path + ": is a file, expected a folder for the run");
        }
        boolean isRun = Files.exists(resolvedRecipe());
        if (!isRun && holdsFiles()) {
            throw new InputException(
                    path + ": already holds files, and no run to go on with; choose another folder" + " with --out");
        }
        if (isRun && !resume) {
            throw new InputException(
                    path + ": already holds a run; go on with it by --resume, or choose another folder with --out");
        }
        if (isRun && !isSame(resolved)) {
            throw new InputException(path + ": holds a run of another recipe (" + RESOLVED
                    + " differs); a run is resumed with the same recipe and --set values");
        }
    }

    /** Makes the folder, or clears away what a killed process left half written in it, and keeps others out of it. */
    public RunLock make(String recipeText, String resolved) {
        try {
            Files.createDirectories(path);
            RunLock lock = RunLock.hold(path);
            removeLeftovers();
            AtomicFile.write(resolvedRecipe(), resolved.getBytes(StandardCharsets.UTF_8));
            AtomicFile.write(path.resolve("recipe.yaml"), recipeText.getBytes(StandardCharsets.UTF_8));
            return lock;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the run folder " + path + ": " + FileException.reason(e), e);
        }
    }

    /** A run by an older version is the same if its recipe says the same once today's defaults are added. */
    private boolean isSame(String resolved) {
        try {
            String before = Files.readString(resolvedRecipe());
            return before.equals(resolved)
                    || RecipeText.explain(RecipeReader.readText(RESOLVED, before, List.of()))
                            .equals(resolved);
        } catch (RecipeException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resolvedRecipe() + ": " + FileException.reason(e), e);
        }
    }

    /** Hidden files do not count: a process killed at the very start leaves one. */
    private boolean holdsFiles() {
        if (!Files.exists(path)) {
            return false;
        }
        try (Stream<Path> inside = Files.list(path)) {
            return inside.anyMatch(p -> !String.valueOf(p.getFileName()).startsWith("."));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + path + ": " + FileException.reason(e), e);
        }
    }

    private void removeLeftovers() throws IOException {
        List<Path> leftovers;
        try (Stream<Path> all = Files.walk(path)) {
            leftovers = all.filter(p -> AtomicFile.isTemporary(p) || ModelFolder.isTemporary(p))
                    .flatMap(RunFolder::inside)
                    .distinct()
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path leftover : leftovers) {
            Files.deleteIfExists(leftover);
        }
    }

    private static Stream<Path> inside(Path path) {
        try (Stream<Path> parts = Files.walk(path)) {
            return parts.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + path + ": " + FileException.reason(e), e);
        }
    }

    Path resolvedRecipe() {
        return path.resolve(RESOLVED);
    }

    /** Checkpoints of one training; made if it is not there. */
    public Path training(RunKey key) {
        return made(path.resolve("checkpoints")
                .resolve(key.stage())
                .resolve(key.run())
                .resolve("seed-" + key.seed()));
    }

    public Path model() {
        return path.resolve("model");
    }

    /** ONNX files; made if it is not there. */
    public Path onnx() {
        return made(path.resolve("onnx"));
    }

    public Path teacher(String name) {
        return path.resolve("teachers").resolve(name);
    }

    public Path figure(String name) {
        return made(path.resolve("figures")).resolve(name);
    }

    /** What a study found, beside the charts in {@code figures/}. */
    public Path analysis(String name) {
        return made(path.resolve("analyses")).resolve(name);
    }

    private static Path made(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder + ": " + FileException.reason(e), e);
        }
    }
}
