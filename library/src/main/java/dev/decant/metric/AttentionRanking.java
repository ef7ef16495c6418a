package dev.decant.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How far a student's attention ranks the keys as its teacher's does. Maps are (n, n), rows are queries, of one head and of
 * real tokens only.
 *
 * <p>The ranking loss is that of Liu et al. 2021 (arXiv:2106.14156), used with the cover length by Kim et al. 2022
 * (arXiv:2211.11014). Each has two forms: the plain one, whose value does not depend on the length, and the one of the
 * latter authors' code, for comparison with their figures.
 */
public final class AttentionRanking {

    private AttentionRanking() {}

    /**
     * Σ max(0, -(S_ri - S_rj) · sgn(T_ri - T_rj)) over rows r and pairs i &lt; j, divided by the number of these: 0 if the
     * student orders all keys as the teacher does.
     */
    public static double loss(double[][] teacher, double[][] student) {
        int n = requireSame(teacher, student);
        double sum = 0;
        for (int r = 0; r < n; r++) {
            for (int i = 0; i < n; i++) {
                for (int j = i + 1; j < n; j++) {
                    sum += wrong(teacher[r], student[r], i, j);
                }
            }
        }
        return n == 1 ? 0 : sum / (n * pairs(n));
    }

    /** The same sum over i from 0 to n - 2 and j from 1 to n - 1, not divided: pairs inside count twice. */
    public static double referenceLoss(double[][] teacher, double[][] student) {
        int n = requireSame(teacher, student);
        double sum = 0;
        for (int r = 0; r < n; r++) {
            for (int i = 0; i < n - 1; i++) {
                for (int j = 1; j < n; j++) {
                    sum += wrong(teacher[r], student[r], i, j);
                }
            }
        }
        return sum;
    }

    private static double wrong(double[] teacher, double[] student, int i, int j) {
        return Math.max(0, -(student[i] - student[j]) * Math.signum(teacher[i] - teacher[j]));
    }

    /**
     * How much of the student's ranking it takes to cover the teacher's k strongest keys: the mean over rows of (p + 1)/n,
     * p the last place among them in the student's order. From min(k, n)/n, the best, to 1.
     */
    public static double coverLength(double[][] teacher, double[][] student, int k) {
        int n = requireSame(teacher, student);
        return IntStream.range(0, n)
                        .mapToDouble(r -> (lastPlace(teacher[r], student[r], k) + 1.0) / n)
                        .sum()
                / n;
    }

    /** As the authors' code has it: the mean of p/n, p from 0, without the last row, which counts in the divisor. */
    public static double referenceCoverLength(double[][] teacher, double[][] student, int k) {
        int n = requireSame(teacher, student);
        return IntStream.range(0, n - 1)
                        .mapToDouble(r -> (double) lastPlace(teacher[r], student[r], k) / n)
                        .sum()
                / n;
    }

    /** Of the pairs of keys that the teacher orders, the part that the student orders alike; 1 if there is none. */
    public static double preserved(double[][] teacher, double[][] student) {
        int n = requireSame(teacher, student);
        long ordered = 0;
        long alike = 0;
        for (int r = 0; r < n; r++) {
            for (int i = 0; i < n; i++) {
                for (int j = i + 1; j < n; j++) {
                    double order = Math.signum(teacher[r][i] - teacher[r][j]);
                    ordered += order == 0 ? 0 : 1;
                    alike += order != 0 && order == Math.signum(student[r][i] - student[r][j]) ? 1 : 0;
                }
            }
        }
        return ordered == 0 ? 1 : (double) alike / ordered;
    }

    /** The greatest place, from 0, in the student's descending order of the teacher's k greatest; earlier wins a tie. */
    private static int lastPlace(double[] teacher, double[] student, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("cover length needs at least one key, found k = " + k);
        }
        int[] wanted = descending(teacher);
        int[] order = descending(student);
        int[] place = new int[order.length];
        for (int p = 0; p < order.length; p++) {
            place[order[p]] = p;
        }
        return IntStream.range(0, Math.min(k, wanted.length))
                .map(i -> place[wanted[i]])
                .max()
                .orElseThrow();
    }

    private static int[] descending(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> Double.compare(values[b], values[a])) // stable
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double pairs(int n) {
        return n * (n - 1) / 2.0;
    }

    private static int requireSame(double[][] teacher, double[][] student) {
        int n = teacher.length;
        boolean square = n > 0
                && student.length == n
                && Arrays.stream(teacher).allMatch(r -> r.length == n)
                && Arrays.stream(student).allMatch(r -> r.length == n);
        if (!square) {
            throw new IllegalArgumentException("attention maps must be two of the same (n, n), found " + n
                    + " rows of the teacher's and " + student.length + " of the student's");
        }
        return n;
    }
}
