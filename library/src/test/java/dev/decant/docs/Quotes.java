package dev.decant.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a page quotes from a source: the lines between {@code tag::name[]} and {@code end::name[]}. */
final class Quotes {

    private Quotes() {}

    /** Asserts that the page has the lines as a Java block, word for word. */
    static void assertQuoted(Path page, Path source, String tag) throws IOException {
        assertThat(Files.readString(page)).as(tag).contains("```java\n" + tagged(source, tag) + "\n```\n");
    }

    private static String tagged(Path source, String tag) throws IOException {
        String text = Files.readString(source);
        String start = "// tag::" + tag + "[]\n";
        int from = text.indexOf(start) + start.length();
        int to = text.indexOf("// end::" + tag + "[]");
        return text.substring(from, text.lastIndexOf('\n', to)).stripIndent();
    }
}
