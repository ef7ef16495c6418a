package dev.decant.loss;

import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;

/**
 * Relational distillation: the shape of the cloud of a batch's features, not their places (Park et al. 2019,
 * arXiv:1904.05068). Student (N, D) and teacher (N, E) may differ in width. Means run over all pairs or triples, also those
 * of an example with itself, which are 0 on both sides; compared by smooth-L1 with beta 1.
 */
public final class Rkd {

    private static final double SMALLEST_SQUARE = 1e-12;
    private static final double SMALLEST_NORM = 1e-12;

    /** Elements of one intermediate tensor of {@link #angle}; more are made piece by piece. */
    private static final long LARGEST = 1L << 24;

    private Rkd() {}

    /**
     * distanceWeight · {@link #distance} + angleWeight · {@link #angle}; the authors take 25 and 50.
     *
     * @param student features (N, D)
     * @param teacher features (N, E); no gradient reaches the teacher
     * @return scalar
     */
    public static Tensor loss(Tensor student, Tensor teacher, double distanceWeight, double angleWeight) {
        return distance(student, teacher)
                .mul(distanceWeight)
                .add(angle(student, teacher).mul(angleWeight));
    }

    /** Compares Euclidean distances of pairs, each network's divided by their mean. Scalar; N at least 2. */
    public static Tensor distance(Tensor student, Tensor teacher) {
        Shapes.rows(student, teacher, 2);
        return Ops.smoothL1(relativeDistances(student), relativeDistances(teacher.detach()));
    }

    /** Compares, for every triple i, j, k, the cosine of the angle at i between j and k. Scalar; N at least 2. */
    public static Tensor angle(Tensor student, Tensor teacher) {
        return angle(student, teacher, LARGEST);
    }

    static Tensor angle(Tensor student, Tensor teacher, long largest) {
        Shapes.rows(student, teacher, 2);
        long n = student.size(0);
        long width = Math.max(student.size(1), teacher.size(1));
        long anchors = Math.max(1, largest / (n * Math.max(n, width)));
        return anchors >= n
                ? angle(student, teacher.detach(), 0, n)
                : angleByPieces(student, teacher.detach(), anchors);
    }

    private static Tensor relativeDistances(Tensor x) {
        long n = x.size(0);
        Tensor squares = x.square().sum(true, 1); // (N, 1)
        Tensor products = FullPrecision.matmul(x, x.transpose(0, 1)); // (N, N)
        Tensor self = Tensor.arange(x.device(), n).oneHot(n).eq(1);
        Tensor distances = squares.add(squares.transpose(0, 1))
                .sub(products.mul(2))
                .clampMin(SMALLEST_SQUARE)
                .sqrt()
                .maskedFill(self, 0); // (N, N)
        return distances.div(distances.sum().div(n * (n - 1.0)));
    }

    private static Tensor angle(Tensor student, Tensor teacher, long first, long anchors) {
        return Ops.smoothL1(cosines(student, first, anchors), cosines(teacher, first, anchors));
    }

    /** Cosines (A, N, N) at A anchors; 0, with gradient 0, where two of the three coincide. */
    private static Tensor cosines(Tensor x, long first, long anchors) {
        Tensor away = x.unsqueeze(0).sub(x.narrow(0, first, anchors).unsqueeze(1)); // (A, N, D), from i to j
        Tensor norms = away.norm(-1, true); // (A, N, 1)
        Tensor none = norms.gt(SMALLEST_NORM).logicalNot();
        Tensor unit = away.div(norms.maskedFill(none, Double.POSITIVE_INFINITY));
        return FullPrecision.matmul(unit, unit.transpose(1, 2));
    }

    /**
     * The same value and first derivative with the memory of one piece: each piece is differentiated at once, and the
     * result is a constant plus a linear function with that gradient.
     */
    private static Tensor angleByPieces(Tensor student, Tensor teacher, long anchors) {
        boolean differentiate = student.mul(1).requiresGrad(); // false also where no graph is recorded
        Tensor leaf = student.detach().requiresGrad(differentiate);
        Tensor total = student.detach().sum().zerosLike();
        long n = student.size(0);
        for (long first = 0; first < n; first += anchors) {
            try (Scope piece = Scope.open()) {
                long some = Math.min(anchors, n - first);
                Tensor part = angle(leaf, teacher, first, some).mul((double) some / n);
                total.addInPlace(part.detach(), 1);
                if (differentiate) {
                    part.backward();
                }
            }
        }
        return differentiate ? withGradient(total, student, leaf.grad()) : total;
    }

    private static Tensor withGradient(Tensor value, Tensor x, Tensor gradient) {
        Tensor linear = x.mul(gradient).sum();
        return linear.sub(linear.detach()).add(value);
    }
}
