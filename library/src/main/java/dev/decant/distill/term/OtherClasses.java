package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Draws examples of other classes than given ones, uniformly and with replacement, from the device's generator. */
final class OtherClasses {

    private final long[] labels;
    private final long[] firstOfClass;
    private final Tensor sorted;

    /** labels of the whole training set, from 0. */
    OtherClasses(long[] labels) {
        this.labels = labels.clone();
        if (Arrays.stream(labels).distinct().limit(2).count() < 2) {
            throw new ModelException("crd: the training set must have at least two classes to find negatives");
        }
        firstOfClass = firstOfClass(labels);
        sorted = Tensor.of(IntStream.range(0, labels.length)
                .boxed()
                .sorted((a, b) -> Long.compare(labels[a], labels[b]))
                .mapToLong(i -> i)
                .toArray());
    }

    /** Where each class starts among examples sorted by class, and after the last class the number of all. */
    private static long[] firstOfClass(long[] labels) {
        long[] first = new long[Math.toIntExact(Arrays.stream(labels).max().orElseThrow()) + 2];
        for (long label : labels) {
            first[(int) label + 1]++;
        }
        Arrays.parallelPrefix(first, Long::sum);
        return first;
    }

    int examples() {
        return labels.length;
    }

    /** Each example itself and then {@code count} of other classes: (N, 1 + count). */
    Tensor draw(long[] examples, int count, Device device) {
        int n = examples.length;
        long[] start = new long[n];
        long[] size = new long[n];
        for (int i = 0; i < n; i++) {
            int label = (int) labels[checked(examples[i])];
            start[i] = firstOfClass[label];
            size[i] = firstOfClass[label + 1] - start[i];
        }
        Tensor from = Tensor.of(device, start, n, 1);
        Tensor own = Tensor.of(device, size, n, 1);
        Tensor others = own.neg().add(labels.length).to(DType.F64);
        Tensor uniform =
                Tensor.empty(device, DType.F64, n, count).uniformInPlace(0, 1).mul(others);
        Tensor place = uniform.to(DType.I64); // among the sorted examples without the own class
        Tensor jumped = place.add(place.ge(from).to(DType.I64).mul(own));
        Tensor drawn = sorted.to(device).indexSelect(0, jumped.reshape(-1)).reshape(n, count);
        return Tensor.cat(List.of(Tensor.of(device, examples, n, 1), drawn), 1);
    }

    private int checked(long example) {
        if (example < 0 || example >= labels.length) {
            throw new ModelException(
                    "crd: example " + example + " is not one of the " + labels.length + " of the training set");
        }
        return (int) example;
    }
}
