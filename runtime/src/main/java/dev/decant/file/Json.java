package dev.decant.file;

import com.fasterxml.jackson.databind.ObjectMapper;

/** How all JSON is read and written. */
public final class Json {

    /** With Jackson's defaults; shared, so nobody configures it. Thread-safe. */
    public static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}
}
