package dev.decant.build;

import dev.decant.model.Network;
import dev.decant.quantize.CodeQuantizer;
import dev.decant.quantize.FixedQuantizer;
import dev.decant.quantize.Grid;
import dev.decant.quantize.Grouping;
import dev.decant.quantize.LearnedClip;
import dev.decant.quantize.Lsq;
import dev.decant.quantize.Placement;
import dev.decant.quantize.Seq;
import dev.decant.recipe.QuantizeSpec;
import dev.decant.recipe.QuantizeSpec.ActivationSpec;
import dev.decant.recipe.QuantizeSpec.WeightSpec;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Joins a recipe's {@code quantize} to the quantizers it describes. */
public final class QuantizeBuilder {

    private static final double UNCLIPPED = Double.POSITIVE_INFINITY;

    private QuantizeBuilder() {}

    /** Fills the network's slots; says what sits where. */
    public static List<Placement.Placed> attach(QuantizeSpec spec, Network network) {
        return placement(spec).attach(network);
    }

    static Placement placement(QuantizeSpec spec) {
        return new Placement(
                weight(spec.weights()),
                weight(spec.embeddings()),
                activation(spec.activations()),
                spec.include(),
                spec.exclude());
    }

    private static Optional<Function<Tensor, CodeQuantizer>> weight(WeightSpec spec) {
        if (spec instanceof WeightSpec.Off) {
            return Optional.empty();
        }
        if (spec instanceof WeightSpec.Twn s) {
            return fixed(new Grid.Twn(), group(s.group(), s.block()), s.clip());
        }
        if (spec instanceof WeightSpec.Binary s) {
            return fixed(new Grid.Binary(), group(s.group(), s.block()), UNCLIPPED);
        }
        if (spec instanceof WeightSpec.Symmetric s) {
            return fixed(new Grid.Symmetric(s.bits()), group(s.group(), s.block()), s.clip());
        }
        if (spec instanceof WeightSpec.Asymmetric s) {
            return fixed(new Grid.Asymmetric(s.bits()), group(s.group(), s.block()), s.clip());
        }
        if (spec instanceof WeightSpec.Absmean s) {
            return fixed(new Grid.Absmean(), group(s.group(), s.block()), UNCLIPPED);
        }
        if (spec instanceof WeightSpec.MidPrecision s) {
            return fixed(new Grid.MidPrecision(s.bits()), group(s.group(), s.block()), 2.5);
        }
        if (spec instanceof WeightSpec.Seq s) {
            Grouping grouping = group(s.group(), s.block());
            return Optional.of(
                    w -> new Seq(s.levels(), grouping, grouping.split(w).size(0)));
        }
        if (spec instanceof WeightSpec.Lsq s) {
            return Optional.of(w -> new Lsq(s.bits(), true));
        }
        throw new AssertionError(spec);
    }

    /** What a table says of weights that are rounded like this: {@code 2-bit}. */
    public static String label(WeightSpec spec) {
        if (spec instanceof WeightSpec.Off) {
            return "quantized"; // activations alone
        }
        return bits(spec) + "-bit";
    }

    private static int bits(WeightSpec spec) {
        if (spec instanceof WeightSpec.Binary) {
            return 1;
        }
        if (spec instanceof WeightSpec.Symmetric s) {
            return s.bits();
        }
        if (spec instanceof WeightSpec.Asymmetric s) {
            return s.bits();
        }
        if (spec instanceof WeightSpec.MidPrecision s) {
            return s.bits();
        }
        if (spec instanceof WeightSpec.Lsq s) {
            return s.bits();
        }
        return 2; // three or four levels: Twn, Absmean, Seq
    }

    private static Optional<Function<Tensor, CodeQuantizer>> activation(ActivationSpec spec) {
        if (spec instanceof ActivationSpec.Off) {
            return Optional.empty();
        }
        if (spec instanceof ActivationSpec.Symmetric s) {
            return fixed(new Grid.Symmetric(s.bits()), per(s.per()), s.clip());
        }
        if (spec instanceof ActivationSpec.Asymmetric s) {
            return fixed(new Grid.Asymmetric(s.bits()), per(s.per()), s.clip());
        }
        if (spec instanceof ActivationSpec.Lsq s) {
            return Optional.of(x -> new Lsq(s.bits(), s.symmetric()));
        }
        if (spec instanceof ActivationSpec.LearnedClip s) {
            return Optional.of(x -> new LearnedClip(new Grid.Symmetric(s.bits()), per(s.per())));
        }
        throw new AssertionError(spec);
    }

    private static Optional<Function<Tensor, CodeQuantizer>> fixed(Grid grid, Grouping grouping, double clip) {
        return Optional.of(x -> new FixedQuantizer(grid, grouping, clip));
    }

    private static Grouping group(QuantizeSpec.Group group, int block) {
        return switch (group) {
            case TENSOR -> Grouping.TENSOR;
            case ROW -> Grouping.ROW;
            case BLOCK -> Grouping.blocks(block);
        };
    }

    private static Grouping per(QuantizeSpec.Per per) {
        return per == QuantizeSpec.Per.TOKEN ? Grouping.TOKEN : Grouping.TENSOR;
    }
}
