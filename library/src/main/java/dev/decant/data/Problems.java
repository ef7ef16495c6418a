package dev.decant.data;

import dev.decant.DataException;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with a file, so that it can be put right at once. */
public final class Problems {

    private static final int SHOWN = 20;

    private final String source;
    private final List<String> found = new ArrayList<>();
    private int count;

    /** @param source the file as the user knows it */
    public Problems(String source) {
        this.source = source;
    }

    /** @param where file and line */
    public void add(String where, String problem) {
        if (count++ < SHOWN) {
            found.add(where + ": " + problem);
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** @throws DataException with one line for each, if there are any */
    public void done() {
        if (count == 0) {
            return;
        }
        if (count == 1) {
            throw new DataException(found.get(0));
        }
        String more = count > SHOWN ? "\n  and " + (count - SHOWN) + " more" : "";
        throw new DataException(
                source + ": " + count + " entries cannot be used\n  " + String.join("\n  ", found) + more);
    }
}
