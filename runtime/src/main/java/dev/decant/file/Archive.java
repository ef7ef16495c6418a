package dev.decant.file;

import dev.decant.DataException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Files by relative name with forward slashes, in a folder, in a zip, or in a folder together with the zips in it.
 * Zips are read in place: nothing is extracted. Safe for many threads.
 */
public final class Archive implements Closeable {

    private final Path root;
    private final Map<String, Path> files = new LinkedHashMap<>();
    private final Map<String, ZipFile> zipped = new LinkedHashMap<>();
    private final List<ZipFile> zips = new ArrayList<>();

    private Archive(Path root) {
        this.root = root;
    }

    /**
     * Opens a folder (with the zips that lie directly in it) or a single zip.
     *
     * @throws DataException when the path is neither
     */
    public static Archive open(Path path) {
        Archive archive = new Archive(path);
        try {
            if (Files.isDirectory(path)) {
                archive.addFolder(path);
            } else if (Files.isRegularFile(path)) {
                archive.addZip(path);
            } else {
                throw new DataException(path + ": no such file or folder");
            }
            return archive;
        } catch (IOException | UncheckedIOException e) {
            archive.close();
            throw new DataException(path + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (DataException e) {
            archive.close();
            throw e;
        }
    }

    private void addFolder(Path folder) throws IOException {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(folder, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
            found = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : found) {
            files.put(folder.relativize(file).toString().replace('\\', '/'), file);
            if (folder.equals(file.getParent())
                    && file.toString().toLowerCase(Locale.ROOT).endsWith(".zip")) {
                addZip(file);
            }
        }
    }

    private void addZip(Path file) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new DataException(file + ": not a folder and not a readable zip (" + e.getMessage() + ")", e);
        }
        zips.add(zip);
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            if (!entry.isDirectory()) {
                zipped.putIfAbsent(entry.getName(), zip);
            }
        }
    }

    public Path root() {
        return root;
    }

    public boolean contains(String name) {
        return files.containsKey(name) || zipped.containsKey(name);
    }

    /** All names, those of the folder and those within its zips. */
    public Set<String> names() {
        Set<String> names = new java.util.TreeSet<>(files.keySet());
        names.addAll(zipped.keySet());
        return Collections.unmodifiableSet(names);
    }

    /** The bytes of one file; plain files come before zipped ones of the same name. */
    public byte[] read(String name) {
        try {
            Path file = files.get(name);
            if (file != null) {
                return Files.readAllBytes(file);
            }
            ZipFile zip = zipped.get(name);
            if (zip == null) {
                throw new DataException(root + ": has no file '" + name + "'");
            }
            try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
                return in.readAllBytes();
            }
        } catch (IOException e) {
            throw new DataException(describe(name) + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** A name for messages that says where the file lies: {@code data/train.zip!train/cat/1.jpg}. */
    public String describe(String name) {
        ZipFile zip = zipped.get(name);
        return files.containsKey(name) || zip == null
                ? root.resolve(name).toString()
                : Path.of(zip.getName()) + "!" + name;
    }

    @Override
    public void close() {
        for (ZipFile zip : zips) {
            try {
                zip.close();
            } catch (IOException e) {
                throw new DataException(zip.getName() + ": cannot be closed (" + e.getMessage() + ")", e);
            }
        }
    }
}
