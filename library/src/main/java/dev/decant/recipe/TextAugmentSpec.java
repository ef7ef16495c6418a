package dev.decant.recipe;

import java.util.Optional;

/** Data augmentation of training texts by a masked language model. */
@About("Data augmentation of training texts: a masked language model replaces words by others that it finds "
        + "likely (TinyBERT; Jiao et al. 2020). A variant keeps the label of its original, which may be wrong; use "
        + "this for distillation.")
public record TextAugmentSpec(
        @About("folder of a masked language model with its tokenizer, for example from a run on `masked-text`")
                String model,
        @About("number of variants generated for each text; duplicates are dropped; the paper uses 10 to 30")
                @Default("20")
                int tries,
        @About("probability that a word is replaced") @Default("0.4") double probability,
        @About("number of candidate words for a replacement") @Default("15") int candidates,
        @About("seed of the random choices") @Default("0") long seed,
        @About("file that caches the variants for later runs; by default every run generates them again")
                Optional<String> keep) {

    public TextAugmentSpec {
        Checks check = new Checks();
        check.notBlank("model", model);
        check.atLeast("tries", tries, 1);
        check.that(
                probability > 0 && probability <= 1,
                "probability",
                "must be above 0 and at most 1, got " + probability);
        check.atLeast("candidates", candidates, 1);
        check.done();
    }
}
