package dev.decant.recipe;

import java.util.Optional;

/** More texts from those there are. */
@About(
        "Variants of the training texts, in which words give way to others that a masked language model finds likely there (TinyBERT;"
                + " Jiao et al. 2020). Labels are those of the originals and may be wrong: this is for distillation.")
public record TextAugmentSpec(
        @About("folder of a masked language model with its tokenizer, as a run on `masked-text` leaves it")
                String model,
        @About("variants made of each text, of which those that are new are kept; 10 to 30 in the paper") @Default("20")
                int tries,
        @About("probability that a word gives way") @Default("0.4") double probability,
        @About("words that may stand in a word's place") @Default("15") int candidates,
        @About("seed of the choices") @Default("0") long seed,
        @About("file that the variants are written to and read from the next time; made anew in every run unless set")
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
