package dev.decant.data.imagetext;

import dev.decant.DataException;
import dev.decant.spec.ImageTextTask;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where images with texts are read from. */
public interface ImageTextSource {

    /** Whether there is a split of exactly that name: train, val or test. */
    boolean has(String split);

    /**
     * Reads a split.
     *
     * @throws DataException when it is not there, is not for the task, or has entries that cannot be used: with file and line
     *     of each
     */
    ImageTextData read(ImageTextTask task, String split);

    /** @throws DataException unless the task is one of those that the data is for */
    static void requireTask(String data, ImageTextTask task, ImageTextTask... fitting) {
        if (!List.of(fitting).contains(task)) {
            String names = Arrays.stream(fitting)
                    .map(t -> t.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            throw new DataException(data + ": has no data for task "
                    + task.name().toLowerCase(Locale.ROOT) + "; its tasks are: " + names);
        }
    }
}
