package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.model.Inputs;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/** The words behind each row of a language model's logits: -100 where there is none. */
final class WordLabels {

    private static final double NONE = -100;

    private WordLabels() {}

    /** (8 N), of the places where words are hidden; or (A T), of the next token at each place of what is written. */
    static Tensor of(Inputs.ImageText batch, String term, int given) {
        if (batch.answers().isPresent()) {
            return written(batch.answers().get().text(), given).reshape(-1);
        }
        return batch.masked()
                .map(m -> m.labels().reshape(-1))
                .orElseThrow(() ->
                        new ModelException(term + " needs hidden words or texts to be written; the batch has neither"));
    }

    /**
     * (A, T): at each place the token behind it, -100 at the last place, before padding, and before the tokens that are given.
     *
     * @param given how many tokens a text begins with that are not written (the class token and a prompt), at least 1
     */
    static Tensor written(Inputs.Text text, int given) {
        long length = text.ids().size(1);
        Tensor next = text.ids().roll(new long[] {-1}, new long[] {1}).to(DType.I64);
        Tensor there = text.mask().roll(new long[] {-1}, new long[] {1}).eq(0);
        Tensor place = Tensor.arange(next.device(), length).unsqueeze(0).expand(next.size(0), length);
        return next.maskedFill(there, NONE)
                .maskedFill(place.lt(given - 1.0), NONE)
                .maskedFill(place.ge(length - 1.0), NONE);
    }
}
