package dev.decant.recipe;

import dev.decant.spec.LongText;
import dev.decant.spec.MalformedData;
import java.util.Optional;

/** What every set of texts takes besides where it lies: how texts become tokens, and which are used. */
@About("Keys of every set of texts.")
public record TextOptions(
        @About(
                        "tokenizer.json, BERT's vocab.txt, or a folder with one; unless set, that of the first model folder that the"
                                + " recipe names, and for shapes-text otherwise one with just its words")
                Optional<String> tokenizer,
        @About("tokens of an example, special ones included; no more than the model has positions") @Default("128")
                int maxLength,
        @About("a text with more tokens: `truncate` cuts the longer text of a pair first, `error` stops")
                @Default("truncate")
                LongText longText,
        @About("a line with the wrong columns or no text: `error` stops, `skip` counts it and names the first")
                @Default("error")
                MalformedData malformed,
        @About("keep only the first n training examples") Optional<Integer> trainExamples,
        @About("part of the training examples held out as the validation split, between 0 and 1")
                Optional<Double> validation,
        @About("variants of the training texts, for distillation") Optional<TextAugmentSpec> augment,
        @About("the length of a batch is that of its longest text, rounded up to a multiple of this") @Default("8")
                int padTo) {

    public TextOptions {
        Checks check = new Checks();
        check.atLeast("max-length", maxLength, 5);
        check.atLeast("train-examples", trainExamples, 1);
        validation.ifPresent(v -> check.that(v > 0 && v < 1, "validation", "must be above 0 and below 1, got " + v));
        check.atLeast("pad-to", padTo, 1);
        check.done();
    }
}
