package dev.decant.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.data.Batch;
import dev.decant.data.BatchSource;
import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Negatives;
import dev.decant.model.Network;
import dev.decant.model.VisionLanguage;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import dev.decant.text.Tokenizer;
import dev.decant.train.score.BeamSearch;
import dev.decant.train.score.CaptionTask;
import dev.decant.train.score.Evaluator;
import dev.decant.train.score.GroundingTask;
import dev.decant.train.score.RetrievalTask;
import dev.decant.train.score.VqaTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Scores worked out by hand, with a network whose parts say what the case wants. */
class ImageTextTasksTest {

    // ids:                                             0        1        2        3        4       5      6       7
    private static final List<String> WORDS =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "dark", "blue");
    private static final Tokenizer TOKENIZER = Tokenizer.ofWords(WORDS, true);
    private static final double NEVER = 1e-9;

    /** p(next) after each token: red ends; dark goes on to red or ends. */
    private static final double[][] NEXT = new double[WORDS.size()][WORDS.size()];

    static {
        for (double[] row : NEXT) {
            Arrays.fill(row, NEVER);
        }
        NEXT[2][5] = 0.4;
        NEXT[2][6] = 0.5;
        NEXT[2][7] = 0.1;
        NEXT[5][3] = 1;
        NEXT[6][5] = 0.3;
        NEXT[6][3] = 0.7;
        NEXT[7][3] = 1;
    }

    /**
     * An image is a vector of three, its pixel; a text is one of three, its ids. They match the more, the less alike they are. The
     * decoder knows the last word only.
     */
    private static final class Stub extends Network implements VisionLanguage {

        private final List<Integer> judged = new ArrayList<>();

        Stub() {
            super(new ModelConfig("stub", 0, Map.of(), new ModelConfig.TextInput(8, 8, 0)));
        }

        @Override
        public Tensor forward(Inputs inputs, Trace trace) {
            throw new AssertionError("scores are taken from the parts");
        }

        @Override
        public Inputs sample(int n) {
            throw new AssertionError();
        }

        @Override
        public List<String> fullPrecisionModules() {
            return List.of();
        }

        @Override
        public Tensor imageTokens(Tensor pixels) {
            return pixels.reshape(pixels.size(0), 1, 3);
        }

        @Override
        public Tensor textTokens(Inputs.Text texts) {
            return texts.ids().to(DType.F32).unsqueeze(2);
        }

        @Override
        public Tensor imageFeatures(Tensor imageTokens) {
            return imageTokens.select(1, 0);
        }

        @Override
        public Tensor textFeatures(Tensor textTokens) {
            return textTokens.squeeze(2).narrow(1, 0, 3);
        }

        @Override
        public Tensor match(Tensor imageTokens, Tensor imageOf, Tensor textTokens, Tensor textMask) {
            judged.add((int) imageOf.size(0));
            Tensor alike = imageFeatures(imageTokens)
                    .indexSelect(0, imageOf)
                    .mul(textFeatures(textTokens))
                    .sum(1);
            return Tensor.stack(List.of(alike.zerosLike(), alike.neg()), 1);
        }

        @Override
        public Tensor boxes(Tensor imageTokens, Tensor imageOf, Tensor textTokens, Tensor textMask) {
            return Tensor.cat(
                            List.of(
                                    imageFeatures(imageTokens).indexSelect(0, imageOf),
                                    textFeatures(textTokens).narrow(1, 0, 1)),
                            1)
                    .div(10);
        }

        @Override
        public Tensor questionStates(Tensor imageTokens, Tensor imageOf, Inputs.Text question) {
            return textTokens(question);
        }

        @Override
        public Writer writer(Tensor states, Tensor statesMask) {
            assertThat(states.size(0)).isEqualTo(statesMask.size(0));
            double[] flat = Arrays.stream(NEXT)
                    .flatMapToDouble(Arrays::stream)
                    .map(Math::log)
                    .toArray();
            Tensor table = Tensor.of(flat, WORDS.size(), WORDS.size()).to(DType.F32);
            return (begun, stateOf) -> {
                assertThat(stateOf.longs()).hasSize(begun.size());
                assertThat(stateOf.max().item()).isLessThan(states.size(0));
                long[] shape = begun.ids().shape();
                return table.indexSelect(0, begun.ids().reshape(-1)).reshape(shape[0], shape[1], WORDS.size());
            };
        }
    }

    /** One batch of images, texts about them, and what is wanted. */
    private static Loader loader(
            float[] pixels, long[] ids, int length, long[] imageOf, float[] boxes, List<List<String>> references) {
        int n = imageOf.length;
        BatchSource source = new BatchSource() {
            @Override
            public int size() {
                return n;
            }

            @Override
            public int batches() {
                return 1;
            }

            @Override
            public int[][] plan(int epoch) {
                return new int[][] {IntStream.range(0, n).toArray()};
            }

            @Override
            public Prepared prepare(int[] indices, int epoch, int number) {
                return () -> {
                    Tensor text = Tensor.of(ids, n, length);
                    Inputs inputs = new Inputs.ImageText(
                            new Inputs.Images(Tensor.of(pixels, pixels.length / 3, 3, 1, 1)),
                            new Inputs.Text(text, text.zerosLike(), text.onesLike()),
                            Tensor.of(imageOf, n),
                            Tensor.of(imageOf, n),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            new Negatives(0));
                    Tensor labels = boxes.length > 0 ? Tensor.of(boxes, n, 4) : Tensor.of(imageOf, n);
                    return new Batch(inputs, labels, Optional.empty(), indices, references);
                };
            }
        };
        return new Loader(source, new LoaderOptions(1, 0, false, false, 1, 1));
    }

    /** Images along two axes, two texts along the first and one along the second. */
    private static Loader pairs() {
        float[] images = {1, 0, 0, 0, 1, 0};
        long[] texts = {3, 1, 0, 2, 0, 0, 0, 4, 0};
        return loader(images, texts, 3, new long[] {0, 0, 1}, new float[0], List.of());
    }

    @Test
    void withAllCandidatesTheMatchDecides() {
        Stub stub = new Stub();
        Map<String, Double> scores = new RetrievalTask(10).score(stub, pairs(), Evaluator.Mode.PLAIN);
        // logits of image 0: -3 -2 0, of image 1: -1 0 -4: each finds a text of the other first
        assertThat(scores.get("tr1")).isEqualTo(0.0);
        assertThat(scores.get("ir1")).isEqualTo(0.0);
        assertThat(scores.get("tr5")).isEqualTo(100.0);
        assertThat(stub.judged).containsExactly(6); // every pair once for both directions
    }

    @Test
    void withOneCandidateTheCosineDecides() {
        Stub stub = new Stub();
        Map<String, Double> scores = new RetrievalTask(1).score(stub, pairs(), Evaluator.Mode.PLAIN);
        assertThat(scores.get("tr1")).isEqualTo(100.0);
        assertThat(scores.get("ir1")).isEqualTo(100.0);
        assertThat(stub.judged).containsExactly(3); // image 0 and text 0 choose each other; text 1; image 1 and text 2
    }

    @Test
    void whatIsNoCandidateIsNeverFound() {
        float[] images = {0, 1, 0, 1, 0, 0};
        long[] texts = {3, 1, 0, 0, 4, 0}; // by cosine, text 0 belongs to image 1 and text 1 to image 0
        Loader loader = loader(images, texts, 3, new long[] {0, 1}, new float[0], List.of());
        Map<String, Double> scores = new RetrievalTask(1).score(new Stub(), loader, Evaluator.Mode.PLAIN);
        assertThat(scores.get("tr10")).isEqualTo(0.0);
        assertThat(scores.get("ir10")).isEqualTo(0.0);
        assertThat(new RetrievalTask(2)
                        .score(new Stub(), loader, Evaluator.Mode.PLAIN)
                        .get("r-mean"))
                .isEqualTo(100.0);
    }

    @Test
    void theWholeAnswerDecidesAmongTheCandidates() {
        List<String> answers = List.of("dark red", "blue", "red");
        List<List<String>> given = List.of(List.of("red"), List.of("dark red"));
        Loader loader = loader(new float[6], new long[] {2, 7, 3, 2, 7, 3}, 3, new long[] {0, 1}, new float[0], given);
        // first tokens: dark .5, blue .1, red .4; whole: dark red .15, blue .1, red .4
        VqaTask all = new VqaTask(answers, TOKENIZER, 10);
        assertThat(all.score(new Stub(), loader, Evaluator.Mode.PLAIN)).containsEntry("accuracy", 50.0);
        VqaTask one = new VqaTask(answers, TOKENIZER, 1);
        Inputs.Text question = new Inputs.Text(
                Tensor.of(new long[] {2, 7, 3}, 1, 3),
                Tensor.of(new long[3], 1, 3),
                Tensor.of(new long[] {1, 1, 1}, 1, 3));
        Inputs.ImageText inputs = inputs(question);
        assertThat(one.answer(new Stub(), inputs)).containsExactly("dark red");
        assertThat(all.answer(new Stub(), inputs)).containsExactly("red");
    }

    private static Inputs.ImageText inputs(Inputs.Text text) {
        Tensor first = Tensor.of(new long[1], 1);
        return new Inputs.ImageText(
                new Inputs.Images(Tensor.zeros(1, 3, 1, 1)),
                text,
                first,
                first,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new Negatives(0));
    }

    @Test
    void answersThatCannotBeReadAreTold() {
        assertThatThrownBy(() -> new VqaTask(List.of("red", "mauve", "dark pink"), TOKENIZER, 5))
                .hasMessageContaining("does not know the answers [mauve, dark pink] (2 of 3)");
    }

    @Test
    void aWiderBeamFindsABetterText() {
        BeamSearch.Next next = begun -> begun.stream()
                .map(ids -> {
                    float[] row = new float[WORDS.size()];
                    IntStream.range(0, row.length)
                            .forEach(i -> row[i] = (float) Math.log(NEXT[ids[ids.length - 1]][i]));
                    return row;
                })
                .toArray(float[][]::new);
        assertThat(new BeamSearch(1, 10, 0, 3).search(new int[] {2}, next)).containsExactly(2, 6, 3); // .5 .7
        assertThat(new BeamSearch(3, 10, 0, 3).search(new int[] {2}, next)).containsExactly(2, 5, 3); // .4 1
        assertThat(new BeamSearch(3, 10, 3, 3).search(new int[] {2}, next))
                .containsExactly(2, 6, 5, 3); // one word is too short
        assertThat(new BeamSearch(3, 2, 0, 3).search(new int[] {2}, next)).containsExactly(2, 6); // cut off
    }

    @Test
    void captionsAreWrittenAndScored() {
        List<List<String>> references = List.of(List.of("red."), List.of("blue"));
        Loader loader = loader(new float[6], new long[] {2, 2}, 1, new long[] {0, 1}, new float[0], references);
        CaptionTask task = new CaptionTask(TOKENIZER, 3, 10, 0);
        Map<String, Double> scores = task.score(new Stub(), loader, Evaluator.Mode.PLAIN);
        // "red" is written twice; for one of two images it is the only n-gram there is: 10 times 1/4 of n, halved
        assertThat(scores.get("cider")).isCloseTo(125, within(1e-6));
        assertThat(scores.get("bleu4")).isCloseTo(0, within(1.0));
    }

    @Test
    void boxesAreScoredOfEachTextsImage() {
        // the stub's box is the image's vector and the text's first id, over 10
        Loader loader = loader(
                new float[] {5, 5, 4, 2, 2, 2},
                new long[] {4, 0, 0, 2, 0, 0},
                3,
                new long[] {0, 1},
                new float[] {.5f, .5f, .4f, .4f, .7f, .7f, .2f, .2f},
                List.of());
        Map<String, Double> scores = new GroundingTask().score(new Stub(), loader, Evaluator.Mode.PLAIN);
        assertThat(scores).containsEntry("accuracy", 50.0);
        assertThat(scores.get("iou")).isCloseTo(50, within(1e-4));
    }

    @Test
    void otherModelsAreRefused() {
        Network images = Catalogue.create("resnet20_cifar", Map.of("num_classes", 2));
        assertThatThrownBy(() -> new GroundingTask().score(images, pairs(), Evaluator.Mode.PLAIN))
                .hasMessageContaining("is no model of images and texts");
    }
}
