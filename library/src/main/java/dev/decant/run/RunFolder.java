package dev.decant.run;

import dev.decant.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where a run keeps what it makes; the one place that knows the names in it. */
record RunFolder(Path path) {

    static final String RESOLVED = "recipe.resolved.yaml";

    /** A fresh folder, or, to resume, one that holds this very recipe. */
    static RunFolder open(Path path, String recipeText, String resolved, boolean resume) {
        RunFolder folder = new RunFolder(path);
        try {
            boolean taken = Files.isDirectory(path) && !isEmpty(path);
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw new InputException(path + ": is a file, expected a folder for the run");
            }
            if (taken && !resume) {
                throw new InputException(path + ": already holds "
                        + (Files.exists(folder.resolvedRecipe()) ? "a run" : "files")
                        + "; go on with it by --resume, or choose another folder with --out");
            }
            if (taken && Files.exists(folder.resolvedRecipe())) {
                String before = Files.readString(folder.resolvedRecipe());
                if (!before.equals(resolved)) {
                    throw new InputException(path + ": holds a run of another recipe (" + RESOLVED
                            + " differs); a run is resumed with the same recipe and --set values");
                }
            }
            Files.createDirectories(path);
            AtomicFile.write(path.resolve("recipe.yaml"), recipeText.getBytes(StandardCharsets.UTF_8));
            AtomicFile.write(folder.resolvedRecipe(), resolved.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the run folder " + path + ": " + e, e);
        }
        return folder;
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }

    Path resolvedRecipe() {
        return path.resolve(RESOLVED);
    }

    /** Checkpoints of one training; made if it is not there. */
    Path training(String stage, String run, long seed) {
        Path folder = path.resolve("checkpoints").resolve(stage).resolve(run).resolve("seed-" + seed);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder + ": " + e.getMessage(), e);
        }
    }

    Path model() {
        return path.resolve("model");
    }

    Path teacher(String name) {
        return path.resolve("teachers").resolve(name);
    }

    Path figure(String name) {
        Path folder = path.resolve("figures");
        try {
            return Files.createDirectories(folder).resolve(name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder + ": " + e.getMessage(), e);
        }
    }
}
