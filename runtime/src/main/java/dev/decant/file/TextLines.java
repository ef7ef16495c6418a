package dev.decant.file;

import dev.decant.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Text files of data sets: UTF-8, one entry a line, a byte order mark forgiven. */
public final class TextLines {

    private TextLines() {}

    public static List<String> read(Path file) {
        try {
            return withoutMark(Files.readString(file, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw problem(file, e);
        }
    }

    /** What is done with one line and its number, from 1. */
    public interface Taker {
        void take(int number, String line);
    }

    /** The lines one after the other, for files that are too large to hold. */
    public static void each(Path file, Taker taker) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                taker.take(number, number == 1 ? withoutMark(line) : line);
            }
        } catch (IOException e) {
            throw problem(file, e);
        }
    }

    /** The first line, as a header is. */
    public static String first(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            if (line == null) {
                throw new DataException(file + ": empty");
            }
            return withoutMark(line);
        } catch (IOException e) {
            throw problem(file, e);
        }
    }

    private static String withoutMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    public static DataException problem(Path file, IOException e) {
        return new DataException(
                file + (e instanceof CharacterCodingException ? ": not UTF-8 text" : ": cannot be read (" + e + ")"),
                e);
    }
}
