package dev.decant.loss;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/** Losses of images and texts about them: which belong together, and where in the image a text is about. */
public final class ImageText {

    private static final double LEAST = 1e-9;

    private ImageText() {}

    /**
     * Contrast of images and texts (ITC; CLIP, arXiv 2103.00020; X-VLM, arXiv 2111.08276): half of -(1/N) sum over i, j of y_ij
     * ln softmax_j(s)_ij, half of the same from text to image. With ids, y_ij is 1 over the number of pairs with the id of i
     * where ids i and j are the same, 0 elsewhere; without, 1 on the diagonal.
     *
     * @param similarity s (N, N), of image i and text j, over the temperature
     * @param ids which image each pair is about, (N); absent if each stands for itself
     * @return scalar
     */
    public static Tensor contrast(Tensor similarity, Optional<Tensor> ids) {
        Shapes.rank("similarity", similarity, 2, "(N, N)");
        long n = similarity.size(0);
        Shapes.require(similarity.size(1) == n, "similarity must be (N, N), found " + Shapes.of(similarity));
        ids.ifPresent(
                i -> Shapes.require(i.rank() == 1 && i.size(0) == n, "ids must be (" + n + "), found " + Shapes.of(i)));
        Tensor own = ids.orElseGet(() -> Tensor.arange(similarity.device(), n));
        Tensor same = own.reshape(n, 1).eq(own.reshape(1, n)).to(similarity.dtype());
        Tensor target = same.div(same.sum(true, 1)); // (N, N), symmetric in which entries are not 0
        return CrossEntropy.soft(similarity, target)
                .add(CrossEntropy.soft(similarity.transpose(0, 1), target))
                .div(2);
    }

    /**
     * Cross-entropy of whether image and text belong together (ITM; ALBEF, arXiv 2107.07651).
     *
     * @param match logits (3 N, 2): of N pairs that do, then of 2 N that do not; class 1 is that they do
     * @return scalar
     */
    public static Tensor match(Tensor match) {
        Shapes.rank("match", match, 2, "(3 N, 2)");
        Shapes.require(
                match.size(0) % 3 == 0 && match.size(1) == 2, "match must be (3 N, 2), found " + Shapes.of(match));
        Tensor labels = Tensor.arange(match.device(), match.size(0))
                .lt(match.size(0) / 3.0)
                .to(DType.I64);
        return CrossEntropy.hard(match, labels, 0);
    }

    /**
     * Mean over boxes of the sum over coordinates of |b - t|.
     *
     * @param boxes b (N, 4)
     * @param targets t (N, 4); no gradient reaches them
     * @param counts (N), 1 for a box that counts and 0 for one that does not (a text about the whole image); without any that
     *     counts the loss is 0
     * @return scalar
     */
    public static Tensor boxDistance(Tensor boxes, Tensor targets, Tensor counts) {
        check(boxes, targets, counts);
        return mean(boxes.sub(targets.detach()).abs().sum(-1), counts);
    }

    /**
     * Mean over boxes of 1 - GIoU, GIoU = I/U - (C - U)/C with I the area of the intersection, U that of the union, C that of the
     * least box around both (Rezatofighi et al. 2019, arXiv 1902.09630).
     *
     * <p>The published code gives 0 for a whole batch in which one box has no area; here areas are at least 1e-9, so that such
     * a box costs what boxes cost that do not meet.
     *
     * @param boxes (N, 4): centre x, centre y, width, height
     * @param targets (N, 4), the same; no gradient reaches them
     * @param counts as {@link #boxDistance}
     * @return scalar
     */
    public static Tensor boxOverlap(Tensor boxes, Tensor targets, Tensor counts) {
        check(boxes, targets, counts);
        Sides b = Sides.of(boxes);
        Sides t = Sides.of(targets.detach());
        Tensor intersection = least(b.high, t.high).sub(most(b.low, t.low)).clampMin(0); // (N, 2)
        Tensor around = most(b.high, t.high).sub(least(b.low, t.low)).clampMin(0);
        Tensor i = area(intersection);
        Tensor u = b.area().add(t.area()).sub(i).clampMin(LEAST);
        Tensor c = area(around).clampMin(LEAST);
        Tensor giou = i.div(u).sub(c.sub(u).div(c));
        return mean(giou.neg().add(1), counts);
    }

    /**
     * Of boxes.
     *
     * @param low least x and y, (N, 2)
     * @param high greatest x and y, (N, 2)
     */
    private record Sides(Tensor low, Tensor high) {

        static Sides of(Tensor boxes) {
            Tensor centre = boxes.narrow(1, 0, 2);
            Tensor half = boxes.narrow(1, 2, 2).div(2);
            return new Sides(centre.sub(half), centre.add(half));
        }

        /** (N). */
        Tensor area() {
            return ImageText.area(high.sub(low).clampMin(0));
        }
    }

    private static Tensor area(Tensor sides) {
        return sides.select(1, 0).mul(sides.select(1, 1));
    }

    private static Tensor least(Tensor a, Tensor b) {
        return Tensor.where(a.gt(b), b, a);
    }

    private static Tensor most(Tensor a, Tensor b) {
        return Tensor.where(a.gt(b), a, b);
    }

    private static Tensor mean(Tensor values, Tensor counts) {
        Tensor c = counts.to(values.dtype());
        return values.mul(c).sum().div(c.sum().clampMin(1));
    }

    private static void check(Tensor boxes, Tensor targets, Tensor counts) {
        Shapes.rank("boxes", boxes, 2, "(N, 4)");
        Shapes.same("boxes", boxes, "targets", targets);
        Shapes.require(
                boxes.size(1) == 4 && counts.rank() == 1 && counts.size(0) == boxes.size(0),
                "boxes " + Shapes.of(boxes) + " must be (N, 4), and which of them count, " + Shapes.of(counts)
                        + ", (N)");
    }
}
