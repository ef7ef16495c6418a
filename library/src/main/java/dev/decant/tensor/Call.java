package dev.decant.tensor;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs native code and turns its exceptions, which carry C++ backtraces, into one line. */
final class Call {

    private static final int LONGEST = 300;

    private Call() {}

    static Tensor tensor(String name, Supplier<org.bytedeco.pytorch.Tensor> work, Tensor... operands) {
        return new Tensor(call(name, work, operands));
    }

    static <T> T call(String name, Supplier<T> work, Tensor... operands) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw translated(name, e, operands);
        }
    }

    static void run(String name, Runnable work, Tensor... operands) {
        try {
            work.run();
        } catch (RuntimeException e) {
            throw translated(name, e, operands);
        }
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
