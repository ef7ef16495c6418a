package dev.decant.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names a split goes by on disk; a missing test split is answered by the validation split and the other way round. */
public final class Split {

    private static final Logger LOG = LoggerFactory.getLogger(Split.class);

    private static final List<String> TRAIN = List.of("train", "training");
    private static final List<String> TEST = List.of("test", "testing", "val", "valid", "validation", "dev");
    private static final List<String> VAL = List.of("val", "valid", "validation", "dev", "test", "testing");

    private Split() {}

    /** The names to try for a split, best first. A name that is none of the usual ones stands for itself alone. */
    public static List<String> candidates(String split) {
        String name = split.toLowerCase(Locale.ROOT);
        if (TRAIN.contains(name)) {
            return TRAIN;
        }
        if (name.startsWith("test")) {
            return TEST;
        }
        return VAL.contains(name) ? VAL : List.of(split);
    }

    /** The first candidate that exists; says so in the log when it is not the split that was asked for. */
    public static Optional<String> find(String split, String where, Predicate<String> exists) {
        Optional<String> found = candidates(split).stream().filter(exists).findFirst();
        found.filter(name -> !name.equalsIgnoreCase(split))
                .ifPresent(name -> LOG.info("{} has no split '{}'; '{}' is used", where, split, name));
        return found;
    }

    /** Every name that any split goes by. */
    public static boolean isSplitName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return TRAIN.contains(lower) || VAL.contains(lower);
    }
}
