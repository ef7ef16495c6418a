package dev.decant.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Which layers of the student are compared: {@code all}, {@code last}, {@code every-K}, or a list of numbers from 1. */
public sealed interface Layers extends PlainValue {

    /** The layers of a student of that depth, from 1. */
    List<Integer> of(int depth);

    /** Every k-th, the last among them; every one for k = 1. */
    record Every(int k) implements Layers {
        public Every {
            if (k < 1) {
                throw new IllegalArgumentException("must be every layer or every k-th, got every-" + k);
            }
        }

        @Override
        public List<Integer> of(int depth) {
            return IntStream.rangeClosed(1, depth)
                    .filter(i -> (depth - i) % k == 0)
                    .boxed()
                    .toList();
        }

        @Override
        public Object plain() {
            return k == 1 ? "all" : "every-" + k;
        }
    }

    /** The last alone. */
    record Last() implements Layers {
        @Override
        public List<Integer> of(int depth) {
            return List.of(depth);
        }

        @Override
        public Object plain() {
            return "last";
        }
    }

    /** Those listed. */
    record Listed(List<Integer> numbers) implements Layers {
        public Listed {
            numbers = List.copyOf(numbers);
            if (numbers.isEmpty() || numbers.stream().anyMatch(n -> n < 0)) {
                throw new IllegalArgumentException("must be numbers of layers from 1, got " + numbers);
            }
        }

        @Override
        public List<Integer> of(int depth) {
            return numbers;
        }

        @Override
        public Object plain() {
            return numbers.stream().map(Integer::longValue).toList();
        }
    }

    static Layers of(Object plain) {
        if (plain.equals("all")) {
            return new Every(1);
        }
        if (plain.equals("last")) {
            return new Last();
        }
        if (plain instanceof String s && s.matches("every-[0-9]{1,3}")) {
            return new Every(Integer.parseInt(s.substring("every-".length())));
        }
        List<Integer> numbers = new ArrayList<>();
        if (plain instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Long n && n >= 0 && n < 10_000) {
                    numbers.add(n.intValue());
                } else {
                    throw unknown(plain);
                }
            }
            return new Listed(numbers);
        }
        throw unknown(plain);
    }

    private static IllegalArgumentException unknown(Object plain) {
        return new IllegalArgumentException(
                "must be all, last, every-2 (or another number) or a list such as [1, 4], got " + plain);
    }
}
