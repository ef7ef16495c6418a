package dev.decant.metric;

import dev.decant.ModelException;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Similarity of the layers of two networks: minibatch centred kernel alignment with linear kernels (Kornblith et al. 2019,
 * arXiv:1905.00414; Nguyen, Raghu and Kornblith 2021, arXiv:2010.15327), from the unbiased estimator of Song et al. 2012.
 *
 * <p>With X (n, d) the flattened activations of n examples, K = X X' in F64 and L likewise, K~ and L~ with zero diagonals:
 * HSIC(K, L) = ( tr(K~ L~) + (1'K~1)(1'L~1) / ((n-1)(n-2)) - 2/(n-2) 1'K~L~1 ) / (n(n-3)), and over batches
 * CKA = mean HSIC(K, L) / sqrt(mean HSIC(K, K) · mean HSIC(L, L)).
 *
 * <p>An estimate: on few examples it may leave [0, 1] a little. Fed batch by batch; not thread-safe.
 */
public final class Cka {

    private static final int FEWEST = 4;

    /** Columns turned to F64 at a time: activations of early layers are wide. */
    private static final long COLUMNS = 1 << 15;

    private final double[][] cross;
    private final double[] firstSelf;
    private final double[] secondSelf;
    private int batches;

    /** For so many layers of the first and of the second network. */
    public Cka(int firstLayers, int secondLayers) {
        if (firstLayers < 1 || secondLayers < 1) {
            throw new ModelException(
                    "CKA needs at least one layer of each network, found " + firstLayers + " and " + secondLayers);
        }
        cross = new double[firstLayers][secondLayers];
        firstSelf = new double[firstLayers];
        secondSelf = new double[secondLayers];
    }

    /**
     * Adds one batch; both networks must have seen the same examples in the same order, at least 4.
     *
     * @param first activations by layer, each (n, ...)
     * @param second activations by layer, each (n, ...)
     */
    public void add(List<Tensor> first, List<Tensor> second) {
        check("first", first, firstSelf.length);
        check("second", second, secondSelf.length);
        long n = first.get(0).size(0);
        examples("second", second, examples("first", first, n));
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            Tensor x = centredGrams(first); // (F, n²)
            Tensor y = centredGrams(second); // (S, n²)
            double[] products = x.matmul(y.transpose(0, 1)).doubles();
            double[] xSelf = finite("first", x.square().sum(1).doubles());
            double[] ySelf = finite("second", y.square().sum(1).doubles());
            accumulate(products, xSelf, ySelf, n * (n - 3.0));
        }
    }

    /** [first layer][second layer]; NaN where a layer does not vary enough for an estimate. */
    public double[][] matrix() {
        if (batches == 0) {
            throw new IllegalStateException("CKA of no batches: add at least one");
        }
        double[][] cka = new double[firstSelf.length][secondSelf.length];
        for (int i = 0; i < firstSelf.length; i++) {
            for (int j = 0; j < secondSelf.length; j++) {
                cka[i][j] = ratio(cross[i][j], firstSelf[i], secondSelf[j]);
            }
        }
        return cka;
    }

    public int batches() {
        return batches;
    }

    /** HSIC of one batch of activations x (n, ...) and y (n, ...), n at least 4. */
    public static double hsic(Tensor x, Tensor y) {
        Cka one = new Cka(1, 1);
        one.add(List.of(x), List.of(y));
        return one.cross[0][0];
    }

    /** CKA of one batch by the unbiased estimator. */
    public static double unbiased(Tensor x, Tensor y) {
        Cka one = new Cka(1, 1);
        one.add(List.of(x), List.of(y));
        return one.matrix()[0][0];
    }

    /**
     * CKA by the biased estimator, the cosine between Gram matrices centred by rows and columns: always in [0, 1], too high
     * when features are wider than the batch. NaN if x or y does not vary; n at least 2.
     */
    public static double biased(Tensor x, Tensor y) {
        long n = examples("second", List.of(y), x.size(0));
        if (n < 2) {
            throw new ModelException("CKA needs a batch of at least 2 examples, found " + n);
        }
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            Tensor k = doublyCentred(gram(x));
            Tensor l = doublyCentred(gram(y));
            return ratio(
                    k.mul(l).sum().item(),
                    k.square().sum().item(),
                    l.square().sum().item());
        }
    }

    private void accumulate(double[] products, double[] xSelf, double[] ySelf, double scale) {
        for (int i = 0; i < xSelf.length; i++) {
            for (int j = 0; j < ySelf.length; j++) {
                cross[i][j] += products[i * ySelf.length + j] / scale;
            }
            firstSelf[i] += xSelf[i] / scale;
        }
        for (int j = 0; j < ySelf.length; j++) {
            secondSelf[j] += ySelf[j] / scale;
        }
        batches++;
    }

    private static double ratio(double cross, double first, double second) {
        return first > 0 && second > 0 ? cross / (Math.sqrt(first) * Math.sqrt(second)) : Double.NaN;
    }

    /** Rows whose products are n(n-3) HSIC: a fast form of the definition. */
    private static Tensor centredGrams(List<Tensor> layers) {
        return Tensor.stack(
                layers.stream().map(x -> centred(gram(x)).flatten(0)).toList(), 0);
    }

    private static Tensor centred(Tensor gram) {
        long n = gram.size(0);
        Tensor self = Tensor.arange(gram.device(), n).oneHot(n).eq(1);
        Tensor k = gram.maskedFill(self, 0);
        Tensor means = k.sum(0).div(n - 2.0); // (n)
        Tensor u = means.sub(means.sum().div(2.0 * (n - 1)));
        return k.sub(u.unsqueeze(0)).sub(u.unsqueeze(1)).maskedFill(self, 0);
    }

    private static Tensor doublyCentred(Tensor gram) {
        return gram.sub(gram.mean(true, 0)).sub(gram.mean(true, 1)).add(gram.mean());
    }

    /**
     * X X' (n, n) in F64, from columns piece by piece. All examples are moved so that the first lies at the origin, which
     * centring takes back: features that do not vary then give exactly 0.
     */
    private static Tensor gram(Tensor activations) {
        Tensor x = activations.reshape(activations.size(0), -1); // (n, d)
        Tensor sum = Tensor.zeros(x.device(), DType.F64, x.size(0), x.size(0));
        for (long start = 0; start < x.size(1); start += COLUMNS) {
            try (Scope piece = Scope.open()) {
                long some = Math.min(COLUMNS, x.size(1) - start);
                Tensor columns = x.narrow(1, start, some).to(DType.F64);
                Tensor moved = columns.sub(columns.narrow(0, 0, 1));
                sum.addInPlace(moved.matmul(moved.transpose(0, 1)), 1);
            }
        }
        return sum;
    }

    private static void check(String network, List<Tensor> layers, int expected) {
        if (layers.size() != expected) {
            throw new ModelException(
                    "CKA of " + expected + " layers of the " + network + " network was given " + layers.size());
        }
        if (layers.get(0).size(0) < FEWEST) {
            throw new ModelException("unbiased CKA needs batches of at least " + FEWEST + " examples, found "
                    + layers.get(0).size(0) + "; leave out a short last batch");
        }
    }

    private static long examples(String network, List<Tensor> layers, long n) {
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).size(0) != n) {
                throw new ModelException(
                        "activations " + Arrays.toString(layers.get(i).shape()) + " of layer " + i + " of the "
                                + network + " network: expected " + n + " examples");
            }
        }
        return n;
    }

    private static double[] finite(String network, double[] self) {
        for (int i = 0; i < self.length; i++) {
            if (!Double.isFinite(self[i])) {
                throw new ModelException(
                        "activations of layer " + i + " of the " + network + " network are not finite");
            }
        }
        return self;
    }
}
