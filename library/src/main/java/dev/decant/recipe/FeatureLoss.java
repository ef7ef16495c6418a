package dev.decant.recipe;

import dev.decant.spec.LossDefaults;
import java.util.List;

/** Losses that compare features of stages, or of whole images. */
// The order is that of messages and of the reference; without a list it would be the compiler's.
public sealed interface FeatureLoss extends LossSpec
        permits FeatureLoss.Fitnet, FeatureLoss.Cc, FeatureLoss.Rkd, FeatureLoss.Crd {

    /** Hints between stage features (Romero et al. 2014), for any pair of families. */
    @About("Hints: squared error between stage features of student and teacher through learned projections, for any "
            + "pair of families (FitNets; Romero et al. 2014).")
    record Fitnet(@About("network stages to compare") @Default("[1, 2, 3, 4]") List<Integer> stages)
            implements FeatureLoss {
        public Fitnet {
            stages = List.copyOf(stages);
            Checks check = new Checks();
            check.that(!stages.isEmpty(), "stages", "must list at least one stage");
            check.stages("stages", stages);
            check.done();
        }
    }

    /** Correlation congruence (Peng et al. 2019). */
    @About("Correlation congruence of neighboring examples in the batch, on learned embeddings (Peng et al. 2019).")
    record Cc(@About("dimension of the embeddings") @Default("128") int dimension) implements FeatureLoss {
        public Cc {
            Checks check = new Checks();
            check.atLeast("dimension", dimension, 1);
            check.done();
        }
    }

    /** Relations between the examples of a batch (Park et al. 2019). */
    @About("Relational KD: distances and angles between the examples of a batch (Park et al. 2019).")
    record Rkd(
            @About("weight of the distance loss") @Default("25") double distanceWeight,
            @About("weight of the angle loss") @Default("50") double angleWeight)
            implements FeatureLoss {
        public Rkd {
            Checks check = new Checks();
            check.atLeast("distance-weight", distanceWeight, 0);
            check.atLeast("angle-weight", angleWeight, 0);
            check.done();
        }
    }

    /** Contrast with a memory of embeddings (Tian et al. 2019). */
    @About("Contrastive representation distillation: contrastive loss on learned embeddings, with a memory bank of "
            + "the training set (Tian et al. 2019).")
    record Crd(
            @About("dimension of the embeddings") @Default("" + LossDefaults.CRD_DIMENSION) int dimension,
            @About("number of negatives for each example") @Default("" + LossDefaults.CRD_NEGATIVES) int negatives,
            @About("temperature of the contrastive loss") @Default("" + LossDefaults.CRD_TEMPERATURE)
                    double temperature,
            @About("share of the old embedding that an update of the memory bank keeps (momentum)")
                    @Default("" + LossDefaults.CRD_MOMENTUM)
                    double momentum)
            implements FeatureLoss {
        public Crd {
            Checks check = new Checks();
            check.atLeast("dimension", dimension, 1);
            check.atLeast("negatives", negatives, 1);
            check.above("temperature", temperature, 0);
            check.that(momentum >= 0 && momentum < 1, "momentum", "must be at least 0 and below 1, got " + momentum);
            check.done();
        }
    }
}
