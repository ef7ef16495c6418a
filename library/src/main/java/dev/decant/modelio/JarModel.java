package dev.decant.modelio;

import dev.decant.UserException;
import dev.decant.file.FileException;
import dev.decant.file.Hashes;
import dev.decant.model.text.Pooling;
import dev.decant.model.text.SentenceHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The ONNX model in a jar, as LangChain4j's artifacts have it: {@code NAME.onnx} beside {@code NAME-tokenizer.json} and a class
 * that says how it is pooled.
 *
 * @param name as the user typed it
 * @param file of the model in the jar; empty where there is one alone
 */
record JarModel(String name, Path jar, String file) {

    private static final long LONGEST = Integer.MAX_VALUE;
    private static final long LONGEST_CLASS = 1 << 20;

    /** Of what is made; another one makes it anew. */
    private static final String FORM = "1";

    /**
     * The folder with the imported encoder, made if it is not there yet.
     *
     * @param cache named by the content of jars, so that another version never takes the place of this one
     */
    Path imported(Path cache) {
        if (!Files.isRegularFile(jar)) {
            throw new ImportException(name + ": there is no file " + jar);
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry model = model(zip);
            String stem = simple(model).replaceFirst("\\.onnx$", "");
            Path folder = cache.resolve(stem + "-" + Hashes.sha256(jar).substring(0, 32) + "-" + FORM);
            if (!Files.isRegularFile(folder.resolve(ModelFolder.CONFIG))) {
                make(zip, model, stem, folder);
            }
            return folder;
        } catch (ZipException e) {
            throw new ImportException(name + ": " + jar + " is no jar, or cut short", e);
        } catch (IOException e) {
            throw new ImportException(name + ": " + FileException.reason(e), e);
        }
    }

    private ZipEntry model(ZipFile zip) {
        List<? extends ZipEntry> models = zip.stream()
                .filter(e -> !e.isDirectory() && e.getName().endsWith(".onnx"))
                .toList();
        List<String> names = models.stream().map(ZipEntry::getName).sorted().toList();
        if (models.isEmpty()) {
            throw new ImportException(name + ": no ONNX model in " + jar.getFileName());
        }
        if (file.isEmpty() && models.size() > 1) {
            throw new ImportException(
                    name + ": several models in " + jar.getFileName() + "; name one by #: " + String.join(", ", names));
        }
        return models.stream()
                .filter(e ->
                        file.isEmpty() || e.getName().equals(file) || simple(e).equals(file))
                .findFirst()
                .map(ZipEntry.class::cast)
                .orElseThrow(() -> new ImportException(
                        name + ": no '" + file + "' in " + jar.getFileName() + "; it has " + String.join(", ", names)));
    }

    private void make(ZipFile zip, ZipEntry model, String stem, Path folder) throws IOException {
        ZipEntry tokenizer = tokenizer(zip, model, stem);
        Files.createDirectories(folder.getParent());
        Path work = Files.createTempDirectory(folder.getParent(), ".import");
        try {
            Path onnx = extract(zip, model, work.resolve(stem + ".onnx"));
            Path words = extract(zip, tokenizer, work.resolve("tokenizer.json"));
            EncoderImport.write(
                    onnx,
                    folder,
                    new EncoderImport.Options(Optional.of(words), sentence(zip), ModelFolder.Existing.REFUSE));
        } catch (ImportException e) {
            throw new ImportException(
                    name + ": " + String.valueOf(e.getMessage()).replace(work + "/", ""), e);
        } catch (UserException e) {
            if (!Files.isRegularFile(folder.resolve(ModelFolder.CONFIG))) { // else another process was first
                throw e;
            }
        } finally {
            delete(work);
        }
    }

    private ZipEntry tokenizer(ZipFile zip, ZipEntry model, String stem) {
        String folder = model.getName()
                .substring(0, model.getName().length() - simple(model).length());
        return Stream.of(stem + "-tokenizer.json", "tokenizer.json")
                .map(t -> Optional.ofNullable(zip.getEntry(folder + t)))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new ImportException(name + ": no tokenizer beside " + model.getName() + " in "
                        + jar.getFileName() + " (" + stem + "-tokenizer.json or tokenizer.json)"));
    }

    /**
     * What LangChain4j's class says: one of the words of its enum PoolingMode is a constant of the class that is an embedding
     * model. Its models divide by the length. Unknown where there is no such class, or there are several that differ.
     */
    private static SentenceHead sentence(ZipFile zip) throws IOException {
        List<Pooling> found = new ArrayList<>();
        for (ZipEntry entry : zip.stream()
                .filter(e -> e.getName().endsWith("EmbeddingModel.class"))
                .toList()) {
            String constants;
            try (InputStream in = zip.getInputStream(entry)) {
                constants = new String(in.readNBytes((int) LONGEST_CLASS), StandardCharsets.ISO_8859_1);
            }
            if (constants.contains("/PoolingMode")) {
                Stream.of(Pooling.CLS, Pooling.MEAN)
                        .filter(p -> constants.contains(constant(p.name())))
                        .filter(p -> !found.contains(p))
                        .forEach(found::add);
            }
        }
        return found.size() == 1 ? new SentenceHead(found, Optional.empty(), true, 0) : SentenceHead.UNKNOWN;
    }

    /** A word as it lies in a class file: tag 1, length, letters. */
    private static String constant(String word) {
        return "\u0001\u0000" + (char) word.length() + word;
    }

    private static Path extract(ZipFile zip, ZipEntry entry, Path to) throws IOException {
        if (entry.getSize() > LONGEST) {
            throw new ImportException(entry.getName() + ": more than 2 GiB");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, to);
        }
        return to;
    }

    private static String simple(ZipEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
