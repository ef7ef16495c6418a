package dev.decant.recipe;

import java.util.List;
import java.util.Optional;

/** One part of a stage's objective, which is the weighted sum of its terms. */
@About("One part of the objective, which is the weighted sum of its terms.")
public sealed interface TermSpec {

    /** What the terms on layers say of themselves. */
    String LAYERS = "which layers of the student: `all`, `last`, `every-2`, or a list from 1";

    String PADDING = "whether padding counts like tokens, as in the published code";
    String CROSS =
            "compare the attention to the image, or whatever else is looked at, instead of that to the own tokens";
    String PART =
            "part of the network whose layers are compared, such as `vision`, `text` or `cross`; each part if left out";

    @About("factor on the whole term; a term of weight 0 is not computed")
    double weight();

    @About(
            "name of the teacher; with several teachers also `average` (mean of their probabilities) or `confidence` (for each"
                    + " image the one surest of its label); may be left out when there is one teacher")
    Optional<String> teacher();

    /** Whether the term compares with a teacher at all. */
    default boolean needsTeacher() {
        return !(this instanceof FromData);
    }

    /** A term that learns from the data alone. */
    interface FromData {}

    /** Whether logits are all it takes from the teacher, so that several teachers can be joined. */
    default boolean takesLogitsOnly() {
        return false;
    }

    /** Cross-entropy with the labels alone. */
    static TermSpec labels(double smoothing) {
        return new CrossEntropy(smoothing, 1, Optional.empty());
    }

    /** Squared error of the labels' values alone. */
    static TermSpec scores() {
        return new SquaredError(1, Optional.empty());
    }

    private static Checks checkWeight(double weight) {
        Checks check = new Checks();
        check.atLeast("weight", weight, 0);
        return check;
    }

