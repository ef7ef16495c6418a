package dev.decant.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The shape of a tap: N examples and S tokens are symbols, all other sizes are numbers.
 *
 * @param sizes of each dimension; absent where it is no multiple of N and S
 */
public record TapShape(List<Optional<Size>> sizes) {

    public TapShape {
        sizes = List.copyOf(sizes);
    }

    /**
     * Finds it from the shapes in several passes, as {@link Size#fit} does for one dimension.
     *
     * @throws IllegalArgumentException if the tap has another rank in another pass
     */
    static TapShape fit(List<long[]> passes, List<Long> bases, List<Long> others) {
        int rank = passes.get(0).length;
        if (passes.stream().anyMatch(shape -> shape.length != rank)) {
            throw new IllegalArgumentException("its rank changes from batch to batch");
        }
        List<Optional<Size>> sizes = new ArrayList<>();
        for (int dim = 0; dim < rank; dim++) {
            int at = dim;
            sizes.add(Size.fit(passes.stream().map(shape -> shape[at]).toList(), bases, others));
        }
        return new TapShape(sizes);
    }

    public int rank() {
        return sizes.size();
    }

    /**
     * The size of a dimension that does not depend on the batch.
     *
     * @param dim from 0; from the end if negative
     * @return empty if there is no such dimension, or its size depends on the batch
     */
    public Optional<Long> fixed(int dim) {
        int place = dim < 0 ? rank() + dim : dim;
        return place < 0 || place >= rank()
                ? Optional.empty()
                : sizes.get(place).filter(Size::isFixed).map(Size::times);
    }

    /** {@code (N, S, 768)}; {@code ?} for a size that is no multiple of N and S. */
    @Override
    public String toString() {
        return sizes.stream()
                .map(size -> size.map(Size::toString).orElse("?"))
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
