package dev.decant.recipe;

import dev.decant.recipe.internal.KebabCase;
import dev.decant.spec.SparsitySpread;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step of a recipe; each takes the student that the step before left. */
@KeyedByName
@About("One stage of the recipe, written `- kind: {keys}`; each stage receives the student from the previous "
        + "stage.")
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
    @About("Trains the student on the labels, without a teacher.")
    record Finetune(
            @Flatten TrainingSpec training,
            @About("losses of the stage, only those that need no teacher; if empty, the task's loss on the labels: "
                            + "cross-entropy, or squared-error for a regression")
                    @Default("[]")
                    List<TermSpec> terms,
            @About("quantize weights and activations in this stage and in all later stages")
                    Optional<QuantizeSpec> quantize,
            @About("learn which heads, neurons and channels to prune, and remove them") Optional<PruneSpec> prune,
            @About(
                            "which epoch's student the next stage receives: `last` or `best`; with `prune`, `best` considers only "
                                    + "epochs that meet the target")
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
    @About("Trains the student to match the teacher (and, if listed, the labels).")
    record Distill(
            @Flatten TrainingSpec training,
            @About("losses of the stage; it minimizes their weighted sum") List<TermSpec> terms,
            @About(
                            "`off`: `weight` multiplies the loss of a term; `auto`: `weight` is the term's share of the gradient, so "
                                    + "losses of different scales need no tuning of weights")
                    @Default("off")
                    Balance balance,
            @About(
                            "teacher intervention: tensors of the teacher replace the student's in the first epochs of the stage")
                    Optional<InterventionSpec> intervention,
            @About("quantize weights and activations in this stage and in all later stages; applies to the control too")
                    Optional<QuantizeSpec> quantize,
            @About("learn which heads, neurons and channels to prune, and remove them; applies to the control too")
                    Optional<PruneSpec> prune,
            @About("also train the control: the same training without the teacher") @Default("true") boolean control,
            @About(
                            "which epoch's student the next stage receives: `last` or `best`; with `prune`, `best` considers only "
                                    + "epochs that meet the target")
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
    @About("Quantizes the student's weights and activations without training, for this and all later stages.")
    record Quantize(@Flatten QuantizeSpec quantize) implements StageSpec {}

    /** Removal without training. */
    @About("Prunes the heads, neurons and channels with the smallest weights, without training.")
    record Prune(
            @About("share of the parameters of all heads, neurons and channels to prune") Optional<Double> sparsity,
            @About("instead of `sparsity`, the sparsity of each modality: `{vision: 0.2, text: 0.3}`") @Default("{}")
                    Map<String, Double> modalities,
            @About(
                            "`uniform` prunes the same share in every layer; `global` prunes the smallest weights across all layers")
                    @Default("uniform")
                    SparsitySpread spread,
            @About("the number of neurons or channels that remain is a multiple of this; 8 or 16 runs faster")
                    @Default("1")
                    int roundTo)
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
    @About("Scores the student.")
    record Evaluate(@About("the split to score: `train`, `validation` or `test`") @Default("test") Split split)
            implements StageSpec {}

    /** Files to ship. */
    @About("Exports the student for other programs.")
    record Export(
            @About(
                            "file formats: `safetensors`: the model folder; `onnx`: an ONNX file with fp32 weights; `onnx-int8`: one "
                                    + "byte for each quantized weight; `onnx-2bit`: one or two bits for each quantized weight")
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
    @About("Studies the student, alone or compared with another model.")
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