    /** Cross-entropy with the labels. */
    @About("Cross-entropy with the labels; takes the mixed labels of mixup and cutmix as they are.")
    record CrossEntropy(
            @About("label smoothing") @Default("0") double smoothing,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec, FromData {
        public CrossEntropy {
            Checks check = checkWeight(weight);
            check.that(
                    smoothing >= 0 && smoothing < 1, "smoothing", "must be at least 0 and below 1, got " + smoothing);
            check.that(teacher.isEmpty(), "teacher", "cross-entropy learns from the labels, not from a teacher");
            check.done();
        }
    }

    /** Squared error of a value. */
    @About("Squared error of the value that is predicted, for data with scores instead of classes.")
    record SquaredError(@Default("1") double weight, Optional<String> teacher) implements TermSpec, FromData {
        public SquaredError {
            Checks check = checkWeight(weight);
            check.that(teacher.isEmpty(), "teacher", "squared-error learns from the labels, not from a teacher");
            check.done();
        }
    }

    /** Softened logits (Hinton, Vinyals and Dean 2015). */
    @About("KL divergence of softened logits, times temperature² (Hinton, Vinyals and Dean 2015).")
    record Kd(
            @About("temperature of both softmaxes") @Default("1") double temperature,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Kd {
            Checks check = checkWeight(weight);
            check.above("temperature", temperature, 0);
            check.done();
        }

        @Override
        public boolean takesLogitsOnly() {
            return true;
        }
    }

    /** OFA with exit branches (Hao et al. 2023). */
    @About(
            "One-for-all distillation through exit branches of the student, which are not part of the saved model (Hao et al."
                    + " 2023).")
    record Ofa(
            @About(
                            "exponent on the target class: a number, a list of one for each listed stage and a last for the final logits,"
                                    + " or `auto`")
                    @Default("1")
                    Eps eps,
            @About("stages of the student that get a branch; empty for the final logits only") @Default("[1, 2, 3, 4]")
                    List<Integer> stages,
            @About("temperature of both softmaxes") @Default("1") double temperature,
            @About("factor on the branches") @Default("1") double branchWeight,
            @About("factor on the final logits") @Default("1") double logitsWeight,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Ofa {
            stages = List.copyOf(stages);
            Checks check = checkWeight(weight);
            check.stages("stages", stages);
            int wanted = stages.size() + 1;
            check.that(
                    !(eps instanceof Eps.Fixed fixed)
                            || fixed.values().size() == 1
                            || fixed.values().size() == wanted,
                    "eps",
                    "must be one number or " + wanted + " (one for each of the " + stages.size()
                            + " stages, the last for the logits), got " + eps.plain());
            check.above("temperature", temperature, 0);
            check.atLeast("branch-weight", branchWeight, 0);
            check.atLeast("logits-weight", logitsWeight, 0);
            check.done();
        }

        @Override
        public boolean takesLogitsOnly() {
            return true;
        }
    }

    /** Hints between stage features (Romero et al. 2014), for any pair of families. */
    @About(
            "Squared error between stage features through learned projections (Romero et al. 2014), for any pair of families.")
    record Fitnet(
            @About("stages that are compared") @Default("[1, 2, 3, 4]") List<Integer> stages,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Fitnet {
            stages = List.copyOf(stages);
            Checks check = checkWeight(weight);
            check.that(!stages.isEmpty(), "stages", "must list at least one stage");
            check.stages("stages", stages);
            check.done();
        }
    }

    /** Correlation congruence (Peng et al. 2019). */
    @About("Correlation congruence of learned embeddings (Peng et al. 2019).")
    record Cc(
            @About("width of the embeddings") @Default("128") int dimension,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Cc {
            Checks check = checkWeight(weight);
            check.atLeast("dimension", dimension, 1);
            check.done();
        }
    }

    /** Relations between the examples of a batch (Park et al. 2019). */
    @About("Distances and angles between the examples of a batch (Park et al. 2019).")
    record Rkd(
            @About("factor on distances") @Default("25") double distanceWeight,
            @About("factor on angles") @Default("50") double angleWeight,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Rkd {
            Checks check = checkWeight(weight);
            check.atLeast("distance-weight", distanceWeight, 0);
            check.atLeast("angle-weight", angleWeight, 0);
            check.done();
        }
    }

    /** Contrast with a memory of embeddings (Tian et al. 2019). */
    @About("Contrast of learned embeddings with a memory of the training set (Tian et al. 2019).")
    record Crd(
            @About("width of the embeddings") @Default("128") int dimension,
            @About("negatives for each example") @Default("16384") int negatives,
            @About("temperature of the contrast") @Default("0.07") double temperature,
            @About("part of the old embedding that the memory keeps") @Default("0.5") double momentum,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Crd {
            Checks check = checkWeight(weight);
            check.atLeast("dimension", dimension, 1);
            check.atLeast("negatives", negatives, 1);
            check.above("temperature", temperature, 0);
            check.that(momentum >= 0 && momentum < 1, "momentum", "must be at least 0 and below 1, got " + momentum);
            check.done();
        }
    }

    /** Decoupled distillation (Zhao et al. 2022). */
    @About("Target and non-target parts of KD with a weight each (Zhao et al. 2022).")
    record Dkd(
            @About("factor on the target part") @Default("1") double alpha,
            @About("factor on the non-target part") @Default("2") double beta,
            @About("temperature of both softmaxes") @Default("1") double temperature,
            @About("epochs over which the term grows from 0 along a line") @Default("0") int warmupEpochs,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Dkd {
            Checks check = checkWeight(weight);
            check.atLeast("alpha", alpha, 0);
            check.atLeast("beta", beta, 0);
            check.above("temperature", temperature, 0);
            check.atLeast("warmup-epochs", warmupEpochs, 0);
            check.done();
        }

        @Override
        public boolean takesLogitsOnly() {
            return true;
        }
    }

    /** Correlations within rows and columns of the predictions (Huang et al. 2022). */
    @About("Correlation of predictions, per image and per class (Huang et al. 2022).")
    record Dist(
            @About("factor on the correlation per image") @Default("1") double beta,
            @About("factor on the correlation per class") @Default("1") double gamma,
            @About("temperature of both softmaxes") @Default("1") double temperature,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Dist {
            Checks check = checkWeight(weight);
            check.atLeast("beta", beta, 0);
            check.atLeast("gamma", gamma, 0);
            check.above("temperature", temperature, 0);
            check.done();
        }

        @Override
        public boolean takesLogitsOnly() {
            return true;
        }
    }

    /** Hidden states of transformer layers. */
    @About("Squared error of hidden states, from what enters the first layer to the output of the last.")
    record Hidden(
            @About(LAYERS) @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About("compare what enters the first layer too") @Default("true") boolean embeddings,
            @About(PADDING) @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Hidden {
            checkWeight(weight).done();
        }
    }

    /** Attention scores. */
    @About("Squared error of attention scores before softmax (TinyBERT, TernaryBERT).")
    record AttentionScore(
            @About(LAYERS) @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(CROSS) @Default("false") boolean cross,
            @About(PADDING) @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public AttentionScore {
            checkWeight(weight).done();
        }
    }

    /** Attention maps. */
    @About(
            "KL divergence of attention maps (Kim et al. 2022); `squared` compares them by squared error instead (EfficientVLM).")
    record AttentionMap(
            @About(LAYERS) @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(
                            "temperature of both softmaxes; 1 compares the maps as they are, larger ones more and more the scores")
                    @Default("1")
                    double temperature,
            @About("squared error of rows instead of KL divergence") @Default("false") boolean squared,
            @About(CROSS) @Default("false") boolean cross,
            @About(PADDING) @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public AttentionMap {
            Checks check = checkWeight(weight);
            check.above("temperature", temperature, 0);
            check.that(!squared || temperature == 1, "squared", "has no temperature");
            check.that(!cross || temperature == 1, "cross", "has no temperature");
            check.done();
        }
    }

    /** Attention outputs with their residual. */
    @About("Squared error of the attention sub-layer's output, residual included (Kim et al. 2022).")
    record AttentionOutput(
            @About(LAYERS) @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(PADDING) @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public AttentionOutput {
            checkWeight(weight).done();
        }
    }

    /** Attention outputs before the residual. */
    @About("Squared error of attention after its projection, before the residual.")
    record SelfOutput(
            @About(LAYERS) @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(PADDING) @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public SelfOutput {
            checkWeight(weight).done();
        }
    }

    /** Attention contexts. */
    @About("Squared error of attention before its projection: map times value.")
    record Context(
            @About(LAYERS) @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(PADDING) @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public Context {
            checkWeight(weight).done();
        }
    }

    /** Attention maps and outputs together. */
    @About("The unified loss of Kim et al. 2022: gamma times the map's, 1 - gamma times the output's.")
    record MapAndOutput(
            @About("share of the map") @Default("0.5") double gamma,
            @About(LAYERS) @Default("all") Layers layers,
            @About(PART) Optional<String> part,
            @About(PADDING) @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public MapAndOutput {
            Checks check = checkWeight(weight);
            check.within("gamma", gamma, 0, 1);
            check.done();
        }
    }

    /** Outputs by squared error. */
    @About("Squared error of the logits; what distills a regression.")
    record LogitsMse(@Default("1") double weight, Optional<String> teacher) implements TermSpec {
        public LogitsMse {
            checkWeight(weight).done();
        }
    }

    /** Images and texts that belong together. */
    @About(
            "Contrast of the images and texts of a batch, both ways; texts about one image are not told apart (CLIP, X-VLM).")
    record Itc(@Default("1") double weight, Optional<String> teacher) implements TermSpec, FromData {
        public Itc {
            Checks check = checkWeight(weight);
            check.that(teacher.isEmpty(), "teacher", "itc learns from the data, not from a teacher");
            check.done();
        }
    }

    /** Pairs and hard negatives. */
    @About(
            "Whether an image and a text belong together: the pairs of the batch against hard negatives, which all networks of a step share (ALBEF, X-VLM).")
    record Itm(@Default("1") double weight, Optional<String> teacher) implements TermSpec, FromData {
        public Itm {
            Checks check = checkWeight(weight);
            check.that(teacher.isEmpty(), "teacher", "itm learns from the data, not from a teacher");
            check.done();
        }
    }

    /** Hidden words. */
    @About("Words that are hidden in texts, from the rest of the text and the image.")
    record Mlm(@Default("1") double weight, Optional<String> teacher) implements TermSpec, FromData {
        public Mlm {
            Checks check = checkWeight(weight);
            check.that(teacher.isEmpty(), "teacher", "mlm learns from the data, not from a teacher");
            check.done();
        }
    }

    /** Boxes. */
    @About("The box in the image that a text is about: L1 distance and 1 - GIoU; 0 for texts about whole images.")
    record Box(
            @About("factor on the L1 distance of centre and sides") @Default("1") double l1Weight,
            @About("factor on 1 - GIoU") @Default("1") double giouWeight,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec, FromData {
        public Box {
            Checks check = checkWeight(weight);
            check.atLeast("l1-weight", l1Weight, 0);
            check.atLeast("giou-weight", giouWeight, 0);
            check.that(teacher.isEmpty(), "teacher", "box learns from the data, not from a teacher");
            check.done();
        }
    }

    /** Answers and captions. */
    @About("The words of answers or captions, each from those before it.")
    record Writing(
            @About("taken from the label and given to the other words; 0.1 for captions of X-VLM") @Default("0")
                    double smoothing,
            @About("how many tokens each text begins with that are not learned: the class token and a prompt")
                    @Default("1")
                    int given,
            @About("`token`: the mean over tokens; `question`: the sum over tokens and, by their weights, over answers")
                    @Default("question")
                    Per per,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec, FromData {
        public Writing {
            Checks check = checkWeight(weight);
            check.that(
                    smoothing >= 0 && smoothing < 1, "smoothing", "must be at least 0 and below 1, got " + smoothing);
            check.atLeast("given", given, 1);
            check.that(teacher.isEmpty(), "teacher", "writing learns from the data, not from a teacher");
            check.done();
        }

        /** What a mean is over. */
        public enum Per {
            TOKEN,
            QUESTION
        }
    }

    /** Softened logits of matching. */
    @About(
            "KL divergence of whether an image and a text belong together, over pairs and hard negatives, times temperature² (EfficientVLM).")
    record ItmKd(
            @About("temperature of both softmaxes") @Default("1") double temperature,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public ItmKd {
            Checks check = checkWeight(weight);
            check.above("temperature", temperature, 0);
            check.done();
        }
    }

    /** Softened logits of words. */
    @About(
            "KL divergence of the words that are hidden in texts, or that are written, times temperature² (EfficientVLM).")
    record MlmKd(
            @About("temperature of both softmaxes") @Default("1") double temperature,
            @About("whether places without a word count like others, as in the published code") @Default("false")
                    boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public MlmKd {
            Checks check = checkWeight(weight);
            check.above("temperature", temperature, 0);
            check.done();
        }
    }

    /** Relations among queries, keys and values. */
    @About(
            "KL divergence of relations among queries, keys and values, softmax(x x' / sqrt(d)), for networks of any widths (MiniLM"
                    + " 2; Wang et al. 2021).")
    record Relations(
            @About("what is compared: `query`, `key`, `value`") @Default("[query, key, value]") List<Of> of,
            @About("which layers of the student: `all`, `last`, `every-2`, or a list from 1") @Default("last")
                    Layers layers,
            @About("the teacher's layer, where one layer is compared; the layer in the same place unless set")
                    Optional<Integer> teacherLayer,
            @About("heads that vectors are cut into; the student's own unless set") Optional<Integer> heads,
            @About("whether padding counts like tokens") @Default("false") boolean padding,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {

        /** Vectors of tokens in an attention. */
        public enum Of {
            QUERY,
            KEY,
            VALUE
        }

        public Relations {
            of = of.stream().distinct().toList();
            Checks check = checkWeight(weight);
            check.that(!of.isEmpty(), "of", "must list at least one of query, key and value");
            check.atLeast("teacher-layer", teacherLayer, 1);
            check.atLeast("heads", heads, 1);
            check.that(
                    teacherLayer.isEmpty() || isOne(layers),
                    "teacher-layer",
                    "is for one layer of the student; give 'layers: last' or a list of one");
            check.done();
        }

        private static boolean isOne(Layers layers) {
            return layers instanceof Layers.Last
                    || (layers instanceof Layers.Listed listed
                            && listed.numbers().size() == 1);
        }
    }

    /** Logits of a language model, token by token. */
    @About(
            "KL divergence of a language model's logits; the tokens of a text weigh by how hard they are for the teacher (TSLD; Kim et"
                    + " al. 2023).")
    record TokenScaled(
            @About("the teacher's cross-entropy is divided by this before the softmax over a text's tokens")
                    @Default("10")
                    double scale,
            @Default("1") double weight,
            Optional<String> teacher)
            implements TermSpec {
        public TokenScaled {
            Checks check = checkWeight(weight);
            check.above("scale", scale, 0);
            check.done();
        }
    }
}
