package dev.decant.tensor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a tensor lives: {@code cpu} or {@code cuda:N}.
 *
 * @param type "cpu" or "cuda"
 * @param index which GPU; 0 for the CPU
 */
public record Device(String type, int index) {

    public static final Device CPU = new Device("cpu", 0);

    private static final Pattern FORM = Pattern.compile("cpu|cuda(?::(\\d{1,3}))?");

    /** Reads "cpu", "cuda" or "cuda:1"; anything else is an {@link IllegalArgumentException} that says so. */
    public static Device parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("device '" + text + "': expected cpu, cuda or cuda:N");
        }
        if (text.equals("cpu")) {
            return CPU;
        }
        String index = m.group(1);
        return new Device("cuda", index == null ? 0 : Integer.parseInt(index));
    }

    public boolean isCuda() {
        return type.equals("cuda");
    }

    @Override
    public String toString() {
        return isCuda() ? type + ":" + index : type;
    }

    org.bytedeco.pytorch.Device handle() {
        return new org.bytedeco.pytorch.Device(toString());
    }
}
