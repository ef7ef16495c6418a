package dev.decant.recipe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a measured figure must keep to, written as an operator and a number: {@code "<= 1.0"}. */
public record Bound(Comparison comparison, double value) implements PlainValue {

    private static final Pattern TEXT = Pattern.compile("(<=|>=|<|>)\\s*([-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)");

    /** The four ways to compare. */
    public enum Comparison {
        AT_MOST("<="),
        AT_LEAST(">="),
        BELOW("<"),
        ABOVE(">");

        private final String sign;

        Comparison(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }

        static Comparison ofSign(String sign) {
            for (Comparison c : values()) {
                if (c.sign.equals(sign)) {
                    return c;
                }
            }
            throw new IllegalArgumentException("unknown comparison " + sign);
        }
    }

    public static Bound of(Object plain) {
        Matcher m = TEXT.matcher(plain.toString().strip());
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "expected an operator (<=, >=, <, >) and a number, as in \"<= 1.0\", got '" + plain + "'");
        }
        return new Bound(Comparison.ofSign(m.group(1)), Double.parseDouble(m.group(2)));
    }

    /** NaN keeps to no bound. */
    public boolean holds(double measured) {
        return switch (comparison) {
            case AT_MOST -> measured <= value;
            case AT_LEAST -> measured >= value;
            case BELOW -> measured < value;
            case ABOVE -> measured > value;
        };
    }

    @Override
    public Object plain() {
        return comparison.sign() + " " + value;
    }

    @Override
    public String toString() {
        return plain().toString();
    }
}
