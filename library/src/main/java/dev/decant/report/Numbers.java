package dev.decant.report;

import java.util.Locale;

/** Numbers as a report shows them. */
final class Numbers {

    private Numbers() {}

    /** Two decimals, and the spread behind a plus-minus sign if there is one. */
    static String score(double mean, double spread) {
        String text = fixed(mean, 2);
        return Double.isNaN(spread) ? text : text + " ± " + fixed(spread, 2);
    }

    /** As {@link #score}, with the sign always shown. */
    static String difference(double mean, double spread) {
        return (mean > 0 ? "+" : "") + score(mean, spread).replace('-', '−');
    }

    /** Three significant digits with a decimal unit, such as {@code 1.09 MB}. */
    static String bytes(long bytes) {
        return scaled((double) bytes, " B", " kB", " MB", " GB", " TB");
    }

    /** Three significant digits, such as {@code 11.7 M}. */
    static String count(long count) {
        return scaled((double) count, "", " k", " M", " G", " T");
    }

    /** Two or three significant digits, with an exponent only far from 1. */
    static String plain(double value) {
        double size = Math.abs(value);
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "0" : Double.toString(value);
        }
        if (size < 1e-4 || size >= 1e7) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        if (size < 1) {
            return String.format(Locale.ROOT, "%.2g", value);
        }
        return fixed(value, size < 10 ? 2 : size < 100 ? 1 : 0);
    }

    static String ratio(double ratio) {
        return plain(ratio) + "×";
    }

    static String seconds(double seconds) {
        if (seconds < 120) {
            return fixed(seconds, 1) + " s";
        }
        return seconds < 7200 ? fixed(seconds / 60, 1) + " min" : fixed(seconds / 3600, 1) + " h";
    }

    private static String scaled(double value, String... units) {
        double rest = value;
        int unit = 0;
        while (Math.abs(rest) >= 999.5 && unit < units.length - 1) {
            rest /= 1000;
            unit++;
        }
        return (unit == 0 ? fixed(rest, 0) : fixed(rest, rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0)) + units[unit];
    }

    private static String fixed(double value, int decimals) {
        return Double.isFinite(value)
                ? String.format(Locale.ROOT, "%." + decimals + "f", value)
                : Double.toString(value);
    }
}
