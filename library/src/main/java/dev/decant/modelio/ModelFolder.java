package dev.decant.modelio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A model as a folder: {@code config.json} (timm's fields: {@code architecture}, {@code num_classes},
 * {@code num_features}, {@code model_args}, {@code pretrained_cfg}, or transformers' for text) beside {@code
 * model.safetensors}. Knows no model;
 * which fields there are is the caller's business.
 *
 * @param config the parsed {@code config.json}, an object
 * @param weights what to hand to {@code Weights.read}: the folder's weight file or index
 */
public record ModelFolder(Path folder, JsonNode config, Path weights) {

    public static final String CONFIG = "config.json";
    public static final String WEIGHTS = "model.safetensors";

    private static final long LONGEST_CONFIG = 10_000_000;

    private static final List<String> WEIGHT_FILES =
            List.of(WEIGHTS, "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** May a model that already lies in the folder be replaced? */
    public enum Existing {
        REFUSE,
        REPLACE
    }

    /**
     * Writes the folder whole or not at all: into a sibling of a temporary name, flushed, then renamed.
     *
     * @param config anything Jackson can write: maps, lists, strings, numbers, records
     * @param state parameters and buffers by name
     * @param metadata notes for the head of the weight file
     * @param others more files, by name or by path in the folder: a tokenizer, {@code 1_Pooling/config.json}
     * @param existing an empty folder is always filled; one that holds anything is refused, or, if it is nothing but a
     *     model folder, replaced
     * @throws UncheckedIOException if the disk refuses, in one line; nothing is left behind
     * @throws WeightsException if the folder holds something already
     */
    public static void write(
            Path folder,
            Map<String, ?> config,
            Map<String, Tensor> state,
            Map<String, String> metadata,
            Map<String, byte[]> others,
            Existing existing) {
        boolean isTaken = checkFree(folder, existing);
        byte[] json = json(folder, config);
        Path target = folder.toAbsolutePath().normalize();
        Path fresh = sibling(target, "new");
        try {
            Files.createDirectories(parent(target));
            Files.createDirectory(fresh);
            AtomicFile.write(fresh.resolve(CONFIG), json);
            for (Map.Entry<String, byte[]> other : others.entrySet()) {
                Path file = fresh.resolve(other.getKey());
                Files.createDirectories(parent(file));
                AtomicFile.write(file, other.getValue());
            }
            Safetensors.writeTensors(fresh.resolve(WEIGHTS), state, metadata);
            install(fresh, target, isTaken);
        } catch (UncheckedIOException e) {
            throw unwritable(folder, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw unwritable(folder, e);
        } finally {
            deleteQuietly(fresh);
        }
    }

    /** As above, without other files. */
    public static void write(
            Path folder,
            Map<String, ?> config,
            Map<String, Tensor> state,
            Map<String, String> metadata,
            Existing existing) {
        write(folder, config, state, metadata, Map.of(), existing);
    }

    /**
     * Reads {@code config.json} and finds the weights; the weights themselves are not opened.
     *
     * @throws WeightsException if either is missing or the config is not a JSON object
     */
    public static ModelFolder read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new WeightsException(folder + ": " + (Files.exists(folder) ? "is a file" : "does not exist")
                    + ", expected a model folder with " + CONFIG + " and " + WEIGHTS);
        }
        JsonNode config = parse(folder.resolve(CONFIG));
        Path weights = WEIGHT_FILES.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new WeightsException(
                        folder + ": no weights; expected one of " + String.join(", ", WEIGHT_FILES)));
        return new ModelFolder(folder, config, weights);
    }

    /** Is it what a process that was killed while writing a model folder leaves beside it? */
    public static boolean isTemporary(Path folder) {
        return String.valueOf(folder.getFileName()).matches("\\..+\\.(new|old)\\.[0-9a-f-]{36}");
    }

    private static UncheckedIOException unwritable(Path folder, IOException cause) {
        return new UncheckedIOException("cannot write " + folder + ": " + FileException.reason(cause), cause);
    }

    private static JsonNode parse(Path file) {
        try {
            if (Files.size(file) > LONGEST_CONFIG) {
                throw new WeightsException(
                        file + ": more than " + LONGEST_CONFIG + " bytes, which is no model's config");
            }
            JsonNode config = JSON.readTree(Files.readAllBytes(file));
            if (!config.isObject()) {
                throw new WeightsException(file + ": expected a JSON object");
            }
            return config;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new WeightsException(file + ": not valid JSON at line " + line + ": " + firstLine(e), e);
        } catch (IOException e) {
            throw new WeightsException(file + ": " + FileException.reason(e), e);
        }
    }

    private static byte[] json(Path folder, Map<String, ?> config) {
        try {
            return JSON.writeValueAsBytes(config);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(folder + ": the config cannot be written as JSON: " + firstLine(e), e);
        }
    }

    /** Is there a folder to be replaced? An error if there is and it may not be. */
    private static boolean checkFree(Path folder, Existing existing) {
        if (!Files.exists(folder)) {
            return false;
        }
        if (!Files.isDirectory(folder)) {
            throw new WeightsException(folder + ": is a file, expected a folder to write a model to");
        }
        List<Path> content = list(folder);
        if (content.isEmpty()) {
            return true;
        }
        if (existing == Existing.REFUSE) {
            throw new WeightsException(folder + ": already holds " + content.size()
                    + " files; nothing is overwritten unless asked for: choose another folder");
        }
        boolean isModel =
                Files.exists(folder.resolve(CONFIG)) && content.stream().noneMatch(ModelFolder::isForeignFolder);
        if (!isModel) {
            throw new WeightsException(folder + ": holds more than a model, so it is not replaced");
        }
        return true;
    }

    /** Is it a folder, and none of the numbered ones of sentence-transformers? */
    private static boolean isForeignFolder(Path path) {
        return Files.isDirectory(path) && !String.valueOf(path.getFileName()).matches("[0-9]_[A-Z][A-Za-z]+");
    }

    private static void install(Path fresh, Path target, boolean isTaken) throws IOException {
        if (!isTaken) {
            rename(fresh, target);
            return;
        }
        Path old = sibling(target, "old");
        rename(target, old);
        try {
            rename(fresh, target);
        } catch (IOException e) {
            rename(old, target);
            throw e;
        }
        deleteQuietly(old);
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to);
        }
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new WeightsException(folder + ": " + FileException.reason(e), e);
        }
    }

    private static Path parent(Path target) {
        Path parent = target.getParent();
        if (parent == null) {
            throw new WeightsException(target + ": the root of the file system is no place for a model");
        }
        return parent;
    }

    private static Path sibling(Path target, String what) {
        return parent(target).resolve("." + target.getFileName() + "." + what + "." + UUID.randomUUID());
    }

    @SuppressWarnings("EmptyCatch")
    private static void deleteQuietly(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // Gone already, or a leftover under a hidden temporary name: neither is worth hiding the outcome for.
        }
    }

    private static String firstLine(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        return message == null ? "" : message.lines().findFirst().orElse("");
    }
}
