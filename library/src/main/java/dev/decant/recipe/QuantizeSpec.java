package dev.decant.recipe;

import java.util.List;

/** Which weights and activations are rounded to a few bits, and how. */
@About("What is rounded to a few bits while the student learns; gradients pass straight through.")
public record QuantizeSpec(
        @About("weights of linear maps and convolutions") @Default("twn") WeightSpec weights,
        @About("tables of words") @Default("{type: twn, group: row}") WeightSpec embeddings,
        @About("what enters linear maps and the products of attention") @Default("symmetric")
                ActivationSpec activations,
        @About(
                        "if there are any, only slots whose path one of them matches; `*` stands for anything; `decant inspect` lists the slots")
                @Default("[]")
                List<String> include,
        @About("never slots whose path one of them matches") @Default("[]") List<String> exclude) {

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

    /** How a weight is rounded. */
    @About(
            "How a weight is rounded. `group`: one scale for the `tensor`, for each `row`, or for each `block` of values.")
    public sealed interface WeightSpec {

        /** In full precision. */
        @About("In full precision.")
        record Off() implements WeightSpec {}

        /** Ternary. */
        @About("Ternary, scale from the mean size of the weights (Li et al. 2016).")
        record Twn(
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("weights in a block") @Default("64") int block,
                @About("weights are clipped to ± this first") @Default("2.5") double clip)
                implements WeightSpec {}

        /** Binary. */
        @About("Binary: the sign times the mean size (Rastegari et al. 2016).")
        record Binary(
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("weights in a block") @Default("64") int block)
                implements WeightSpec {}

        /** Symmetric between the largest sizes. */
        @About("Evenly spaced from -max to max.")
        record Symmetric(
                @About("2 to 8") @Default("8") int bits,
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("weights in a block") @Default("64") int block,
                @About("weights are clipped to ± this first") @Default("2.5") double clip)
                implements WeightSpec {
            public Symmetric {
                requireBits(bits);
            }
        }

        /** Between minimum and maximum. */
        @About("Evenly spaced from the smallest to the largest.")
        record Asymmetric(
                @About("2 to 8") @Default("8") int bits,
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("weights in a block") @Default("64") int block,
                @About("weights are clipped to ± this first") @Default("2.5") double clip)
                implements WeightSpec {
            public Asymmetric {
                requireBits(bits);
            }
        }

        /** BitNet b1.58. */
        @About("Ternary, scale the mean size (BitNet b1.58).")
        record Absmean(
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("weights in a block") @Default("64") int block)
                implements WeightSpec {}

        /** Stretched elastic. */
        @About("3 or 4 levels with a learned scale for each row (ParetoQ's SEQ).")
        record Seq(
                @About("3 or 4") @Default("3") int levels,
                @About("which weights share a scale") @Default("row") Group group,
                @About("weights in a block") @Default("64") int block)
                implements WeightSpec {
            public Seq {
                Checks check = new Checks();
                check.that(levels == 3 || levels == 4, "levels", "must be 3 or 4, got " + levels);
                check.done();
            }
        }

        /** Learned step. */
        @About("A learned step for the tensor (Esser et al. 2019).")
        record Lsq(@About("2 to 8") @Default("4") int bits) implements WeightSpec {
            public Lsq {
                requireBits(bits);
            }
        }

        /** The grid of the published KD-QAT code. */
        @About("The grid of the published KD-QAT code for 4 and 8 bits, to compare with its numbers.")
        record MidPrecision(
                @About("3 to 8") @Default("8") int bits,
                @About("which weights share a scale") @Default("tensor") Group group,
                @About("weights in a block") @Default("64") int block)
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

    /** How an activation is rounded. */
    @About(
            "How an activation is rounded. `per`: one scale for each `token` (so a score does not depend on what else is in the"
                    + " batch), or for the whole `tensor`, as in the published code.")
    public sealed interface ActivationSpec {

        /** In full precision. */
        @About("In full precision, all of them.")
        record Off() implements ActivationSpec {}

        /** Symmetric. */
        @About("Evenly spaced from -max to max.")
        record Symmetric(
                @About("2 to 8") @Default("8") int bits,
                @About("which values share a scale") @Default("token") Per per,
                @About("values are clipped to ± this first") @Default("2.5") double clip)
                implements ActivationSpec {}

        /** Asymmetric. */
        @About("Evenly spaced from the smallest to the largest.")
        record Asymmetric(
                @About("2 to 8") @Default("8") int bits,
                @About("which values share a scale") @Default("token") Per per,
                @About("values are clipped to ± this first") @Default("2.5") double clip)
                implements ActivationSpec {}

        /** Learned step. */
        @About("A learned step (Esser et al. 2019).")
        record Lsq(
                @About("2 to 8") @Default("4") int bits,
                @About("levels on both sides of 0") @Default("true") boolean symmetric)
                implements ActivationSpec {}

        /** Learned clip. */
        @About("Learned clip values (after Choi et al. 2018).")
        record LearnedClip(
                @About("2 to 8") @Default("8") int bits, @About("which values share a scale") @Default("token") Per per)
                implements ActivationSpec {}
    }
}
