package dev.decant.recipe;

import java.util.List;

/** Which weights and activations are quantized, and how. */
@About("Fake quantization of weights and activations during training, with straight-through gradients.")
public record QuantizeSpec(
        @About("weights of linear layers and convolutions") @Default("twn") WeightSpec weights,
        @About("word embeddings") @Default("{type: twn, group: row}") WeightSpec embeddings,
        @About("inputs of linear layers and of the matrix products in attention") @Default("symmetric")
                ActivationSpec activations,
        @About("if not empty, quantize only slots whose path matches one of these patterns; `*` matches anything; "
                        + "`decant inspect` lists the slots")
                @Default("[]")
                List<String> include,
        @About("do not quantize slots whose path matches one of these patterns") @Default("[]") List<String> exclude) {

    public QuantizeSpec {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** Which values share a scale. */
    public enum Group {
        TENSOR,
        ROW,
        BLOCK
    }

    /** Which values of an activation share a scale. */
    public enum Per {
        TOKEN,
        TENSOR
    }

    /** How a weight is quantized. */
    @About("How a weight is quantized. `group`: one scale for the whole `tensor`, for each `row`, or for each "
            + "`block` of values.")
    public sealed interface WeightSpec {

        /** Not quantized. */
        @About("Not quantized.")
        record Off() implements WeightSpec {}

        /** Ternary. */
        @About("Ternary weight network: codes -1, 0, 1; threshold and scale from the mean magnitude of the weights (Li "
                + "et al. 2016).")
        record Twn(
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("number of weights in a block") @Default("64") int block,
                @About("weights are first clipped to ± this value") @Default("2.5") double clip)
                implements WeightSpec {}

        /** Binary. */
        @About("Binary: the sign times the mean magnitude (Rastegari et al. 2016).")
        record Binary(
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("number of weights in a block") @Default("64") int block)
                implements WeightSpec {}

        /** Uniform levels from -max to max. */
        @About("Uniform levels from -max to max.")
        record Symmetric(
                @About("number of bits, 2 to 8") @Default("8") int bits,
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("number of weights in a block") @Default("64") int block,
                @About("weights are first clipped to ± this value") @Default("2.5") double clip)
                implements WeightSpec {
            public Symmetric {
                requireBits(bits);
            }
        }

        /** Uniform levels from the minimum to the maximum. */
        @About("Uniform levels from the minimum to the maximum.")
        record Asymmetric(
                @About("number of bits, 2 to 8") @Default("8") int bits,
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("number of weights in a block") @Default("64") int block,
                @About("weights are first clipped to ± this value") @Default("2.5") double clip)
                implements WeightSpec {
            public Asymmetric {
                requireBits(bits);
            }
        }

        /** BitNet b1.58. */
        @About("Ternary; the scale is the mean magnitude (BitNet b1.58).")
        record Absmean(
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("number of weights in a block") @Default("64") int block)
                implements WeightSpec {}

        /** Stretched elastic quantization. */
        @About("3 or 4 levels with a learned scale for each row (SEQ of ParetoQ).")
        record Seq(
                @About("number of levels, 3 or 4") @Default("3") int levels,
                @About("which weights share a scale") @Default("row") Group group,
                @About("number of weights in a block") @Default("64") int block)
                implements WeightSpec {
            public Seq {
                Checks check = new Checks();
                check.that(levels == 3 || levels == 4, "levels", "must be 3 or 4, got " + levels);
                check.done();
            }
        }

        /** Learned step size. */
        @About("One learned step size for the tensor (LSQ; Esser et al. 2019).")
        record Lsq(@About("number of bits, 2 to 8") @Default("4") int bits) implements WeightSpec {
            public Lsq {
                requireBits(bits);
            }
        }

        /** The grid of the published KD-QAT code. */
        @About("The 4-bit and 8-bit grid of the published KD-QAT code, to reproduce its numbers.")
        record MidPrecision(
                @About("number of bits, 3 to 8") @Default("8") int bits,
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("number of weights in a block") @Default("64") int block)
                implements WeightSpec {
            public MidPrecision {
                Checks check = new Checks();
                check.within("bits", bits, 3, 8);
                check.done();
            }
        }

        private static void requireBits(int bits) {
            Checks check = new Checks();
            check.within("bits", bits, 2, 8);
            check.done();
        }
    }

    /** How an activation is quantized. */
    @About("How an activation is quantized. `per`: one scale for each `token` (a score then does not depend on the "
            + "rest of the batch), or one for the whole `tensor`, as in the published code.")
    public sealed interface ActivationSpec {

        /** Not quantized. */
        @About("No activation is quantized.")
        record Off() implements ActivationSpec {}

        /** Symmetric. */
        @About("Uniform levels from -max to max.")
        record Symmetric(
                @About("number of bits, 2 to 8") @Default("8") int bits,
                @About("which values share a scale") @Default("token") Per per,
                @About("values are first clipped to ± this value") @Default("2.5") double clip)
                implements ActivationSpec {}

        /** Asymmetric. */
        @About("Uniform levels from the minimum to the maximum.")
        record Asymmetric(
                @About("number of bits, 2 to 8") @Default("8") int bits,
                @About("which values share a scale") @Default("token") Per per,
                @About("values are first clipped to ± this value") @Default("2.5") double clip)
                implements ActivationSpec {}

        /** Learned step size. */
        @About("A learned step size (LSQ; Esser et al. 2019).")
        record Lsq(
                @About("number of bits, 2 to 8") @Default("4") int bits,
                @About("`true`: signed levels on both sides of 0; `false`: levels from 0 up") @Default("true")
                        boolean symmetric)
                implements ActivationSpec {}

        /** Learned clip. */
        @About("Learned clip values (after Choi et al. 2018).")
        record LearnedClip(
                @About("number of bits, 2 to 8") @Default("8") int bits,
                @About("which values share a scale") @Default("token") Per per)
                implements ActivationSpec {}
    }
}
