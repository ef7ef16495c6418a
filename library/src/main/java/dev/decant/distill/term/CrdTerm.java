package dev.decant.distill.term;

import dev.decant.ModelException;
import dev.decant.distill.LossInputs;
import dev.decant.distill.Taps;
import dev.decant.distill.Term;
import dev.decant.loss.Contrastive;
import dev.decant.nn.Module;
import dev.decant.spec.LossDefaults;
import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * {@link Contrastive} distillation of the pooled features: each network's embedding of an example must be told from stored
 * ones of the other network, of examples of other classes.
 *
 * <p>A bank per network holds an embedding of every training example; negatives are drawn from the device's generator, so a
 * run that restores generator and banks goes on with the same bits. Memory: 2 n D floats for the banks and N (1 + M) D per
 * direction and batch.
 */
public final class CrdTerm implements Term {

    private final String teacher;
    private final Config config;
    private final OtherClasses others;
    private final Banks banks;

    /**
     * @param dimension D of the embeddings
     * @param negatives M per example
     * @param temperature greater than 0
     * @param momentum what a stored embedding keeps of itself when its example is seen
     */
    public record Config(int dimension, int negatives, double temperature, double momentum) {

        public static final Config DEFAULT = new Config(
                LossDefaults.CRD_DIMENSION,
                LossDefaults.CRD_NEGATIVES,
                LossDefaults.CRD_TEMPERATURE,
                LossDefaults.CRD_MOMENTUM);

        public Config {
            if (negatives < 1 || dimension < 1) {
                throw new ModelException(
                        "crd: dimension and negatives must be at least 1, got " + dimension + " and " + negatives);
            }
        }
    }

    /**
     * @param teacher name of the teacher
     * @param labels class of every training example, in the order that {@link LossInputs#indices} counts
     */
    public CrdTerm(String teacher, FeatureWidths widths, Config config, long[] labels) {
        this.teacher = teacher;
        this.config = config;
        others = new OtherClasses(labels);
        banks = new Banks(widths, config.dimension, labels.length);
    }

    @Override
    public Taps taps() {
        return Taps.both(List.of(teacher), Set.of(Taps.FEATURES));
    }

    @Override
    public List<Part> losses(LossInputs view) {
        Tensor student = view.studentTap(Taps.FEATURES);
        Tensor target = view.teacherTap(teacher, Taps.FEATURES);
        if (view.indices().length != student.size(0)) {
            throw new ModelException("crd: needs the place of each of the " + student.size(0)
                    + " examples in the training set, got " + view.indices().length);
        }
        return Part.only(FullPrecision.on(student.device(), () -> loss(view, student, target)));
    }

    private Tensor loss(LossInputs view, Tensor student, Tensor target) {
        Tensor s = Contrastive.unit(banks.embeddings.student.forward(student)); // (N, D)
        Tensor t = Contrastive.unit(banks.embeddings.teacher.forward(target)); // (N, D)
        Tensor chosen = others.draw(view.indices(), config.negatives, s.device()); // (N, 1 + M)
        Tensor loss = contrast(banks.teacher, chosen, s, banks.normaliserStudent)
                .add(contrast(banks.student, chosen, t, banks.normaliserTeacher));
        if (view.training()) {
            Tensor own = chosen.select(1, 0);
            banks.update(banks.student, own, s, config.momentum);
            banks.update(banks.teacher, own, t, config.momentum);
        }
        return loss;
    }

    private Tensor contrast(Tensor bank, Tensor chosen, Tensor vectors, Tensor normaliser) {
        Tensor rows = bank.indexSelect(0, chosen.reshape(-1))
                .reshape(chosen.size(0), chosen.size(1), bank.size(1)); // (N, 1 + M, D)
        Tensor scores = Contrastive.scores(rows, vectors, config.temperature); // (N, 1 + M)
        if (normaliser.item() < 0) {
            normaliser.copyFrom(Contrastive.normaliser(scores, others.examples()));
        }
        return Contrastive.contrast(scores.div(normaliser), others.examples());
    }

    @Override
    public Module learned() {
        return banks;
    }

    private static final class Banks extends Module {

        final CcTerm.Embeddings embeddings;
        final Tensor student;
        final Tensor teacher;
        final Tensor normaliserStudent;
        final Tensor normaliserTeacher;

        Banks(FeatureWidths widths, long width, long examples) {
            embeddings = child("embeddings", new CcTerm.Embeddings(widths, width));
            student = buffer("bank_student", fresh(examples, width));
            teacher = buffer("bank_teacher", fresh(examples, width));
            normaliserStudent = buffer("normaliser_student", Tensor.scalar(-1)); // not known before the first batch
            normaliserTeacher = buffer("normaliser_teacher", Tensor.scalar(-1));
        }

        private static Tensor fresh(long examples, long width) {
            double bound = 1 / Math.sqrt(width / 3.0);
            return Tensor.zeros(examples, width).uniformInPlace(-bound, bound);
        }

        void update(Tensor bank, Tensor examples, Tensor vectors, double momentum) {
            try (NoGrad none = NoGrad.open()) {
                bank.indexCopyInPlace(examples, Contrastive.updated(bank.indexSelect(0, examples), vectors, momentum));
            }
        }
    }
}
