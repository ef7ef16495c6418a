package dev.decant.analyze;

import dev.decant.model.Inputs;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/** Takes single examples out of batches, without their padding, and puts some together again. */
final class Examples {

    private Examples() {}

    static Inputs single(Inputs batch, int index) {
        if (batch instanceof Inputs.Images images) {
            return new Inputs.Images(images.pixels().narrow(0, index, 1));
        }
        if (batch instanceof Inputs.Text text) {
            Tensor mask = text.mask().narrow(0, index, 1);
            long tokens = Math.round(mask.sum().item());
            if (Math.round(mask.narrow(1, 0, tokens).sum().item()) != tokens) {
                throw new IllegalArgumentException("example " + index + " has padding before its last token");
            }
            return new Inputs.Text(
                    text.ids().narrow(0, index, 1).narrow(1, 0, tokens),
                    text.types().narrow(0, index, 1).narrow(1, 0, tokens),
                    mask.narrow(1, 0, tokens));
        }
        throw new AssertionError(batch);
    }

    /** A batch of single examples of one kind; texts are filled up to the longest. */
    static Inputs join(List<Inputs> singles) {
        if (singles.get(0) instanceof Inputs.Images) {
            return new Inputs.Images(Tensor.cat(
                    singles.stream().map(i -> ((Inputs.Images) i).pixels()).toList(), 0));
        }
        List<Inputs.Text> texts = singles.stream().map(Inputs.Text.class::cast).toList();
        return new Inputs.Text(
                filled(texts, Inputs.Text::ids), filled(texts, Inputs.Text::types), filled(texts, Inputs.Text::mask));
    }

    private static Tensor filled(List<Inputs.Text> texts, Function<Inputs.Text, Tensor> part) {
        List<Tensor> rows = texts.stream().map(part).toList();
        long longest = rows.stream().mapToLong(r -> r.size(1)).max().orElseThrow();
        return Tensor.cat(rows.stream().map(r -> r.pad(0, longest - r.size(1))).toList(), 0);
    }
}
