package dev.decant.data.image;

import dev.decant.file.Archive;
import dev.decant.image.Image;
import dev.decant.image.ImageSet;
import dev.decant.image.Images;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Images in a folder or in zips in it, and images that came with the texts; in the order in which they were asked for. */
public final class ArchivePictures implements ImageSet {

    private final Archive archive;
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();

    /** A file in the archive, or the image's own bytes. */
    private record Entry(String name, byte[] bytes) {}

    public ArchivePictures(Archive archive) {
        this.archive = archive;
    }

    /** The place of an image by its path in the archive or in its folder {@code images}; empty if it is not there. */
    public OptionalInt place(String name) {
        for (String candidate : List.of(name, "images/" + name)) {
            Integer known = places.get(candidate);
            if (known != null) {
                return OptionalInt.of(known);
            }
            if (archive.contains(candidate)) {
                places.put(candidate, entries.size());
                entries.add(new Entry(candidate, new byte[0]));
                return OptionalInt.of(entries.size() - 1);
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Takes an image that is written out in a text file; its bytes are held.
     *
     * @throws IllegalArgumentException if that is not base64
     */
    public int add(String base64, String where) {
        entries.add(new Entry(where, Base64.getMimeDecoder().decode(base64)));
        return entries.size() - 1;
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public Image image(int index) {
        return Images.decode(bytes(index), name(index));
    }

    @Override
    public Extent extent(int index) {
        return Images.extent(bytes(index), name(index));
    }

    private byte[] bytes(int index) {
        Entry entry = entries.get(index);
        return entry.bytes.length > 0 ? entry.bytes : archive.read(entry.name);
    }

    @Override
    public String name(int index) {
        Entry entry = entries.get(index);
        return entry.bytes.length > 0 ? entry.name : archive.describe(entry.name);
    }

    @Override
    public void close() {
        archive.close();
    }
}
