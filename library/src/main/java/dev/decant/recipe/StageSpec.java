package dev.decant.recipe;

import dev.decant.recipe.internal.KebabCase;
import dev.decant.spec.SparsitySpread;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step of a recipe; each takes the student that the step before left. */
@KeyedByName
@About("One step of the recipe, written `- kind: {keys}`; each takes the student that the step before left.")
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface StageSpec
        permits StageSpec.Finetune,
                StageSpec.Distill,
                StageSpec.Quantize,
                StageSpec.Prune,
                StageSpec.Evaluate,
                StageSpec.Export,
                StageSpec.Analyze {

    /** Training on the labels alone. */
    @About("Trains the student on the labels alone.")
    record Finetune(
            @Flatten TrainingSpec training,
            @About("parts of the objective, only those that need no teacher; if empty, the loss of the data's labels:"
                            + " cross-entropy, or squared-error for scores")
                    @Default("[]")
                    List<TermSpec> terms,
            @About("round weights and activations to a few bits in this stage and from there on")
                    Optional<QuantizeSpec> quantize,
            @About("learn which heads, neurons and channels can go, and remove them") Optional<PruneSpec> prune,
            @About(
                            "which epoch's student goes on: `last` or `best`; if it is pruned, the best of those that reached the target")
                    @Default("last")
                    Save save)
            implements StageSpec {
        public Finetune {
            terms = List.copyOf(terms);
            Checks check = new Checks();
            prune.ifPresent(p -> p.check(check, training));
            for (int i = 0; i < terms.size(); i++) {
                check.that(
                        !terms.get(i).needsTeacher(),
                        "terms[" + i + "]",
                        "a finetune stage has no teacher; use a distill stage");
            }
            check.done();
        }
    }

    /** Training against a teacher. */
    @About("Trains the student on an objective that compares it with the teacher.")
    record Distill(
            @Flatten TrainingSpec training,
            @About("parts of the objective") List<TermSpec> terms,
            @About(
                            "`auto`: weights of terms are shares of the gradient and not factors of losses, so that losses of any"
                                    + " scale need no search for factors; `off`: factors, as given")
                    @Default("off")
                    Balance balance,
            @About("tensors of the teacher in place of the student's own at the start of the stage")
                    Optional<InterventionSpec> intervention,
            @About("round weights and activations to a few bits in this stage and from there on, of the control too")
                    Optional<QuantizeSpec> quantize,
            @About("learn which heads, neurons and channels can go, and remove them; of the control too")
                    Optional<PruneSpec> prune,
            @About("also train the same student without the teacher, for comparison") @Default("true") boolean control,
            @About(
                            "which epoch's student goes on: `last` or `best`; if it is pruned, the best of those that reached the target")
                    @Default("last")
                    Save save)
            implements StageSpec {
        public Distill {
            terms = List.copyOf(terms);
            Checks check = new Checks();
            prune.ifPresent(p -> p.check(check, training));
            check.that(
                    terms.stream().anyMatch(TermSpec::needsTeacher),
                    "terms",
                    "must list at least one term that learns from a teacher; for labels alone use a finetune stage");
            check.that(
                    balance == Balance.OFF || terms.stream().noneMatch(Distill::findsItsExponent),
                    "balance",
                    "cannot be auto beside eps: auto, which needs weights that stay");
            check.done();
        }

        private static boolean findsItsExponent(TermSpec term) {
            return term.loss() instanceof LogitLoss.Ofa ofa && ofa.eps() instanceof Eps.Auto;
        }
    }

    /** How the weights of terms are meant. */
    enum Balance {
        OFF,
        AUTO
    }

    /** Rounding without training. */
    @About("Rounds the student's weights and activations to a few bits, from there on, without training.")
    record Quantize(@Flatten QuantizeSpec quantize) implements StageSpec {}

    /** Removal without training. */
    @About("Removes the heads, neurons and channels with the smallest weights, without training.")
    record Prune(
            @About("share of the parameters of heads, neurons and channels that is to go") Optional<Double> sparsity,
            @About("the same for each modality by itself, instead: `{vision: 0.2, text: 0.3}`") @Default("{}")
                    Map<String, Double> modalities,
            @About("`uniform`: the same share of every layer; `global`: the smallest of all layers") @Default("uniform")
                    SparsitySpread spread,
            @About("neurons and channels are left in multiples of this; 8 or 16 runs faster") @Default("1") int roundTo)
            implements StageSpec {
        public Prune {
            modalities = Map.copyOf(modalities);
            Checks check = new Checks();
            check.that(
                    sparsity.isPresent() == modalities.isEmpty(),
                    "",
                    "expected either sparsity or modalities, got " + (sparsity.isPresent() ? "both" : "neither"));
            sparsity.ifPresent(s -> PruneSpec.share(check, "sparsity", s));
            modalities.forEach((name, s) -> PruneSpec.share(check, "modalities." + name, s));
            check.atLeast("round-to", roundTo, 1);
            check.done();
        }
    }

    /** Scores on a split. */
    @About("Takes the student's scores.")
    record Evaluate(@About("`train`, `validation` or `test`") @Default("test") Split split) implements StageSpec {}

    /** Files to ship. */
    @About("Writes the student for use elsewhere.")
    record Export(
            @About(
                            "what to write: `safetensors`, the model folder; `onnx`, an ONNX file with weights in fp32; `onnx-int8`,"
                                    + " with a byte for each rounded weight; `onnx-2bit`, with one or two bits for each")
                    @Default("[safetensors]")
                    List<Format> formats)
            implements StageSpec {
        public Export {
            formats = List.copyOf(formats);
            Checks check = new Checks();
            check.that(!formats.isEmpty(), "formats", "must list at least one format");
            check.done();
        }
    }

    /** A study of the student, beside another network or alone. */
    @About("Studies the student, beside another network or alone.")
    record Analyze(@Flatten StudySpec study) implements StageSpec {}

    /** Which epoch's weights leave the stage. */
    enum Save {
        LAST,
        BEST
    }

    /** Kinds of files that can be written. */
    enum Format {
        /** A model folder. */
        SAFETENSORS,
        /** An ONNX file, weights in fp32. */
        ONNX,
        /** An ONNX file, a byte for each rounded weight. */
        ONNX_INT8,
        /** An ONNX file, one or two bits for each rounded weight. */
        ONNX_2BIT;

        /** As it is written in recipes and on the command line. */
        public String word() {
            return KebabCase.of(this);
        }
    }
}
