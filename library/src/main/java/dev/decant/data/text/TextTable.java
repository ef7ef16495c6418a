package dev.decant.data.text;

import dev.decant.DataException;
import java.util.List;

/**
 * Texts before they are cut into tokens.
 *
 * @param name what the user calls it
 * @param isPairs whether every row has two texts
 * @param skipped how many lines were left out because they are not as they should be
 */
public record TextTable(String name, List<TextRow> rows, boolean isPairs, TextLabels labels, int skipped) {

    public TextTable {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new DataException(name + ": has no examples"
                    + (skipped > 0 ? "; " + skipped + " lines were left out as malformed" : ""));
        }
    }

    /** The same texts with others in their place. */
    public TextTable withRows(List<TextRow> others) {
        return new TextTable(name, others, isPairs, labels, skipped);
    }
}
