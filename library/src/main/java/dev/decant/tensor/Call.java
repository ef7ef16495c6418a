package dev.decant.tensor;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs native code and turns its exceptions, which carry C++ backtraces, into one line. */
final class Call {

    private static final int LONGEST = 300;

    private Call() {}

    /** An operation that gives a new tensor; all its tensors are among the operands, all else among the attributes. */
    static Tensor tensor(
            String name, Attributes attributes, Supplier<org.bytedeco.pytorch.Tensor> work, Tensor... operands) {
        return Recording.result(
                name, attributes, () -> new Tensor(attempt(name, attributes, work, operands)), operands);
    }

    static Tensor tensor(String name, Supplier<org.bytedeco.pytorch.Tensor> work, Tensor... operands) {
        return tensor(name, Attributes.NONE, work, operands);
    }

    /** An operation whose result may differ from call to call by its size alone. */
    static Tensor sized(
            String name, Attributes attributes, Supplier<org.bytedeco.pytorch.Tensor> work, Tensor... operands) {
        return Recording.sized(name, attributes, () -> new Tensor(attempt(name, attributes, work, operands)), operands);
    }

    /** An operation that changes its first operand. */
    static void inPlace(String name, Attributes attributes, Runnable work, Tensor changed, Tensor... others) {
        Tensor[] operands = new Tensor[others.length + 1];
        operands[0] = changed;
        System.arraycopy(others, 0, operands, 1, others.length);
        Recording.result(
                name,
                attributes,
                () -> attempt(
                        name,
                        attributes,
                        () -> {
                            work.run();
                            return changed;
                        },
                        operands),
                operands);
    }

    static void inPlace(String name, Runnable work, Tensor changed, Tensor... others) {
        inPlace(name, Attributes.NONE, work, changed, others);
    }

    /** Numbers of a tensor, for Java. */
    static <T> T read(String name, Supplier<T> work, Tensor of) {
        Recording.look(of);
        return call(name, work, of);
    }

    static <T> T call(String name, Supplier<T> work, Tensor... operands) {
        return attempt(name, Attributes.NONE, work, operands);
    }

    private static <T> T attempt(String name, Attributes attributes, Supplier<T> work, Tensor... operands) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw translated(name + words(attributes), e, operands);
        }
    }

    static void run(String name, Runnable work, Tensor... operands) {
        try {
            work.run();
        } catch (RuntimeException e) {
            throw translated(name, e, operands);
        }
    }

    private static String words(Attributes attributes) {
        return attributes == Attributes.NONE ? "" : " (" + attributes + ")";
    }

    private static RuntimeException translated(String name, RuntimeException e, Tensor... operands) {
        if (e instanceof TensorException) {
            return e;
        }
        StringBuilder line = new StringBuilder(name);
        if (operands.length > 0) {
            line.append(" of ");
            for (int i = 0; i < operands.length; i++) {
                line.append(i == 0 ? "" : ", ").append(shape(operands[i]));
            }
        }
        return new TensorException(
                line.append(": ").append(firstSentence(e.getMessage())).toString(), e);
    }

    private static String shape(Tensor t) {
        return t.dtype() + Arrays.toString(t.shape()).replace('[', '(').replace(']', ')');
    }

    private static String firstSentence(@Nullable String message) {
        if (message == null) {
            return "native code failed";
        }
        int end = message.indexOf("\nException raised from");
        String text = (end < 0 ? message : message.substring(0, end))
                .replaceAll("\\s+", " ")
                .trim();
        return text.length() > LONGEST ? text.substring(0, LONGEST) + " ..." : text;
    }
}
