package dev.decant.build;

import dev.decant.InputException;
import dev.decant.model.Network;
import dev.decant.model.Stack;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A student that starts as its teacher, or as every k-th of its layers. */
public final class LayerInit {

    /** A name with the number of a layer: {@code blocks.3.norm1.weight}. */
    private static final Pattern OF_LAYER = Pattern.compile("(\\D*\\.|)(\\d+)(\\..*)");

    private static final int SHOWN = 3;

    private LayerInit() {}

    /**
     * Copies the teacher's parameters and buffers into the student.
     *
     * @param layers which of the teacher's layers the student's begin as; spread evenly up to the last if empty
     * @throws InputException if the teacher lacks one or has it in another shape
     */
    public static void copy(Network student, Network teacher, List<Integer> layers) {
        UnaryOperator<String> source = source(student, teacher, layers);
        Map<String, Tensor> given = teacher.state();
        List<String> wrong = new ArrayList<>();
        try (NoGrad quiet = NoGrad.open()) {
            student.state().forEach((name, own) -> {
                Tensor theirs = given.get(source.apply(name));
                if (theirs == null) {
                    wrong.add(name + " is missing");
                } else if (!Arrays.equals(own.shape(), theirs.shape())) {
                    wrong.add(name + " is " + Arrays.toString(theirs.shape()) + " there, "
                            + Arrays.toString(own.shape()) + " here");
                } else {
                    own.copyFrom(theirs);
                }
            });
        }
        if (!wrong.isEmpty()) {
            String more = wrong.size() > SHOWN ? ", and " + (wrong.size() - SHOWN) + " more" : "";
            throw new InputException("student.init: the teacher '"
                    + teacher.config().architecture() + "' is no start for the student '"
                    + student.config().architecture() + "': "
                    + String.join(", ", wrong.subList(0, Math.min(SHOWN, wrong.size()))) + more);
        }
    }

    /** From a name in the student to that in the teacher. */
    private static UnaryOperator<String> source(Network student, Network teacher, List<Integer> layers) {
        Map<String, List<String>> parts = student.modalities();
        if (parts.size() == 1) {
            List<Integer> from = layers(student, teacher, layers);
            return name -> source(name, from);
        }
        if (!layers.isEmpty()) {
            throw new InputException("student.init-layers: '" + student.config().architecture()
                    + "' has several stacks of layers (" + String.join(", ", parts.keySet())
                    + "), which are spread evenly; leave it out");
        }
        Map<String, String> paths = new LinkedHashMap<>();
        parts.forEach((part, own) ->
                pair(paths, own, teacher.modalities().getOrDefault(part, List.of()), copies(student, part)));
        return name -> paths.entrySet().stream()
                .filter(e -> name.startsWith(e.getKey()))
                .findFirst()
                .map(e -> e.getValue() + name.substring(e.getKey().length()))
                .orElse(name);
    }

    /** How many layers of a part stand for one, and are taken together. */
    private static int copies(Network network, String part) {
        return Optional.ofNullable(network.stacks().get(part))
                .map(Stack::copies)
                .orElse(1);
    }

    private static void pair(Map<String, String> paths, List<String> own, List<String> theirs, int copies) {
        List<Integer> from = evenly(own.size() / copies, theirs.size() / copies);
        for (int i = 0; i < own.size(); i++) {
            int place = from.get(i / copies) * copies + i % copies;
            if (place >= 0 && place < theirs.size()) {
                paths.put(own.get(i), theirs.get(place));
            }
        }
    }

    private static List<Integer> layers(Network student, Network teacher, List<Integer> chosen) {
        int own = depth(student);
        int theirs = depth(teacher);
        if (chosen.isEmpty()) {
            return own <= theirs
                    ? evenly(own, theirs)
                    : IntStream.range(0, own).boxed().toList();
        }
        if (chosen.size() != own || chosen.stream().anyMatch(i -> i >= theirs)) {
            throw new InputException(
                    "student.init-layers: " + chosen + " must name " + own + " layers below " + theirs);
        }
        return chosen;
    }

    /** The last of each of n equal stretches. */
    static List<Integer> evenly(int n, int layers) {
        return IntStream.rangeClosed(1, n).map(i -> i * layers / n - 1).boxed().toList();
    }

    /** How many layers; none where a network is no stack of like ones. */
    private static int depth(Network network) {
        return Optional.ofNullable(network.stacks().get(Stack.WHOLE))
                .map(Stack::depth)
                .orElse(0);
    }

    private static String source(String name, List<Integer> layers) {
        Matcher m = OF_LAYER.matcher(name);
        if (layers.isEmpty() || !m.matches()) {
            return name;
        }
        int layer = Integer.parseInt(m.group(2));
        return layer < layers.size() ? m.group(1) + layers.get(layer) + m.group(3) : name;
    }
}
