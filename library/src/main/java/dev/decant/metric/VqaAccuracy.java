package dev.decant.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The accuracy of VQA (Antol et al. 2015): an answer counts min(1, people who said the same / 3), averaged over leaving out
 * each person once. Where fewer than four people answered, all that are left must agree; where one did, it must be the same.
 *
 * <p>Answers are compared after the official normalization: punctuation, articles, numbers in words, apostrophes.
 */
public final class VqaAccuracy {

    private static final int ENOUGH = 3;
    private static final Pattern PERIOD = Pattern.compile("\\.(?!\\d)");
    private static final Pattern COMMA_IN_NUMBER = Pattern.compile("\\d,\\d");
    private static final List<String> PUNCTUATION = List.of(
            ";", "/", "[", "]", "\"", "{", "}", "(", ")", "=", "+", "\\", "_", "-", ">", "<", "@", "`", ",", "?", "!");
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final Map<String, String> NUMBERS = Map.ofEntries(
            Map.entry("none", "0"),
            Map.entry("zero", "0"),
            Map.entry("one", "1"),
            Map.entry("two", "2"),
            Map.entry("three", "3"),
            Map.entry("four", "4"),
            Map.entry("five", "5"),
            Map.entry("six", "6"),
            Map.entry("seven", "7"),
            Map.entry("eight", "8"),
            Map.entry("nine", "9"),
            Map.entry("ten", "10"));
    private static final Map<String, String> APOSTROPHES =
            apostrophes("ain't aren't can't could've couldn't couldn't've"
                    + " didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've he's how'd how'll how's isn't it'd"
                    + " it'd've it'll ma'am mightn't mightn't've might've mustn't must've needn't not've o'clock oughtn't shan't"
                    + " she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've"
                    + " someone'll someone's something'd something'd've something'll that's there'd there'd've there're there's"
                    + " they'd they'd've they'll they're they've 'twas we'd've we've weren't what'll what're what's what've when's"
                    + " where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't"
                    + " wouldn't've y'all y'all'll you'd you'd've you'll you're you've");

    private VqaAccuracy() {}

    /**
     * One answer's score, from 0 to 1.
     *
     * @param given what people answered, one or more; ten in VQA
     */
    public static double of(String answer, List<String> given) {
        if (given.isEmpty()) {
            throw new IllegalArgumentException("an answer needs at least one given answer to be compared with");
        }
        String own = normal(answer);
        int same = (int) given.stream().filter(g -> normal(g).equals(own)).count();
        int people = given.size();
        if (people == 1) {
            return same;
        }
        double enough = Math.min(ENOUGH, people - 1);
        double without = same * Math.min(1, (same - 1) / enough);
        return (without + (people - same) * Math.min(1, same / enough)) / people;
    }

    /** An answer as it is compared. */
    public static String normal(String answer) {
        String given = answer.replace('\n', ' ').replace('\t', ' ').strip();
        String text = given;
        boolean commas = COMMA_IN_NUMBER.matcher(given).find();
        for (String mark : PUNCTUATION) {
            boolean drop = commas || given.contains(mark + " ") || given.contains(" " + mark);
            text = text.replace(mark, drop ? "" : " ");
        }
        text = PERIOD.matcher(text).replaceAll("");
        StringJoiner words = new StringJoiner(" ");
        for (String word : text.toLowerCase(Locale.ROOT).strip().split("\\s+", -1)) {
            String known = NUMBERS.getOrDefault(word, word);
            if (!ARTICLES.contains(known)) {
                words.add(APOSTROPHES.getOrDefault(known, known));
            }
        }
        return words.toString();
    }

    /** Words by what is left of them when one apostrophe is forgotten, or the only one. */
    private static Map<String, String> apostrophes(String words) {
        Map<String, String> all = new HashMap<>();
        for (String word : words.split(" ", -1)) {
            for (int at = word.indexOf('\''); at >= 0; at = word.indexOf('\'', at + 1)) {
                all.put(word.substring(0, at) + word.substring(at + 1), word);
            }
        }
        return Map.copyOf(all);
    }
}
