package dev.decant.data.imagetext;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Captions as X-VLM reads them (arXiv 2111.08276): in lower case, without punctuation, dashes and slashes as spaces, cut
 * after a number of words.
 */
public final class CaptionText {

    private static final Pattern REMOVED = Pattern.compile("[,.'!?\"()*#:;~]");
    private static final Pattern SIDES = Pattern.compile("\\b(left|right)", Pattern.CASE_INSENSITIVE);

    private CaptionText() {}

    /** Words with single spaces between; empty if there is none. */
    public static String clean(String caption, int maxWords) {
        String text = REMOVED.matcher(caption.toLowerCase(Locale.ROOT))
                .replaceAll("")
                .replace('-', ' ')
                .replace('/', ' ')
                .replace("<person>", "person")
                .strip();
        return Arrays.stream(text.split("\\s+", -1)).limit(maxWords).collect(Collectors.joining(" "));
    }

    /** Whether a text may become false when its image is mirrored. */
    static boolean namesSides(String text) {
        return SIDES.matcher(text).find();
    }
}
