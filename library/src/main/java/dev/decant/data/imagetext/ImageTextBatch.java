package dev.decant.data.imagetext;

import dev.decant.data.Batch;
import dev.decant.data.BatchSource;
import dev.decant.data.text.TokenRows;
import dev.decant.data.text.WordMasking;
import dev.decant.model.Inputs;
import dev.decant.model.Negatives;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Images with texts as workers make them; arrays row by row.
 *
 * @param images M
 * @param pixels (M, 3, R, R)
 * @param spare takes the pixels' array back
 */
record ImageTextBatch(
        int side,
        int images,
        float[] pixels,
        TokenRows text,
        long[] imageOf,
        long[] ids,
        Optional<Regions> regions,
        Optional<Hidden> hidden,
        Optional<Answers> answers,
        Wanted wanted,
        long seed,
        int[] indices,
        Queue<float[]> spare)
        implements BatchSource.Prepared {

    /** Boxes (N, 4), whole (N), patches (N, P). */
    record Regions(float[] boxes, long[] whole, long[] patches) {}

    /** Ids (N, S), positions and labels (N, 8). */
    record Hidden(long[] ids, long[] positions, long[] labels) {}

    /** Texts to be written, whose they are, and how much they count. */
    record Answers(TokenRows text, long[] questionOf, float[] weights) {}

    /** Labels (N), boxes (N, 4) in their place, or what people wrote. */
    record Wanted(long[] labels, float[] boxes, List<List<String>> references) {}

    @Override
    public Batch toTensors() {
        int n = text.rows();
        Tensor image = Tensor.of(pixels, images, 3, side, side);
        spare.offer(pixels);
        Inputs inputs = new Inputs.ImageText(
                new Inputs.Images(image),
                text.toTensors(),
                Tensor.of(imageOf, n),
                Tensor.of(ids, n),
                regions.map(r -> new Inputs.Regions(
                        Tensor.of(r.boxes, n, 4),
                        Tensor.of(r.whole, n),
                        Tensor.of(r.patches, n, r.patches.length / n))),
                hidden.map(h -> new Inputs.Masked(
                        Tensor.of(h.ids, n, text.length()),
                        Tensor.of(h.positions, n, WordMasking.MOST),
                        Tensor.of(h.labels, n, WordMasking.MOST))),
                answers.map(a -> new Inputs.Answers(
                        a.text.toTensors(),
                        Tensor.of(a.questionOf, a.questionOf.length),
                        Tensor.of(a.weights, a.weights.length))),
                new Negatives(seed));
        Tensor labels = wanted.boxes.length > 0 ? Tensor.of(wanted.boxes, n, 4) : Tensor.of(wanted.labels, n);
        return new Batch(inputs, labels, Optional.empty(), indices, wanted.references);
    }
}
