package dev.decant.metric;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a caption as the scores count them: in lower case, clitics apart as in the Penn Treebank ({@code it 's},
 * {@code do n't}), punctuation left out. For plain English that is what the COCO tools get from Stanford's tokenizer and
 * their list of punctuation.
 */
public final class CaptionWords {

    private static final Pattern TOKEN = Pattern.compile(
            "[\\p{L}\\p{N}]+(?:(?:[-'.,/&_]|(?<=\\d):(?=\\d))[\\p{L}\\p{N}]+)*\\.?|[^\\p{L}\\p{N}\\s]+");
    private static final Pattern CLITIC = Pattern.compile("^(.+?)(n't|'s|'re|'ve|'ll|'d|'m)$");
    private static final Pattern NOTHING = Pattern.compile("[^\\p{L}\\p{N}$%#&@*+=]*");
    private static final Set<String> DOTTED = Set.of("mr.", "mrs.", "ms.", "dr.", "st.", "a.m.", "p.m.", "u.s.");

    private CaptionWords() {}

    /** Words with single spaces between. */
    public static String of(String caption) {
        StringJoiner words = new StringJoiner(" ");
        Matcher matcher = TOKEN.matcher(caption.toLowerCase(Locale.ROOT).replace('\u2019', '\''));
        while (matcher.find()) {
            String token = matcher.group();
            if (token.endsWith(".") && !DOTTED.contains(token)) {
                token = token.substring(0, token.length() - 1);
            }
            Matcher clitic = CLITIC.matcher(token);
            if (clitic.matches()) {
                words.add(clitic.group(1)).add(clitic.group(2));
            } else if (!NOTHING.matcher(token).matches()) {
                words.add(token);
            }
        }
        return words.toString();
    }

    static void requireReferences(List<String> written, List<List<String>> references) {
        if (written.isEmpty() || written.size() != references.size()) {
            throw new IllegalArgumentException("captions need references, found " + written.size() + " captions and "
                    + references.size() + " lists of references");
        }
        if (references.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("a caption has no reference to be compared with");
        }
    }
}
