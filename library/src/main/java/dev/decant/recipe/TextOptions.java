package dev.decant.recipe;

import dev.decant.spec.LongText;
import dev.decant.spec.MalformedData;
import java.util.Optional;

/** Options of every text data set: tokenization, subset, malformed lines, augmentation. */
@About("Keys of every text data set.")
public record TextOptions(
        @About("tokenizer.json, BERT's vocab.txt, or a folder with one of them; by default the tokenizer of the first "
                        + "model folder in the recipe, or, for shapes-text without one, a tokenizer of just its words")
                Optional<String> tokenizer,
        @About("maximum number of tokens of an example, with special tokens; at most the model's number of positions")
                @Default("128")
                int maxLength,
        @About(
                        "what to do with a longer text: `truncate` truncates it (the longer text of a pair first), `error` stops "
                                + "the run")
                @Default("truncate")
                LongText longText,
        @About(
                        "what to do with a line that has wrong columns or no text: `error` stops the run, `skip` skips it, counts "
                                + "it and reports the first")
                @Default("error")
                MalformedData malformed,
        @About("keep only the first n training examples") Optional<Integer> trainExamples,
        @About("share of the training examples held out as the validation split, between 0 and 1")
                Optional<Double> validation,
        @About("data augmentation of the training texts, for distillation") Optional<TextAugmentSpec> augment,
        @About("a batch is padded to the length of its longest text, rounded up to a multiple of this") @Default("8")
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
