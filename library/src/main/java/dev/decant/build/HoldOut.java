package dev.decant.build;

import dev.decant.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The part of the training examples that is held out for validation. It does not depend on the run's seed. */
final class HoldOut {

    private static final long SEED = 20_260_101;

    private HoldOut() {}

    /** The places of the examples that are held out, or of the others, in order. */
    static int[] indices(int size, double part, boolean heldOut) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(SEED));
        int cut = (int) Math.round(size * part);
        if (cut == 0 || cut == size) {
            throw new InputException("data.validation " + part + " of " + size + " training examples leaves "
                    + (cut == 0 ? "none to validate on" : "none to train on"));
        }
        List<Integer> chosen = heldOut ? order.subList(0, cut) : order.subList(cut, size);
        return chosen.stream().sorted().mapToInt(Integer::intValue).toArray();
    }
}
