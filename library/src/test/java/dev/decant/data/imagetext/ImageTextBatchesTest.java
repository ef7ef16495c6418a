package dev.decant.data.imagetext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.DataException;
import dev.decant.data.Batch;
import dev.decant.data.LoaderOptions;
import dev.decant.data.image.Augment;
import dev.decant.data.shapes.ShapesImageText;
import dev.decant.data.text.WordMasking;
import dev.decant.image.Image;
import dev.decant.image.ImageSet;
import dev.decant.image.Normalization;
import dev.decant.image.Pictures;
import dev.decant.model.Inputs;
import dev.decant.spec.ImageTextTask;
import dev.decant.spec.Interpolation;
import dev.decant.tensor.Scope;
import dev.decant.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ImageTextBatchesTest {

    private static final Tokenizer TOKENIZER = ShapesImageText.tokenizer();
    private static final ImageTextLayout LAYOUT = new ImageTextLayout(32, 8, 24, 20, 8, 0.25, "a picture of");
    private static final ShapesImageText WORLD =
            new ShapesImageText(new ShapesImageText.Options(32, 24, 8, 3, 2, 0.1, 5));

    private static ImageTextAugment augment(double flip) {
        Augment plain = Augment.normalizedBy(Normalization.HALF)
                .resize(32, Interpolation.BILINEAR)
                .build();
        Augment mirrored = Augment.normalizedBy(Normalization.HALF)
                .resize(32, Interpolation.BILINEAR)
                .flip(flip)
                .build();
        RegionCrop crop = new RegionCrop(32, true, 5, 0.5, flip, Interpolation.BILINEAR);
        return new ImageTextAugment(
                mirrored, plain, crop, Augment.normalizedBy(Normalization.HALF).build());
    }

    private static ImageTextBatches batches(ImageTextTask task, String split, LoaderOptions options, double regions) {
        return new ImageTextBatches(WORLD.read(task, split), TOKENIZER, LAYOUT, augment(0.5), options, regions);
    }

    private static LoaderOptions training(int size) {
        return new LoaderOptions(size, 3, true, true, 1, 1);
    }

    private static LoaderOptions evaluation(int size) {
        return new LoaderOptions(size, 0, false, false, 1, 1);
    }

    /** The example of the specification: columns 1 to 6 and rows 3 to 5 of 14 x 14 patches. */
    @Test
    void aBoxMarksThePatchesItTouches() {
        long[] marked = new long[1 + 14 * 14];
        RegionPatches.mark(new Rect(30, 50, 70, 40), 16, 14, marked, 0);
        int[] expected = IntStream.concat(
                        IntStream.of(0), IntStream.of(44, 58, 72).flatMap(row -> IntStream.range(row, row + 6)))
                .toArray();
        assertThat(IntStream.range(0, marked.length).filter(i -> marked[i] == 1).toArray())
                .containsExactly(expected);
    }

    @Test
    void aBoxAtTheEdgeMarksAPatch() {
        long[] marked = new long[5];
        RegionPatches.mark(new Rect(31.9, 31.9, 0.5, 0.5), 16, 2, marked, 0);
        assertThat(marked).containsExactly(1, 0, 0, 0, 1);
    }

    @Test
    void captionsAreCleaned() {
        assertThat(CaptionText.clean("A <person>'s well-known \"Cat/dog\", (it's #1): ~  sleeping!", 30))
                .isEqualTo("a persons well known cat dog its 1 sleeping");
        assertThat(CaptionText.clean("one two three", 2)).isEqualTo("one two");
        assertThat(CaptionText.clean(" ... ", 5)).isEmpty();
        assertThat(CaptionText.namesSides("the LEFT one")).isTrue();
        assertThat(CaptionText.namesSides("a leftover")).isTrue(); // looks for how the word begins
        assertThat(CaptionText.namesSides("bright")).isFalse();
    }

    @Test
    void wholeWordsAreHidden() {
        Tokenizer pieces = Tokenizer.ofWords(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##believ", "##able", "cat", "sat"), true);
        WordMasking masking = new WordMasking(pieces, 0.5);
        int[] text = pieces.encode("unbelievable cat sat cat", 20).ids(); // [CLS] un ##believ ##able cat sat cat [SEP]
        assertThat(text).hasSize(8);
        Set<Long> asked = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            WordMasking.Hidden hidden = masking.hide(text, new SplittableRandom(seed));
            long[] places = LongStream.of(hidden.positions()).filter(p -> p > 0).toArray();
            assertThat(places).hasSize(4).doesNotHaveDuplicates(); // 8 tokens, a half of them
            for (int i = 0; i < 8; i++) {
                long label = hidden.labels()[i];
                assertThat(label).isEqualTo(i < 4 ? text[(int) hidden.positions()[i]] : -100);
            }
            LongStream.of(places).forEach(asked::add);
        }
        assertThat(asked)
                .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L); // the last, [SEP], too; the first never
        WordMasking few = new WordMasking(pieces, 0.1);
        assertThat(few.count(8)).isEqualTo(1);
        assertThat(masking.count(40)).isEqualTo(8);
        assertThat(masking.count(5)).isEqualTo(2); // halves round to even
    }

    @Test
    void aWordIsHiddenAsAWholeWhereThereIsRoom() {
        Tokenizer pieces = Tokenizer.ofWords(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##believ", "##able"), true);
        int[] text = pieces.encode("unbelievable", 20).ids();
        WordMasking masking = new WordMasking(pieces, 0.6); // 3 of 5
        int whole = 0;
        for (int seed = 0; seed < 100; seed++) {
            long[] places = masking.hide(text, new SplittableRandom(seed)).positions();
            whole += LongStream.of(places).filter(p -> p >= 1 && p <= 3).count() == 3 ? 1 : 0;
        }
        assertThat(whole).isGreaterThan(40); // all but those in which [SEP] came first or with a run
    }

    @Test
    void boxesFollowTheirImage() {
        Image left = Pictures.plain(40, 20, 0, 0, 0);
        byte[] rgb = left.rgb().clone();
        for (int y = 5; y < 15; y++) {
            for (int x = 4; x < 12; x++) {
                rgb[3 * (y * 40 + x)] = (byte) 255;
            }
        }
        Image image = new Image(40, 20, rgb);
        List<RegionExample.Region> regions = List.of(new RegionExample.Region(new Rect(4, 5, 8, 10), "red", false));
        for (int seed = 0; seed < 50; seed++) {
            RegionCrop.Result result = new RegionCrop(32, true, 5, 0.5, 0.5, Interpolation.BILINEAR)
                    .apply(image, regions, new SplittableRandom(seed));
            Rect box = result.regions().get(0).box();
            int x = (int) (box.x() + box.width() / 2);
            int y = (int) (box.y() + box.height() / 2);
            assertThat(result.image().value(x, y, 0)).isGreaterThan(200);
            assertThat(box.x()).isBetween(0.0, 32.0);
            assertThat(box.right()).isLessThanOrEqualTo(32.0001);
        }
        RegionCrop.Result mirrored = new RegionCrop(40, false, 5, 0.5, 1, Interpolation.BILINEAR)
                .apply(image, regions, new SplittableRandom(0));
        assertThat(mirrored.regions().get(0).box()).isEqualTo(new Rect(28, 10, 8, 20));
        RegionCrop.Result upright = new RegionCrop(40, false, 5, 0.5, 1, Interpolation.BILINEAR)
                .apply(
                        image,
                        List.of(new RegionExample.Region(new Rect(4, 5, 8, 10), "left", false)),
                        new SplittableRandom(0));
        assertThat(upright.regions().get(0).box()).isEqualTo(new Rect(4, 10, 8, 20));
    }

    @Test
    void regionsThatAreCutOffAreDropped() {
        Image image = Pictures.plain(100, 10, 0, 0, 0);
        List<RegionExample.Region> regions = List.of(
                new RegionExample.Region(new Rect(0, 0, 10, 10), "a", false),
                new RegionExample.Region(new Rect(90, 0, 10, 10), "b", false));
        Set<Integer> counts = new HashSet<>();
        for (int seed = 0; seed < 30; seed++) {
            counts.add(new RegionCrop(32, true, 5, 0.5, 0, Interpolation.BILINEAR)
                    .apply(image, regions, new SplittableRandom(seed))
                    .regions()
                    .size());
        }
        assertThat(counts).contains(1);
    }

    @Test
    void preTrainingBatchesHaveImagesTextsAndHiddenWords() {
        ImageTextBatches source = batches(ImageTextTask.PRETRAIN, "train", training(8), 0.5);
        assertThat(source.size()).isEqualTo(48);
        assertThat(source.batches()).isEqualTo(6 + 3);
        int[][] plan = source.plan(0);
        int regions = 0;
        for (int i = 0; i < plan.length; i++) {
            try (Scope scope = Scope.open()) {
                Inputs.ImageText inputs = (Inputs.ImageText)
                        source.prepare(plan[i], 0, i).toTensors().inputs();
                assertThat(inputs.size()).isEqualTo(8);
                long s = inputs.text().ids().size(1);
                assertThat(inputs.masked().orElseThrow().ids().shape()).containsExactly(8, s);
                assertThat(inputs.masked().orElseThrow().labels().shape()).containsExactly(8, 8);
                long m = inputs.images().pixels().size(0);
                assertThat(inputs.images().pixels().shape()).containsExactly(m, 3, 32, 32);
                assertThat(Arrays.stream(inputs.imageOf().longs()).max().orElseThrow())
                        .isLessThan(m);
                if (inputs.regions().isPresent()) {
                    regions++;
                    assertThat(inputs.regions().get().patches().shape()).containsExactly(8, 17);
                    assertThat(inputs.regions().get().boxes().shape()).containsExactly(8, 4);
                    assertThat(m).isEqualTo(3); // 48 of 128
                } else {
                    assertThat(m).isEqualTo(8);
                    assertThat(Arrays.stream(inputs.ids().longs()).distinct().count())
                            .isGreaterThan(1);
                }
            }
        }
        assertThat(regions).isEqualTo(3);
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        ImageTextBatches source = batches(ImageTextTask.PRETRAIN, "train", training(8), 0.5);
        ImageTextBatches again = batches(ImageTextTask.PRETRAIN, "train", training(8), 0.5);
        assertThat(source.plan(2)).isDeepEqualTo(again.plan(2));
        assertThat(source.plan(1)).isNotEqualTo(source.plan(2));
        for (int i = 0; i < 3; i++) {
            ImageTextBatch a = (ImageTextBatch) source.prepare(source.plan(2)[i], 2, i);
            ImageTextBatch b = (ImageTextBatch) again.prepare(again.plan(2)[i], 2, i);
            assertThat(a.pixels()).isEqualTo(b.pixels());
            assertThat(a.hidden().orElseThrow().ids())
                    .isEqualTo(b.hidden().orElseThrow().ids());
            assertThat(a.seed()).isEqualTo(b.seed());
        }
    }

    @Test
    void scoresSeeEveryImageOnceWithItsTexts() {
        ImageTextBatches source = batches(ImageTextTask.RETRIEVAL, "test", evaluation(3), 0);
        List<Integer> seen = new ArrayList<>();
        int[][] plan = source.plan(0);
        assertThat(source.batches()).isEqualTo(3).isEqualTo(plan.length);
        int images = 0;
        for (int i = 0; i < plan.length; i++) {
            ImageTextBatch batch = (ImageTextBatch) source.prepare(plan[i], 0, i);
            images += batch.images();
            assertThat(batch.imageOf()).hasSize(plan[i].length);
            Arrays.stream(plan[i]).forEach(seen::add);
        }
        assertThat(images).isEqualTo(8);
        assertThat(seen).hasSize(16).doesNotHaveDuplicates();
    }

    @Test
    void answersComeWithTheirWeights() {
        ImageTextExample example = ImageTextExample.caption(0, "what is it", "q")
                .with(new ImageTextExample.Written(List.of("red", "red", "blue", "red"), 1));
        ImageTextData data = new ImageTextData(ImageTextTask.VQA, plain(1), List.of(example), List.of(), List.of());
        ImageTextBatches source = new ImageTextBatches(data, TOKENIZER, LAYOUT, augment(0), training(1), 0);
        try (Scope scope = Scope.open()) {
            Batch batch = source.prepare(new int[] {0}, 0, 0).toTensors();
            Inputs.Answers answers =
                    ((Inputs.ImageText) batch.inputs()).answers().orElseThrow();
            assertThat(answers.weights().floats()).containsExactly(0.75f, 0.25f);
            assertThat(answers.questionOf().longs()).containsExactly(0, 0);
            assertThat(answers.text().mask().sum(1).doubles()).containsExactly(3, 3); // begin, the answer, end
            assertThat(batch.references()).containsExactly(List.of("red", "red", "blue", "red"));
        }
    }

    @Test
    void captionsBeginWithThePrompt() {
        try (Scope scope = Scope.open()) {
            ImageTextBatches source = batches(ImageTextTask.CAPTION, "train", training(2), 0);
            Inputs.ImageText inputs = (Inputs.ImageText)
                    source.prepare(source.plan(0)[0], 0, 0).toTensors().inputs();
            int prompt = (int) inputs.text().mask().select(0, 0).sum().item();
            assertThat(prompt).isEqualTo(4); // [CLS] a picture of
            long[] begin = inputs.text().ids().select(0, 0).narrow(0, 0, prompt).longs();
            Inputs.Text written = inputs.answers().orElseThrow().text();
            assertThat(written.ids().select(0, 1).narrow(0, 0, prompt).longs()).isEqualTo(begin);
            assertThat(written.mask().select(0, 1).sum().item()).isGreaterThan(prompt + 3);
        }
    }

    @Test
    void boxesAreGivenInPartsOfTheSide() {
        ImageTextExample example =
                ImageTextExample.caption(0, "it", "q").with(new ImageTextExample.At(new Rect(8, 0, 8, 16)));
        ImageTextData data =
                new ImageTextData(ImageTextTask.GROUNDING, plain(1), List.of(example), List.of(), List.of());
        RegionCrop still = new RegionCrop(32, false, 1, 0, 0, Interpolation.BILINEAR);
        Augment normal = Augment.normalizedBy(Normalization.HALF).build();
        ImageTextBatches source = new ImageTextBatches(
                data, TOKENIZER, LAYOUT, new ImageTextAugment(normal, normal, still, normal), evaluation(1), 0);
        try (Scope scope = Scope.open()) {
            Batch batch = source.prepare(new int[] {0}, 0, 0).toTensors();
            assertThat(batch.labels().doubles())
                    .containsExactly(new double[] {0.75, 0.5, 0.5, 1}, within(1e-6)); // of 16 pixels
            assertThat(((Inputs.ImageText) batch.inputs()).regions()).isPresent();
        }
    }

    @Test
    void statementsComeWithAllFirstImagesAndThenAllSecond() {
        ImageTextExample example =
                new ImageTextExample(0, OptionalInt.of(1), "a cat", 0, "g", new ImageTextExample.Holds(true), "q");
        ImageTextData data =
                new ImageTextData(ImageTextTask.NLVR, plain(2), List.of(example, example), List.of(), List.of());
        ImageTextBatches source = new ImageTextBatches(data, TOKENIZER, LAYOUT, augment(0), evaluation(2), 0);
        ImageTextBatch batch = (ImageTextBatch) source.prepare(new int[] {0, 1}, 0, 0);
        int image = 3 * 32 * 32;
        assertThat(batch.images()).isEqualTo(4);
        assertThat(batch.pixels()[0]).isEqualTo(batch.pixels()[image]).isEqualTo(-1f); // black
        assertThat(batch.pixels()[2 * image]).isEqualTo(1f); // white
        assertThat(batch.wanted().labels()).containsExactly(1, 1);
    }

    /** In training and for scores alike, and a last text that would be by itself comes with the batch before. */
    @Test
    void textsToAssignAreNeverOfOneImageAlone() {
        List<ImageTextExample> texts = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            texts.add(ImageTextExample.caption(i / 3, "a cat", "captions.json:" + i));
        }
        ImageTextData data = new ImageTextData(ImageTextTask.ASSIGN, plain(3), texts, List.of(), List.of());
        ImageTextBatches source = new ImageTextBatches(data, TOKENIZER, LAYOUT, augment(0), evaluation(2), 0);
        int[][] plan = source.plan(0);
        assertThat(plan).isDeepEqualTo(source.plan(1));
        assertThat(plan.length).isEqualTo(4);
        assertThat(Arrays.stream(plan).flatMapToInt(Arrays::stream).sorted())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        for (int i = 0; i < plan.length; i++) {
            ImageTextBatch batch = (ImageTextBatch) source.prepare(plan[i], 0, i);
            assertThat(Arrays.stream(batch.ids()).distinct().count()).isGreaterThan(1);
            assertThat(batch.wanted().labels()).startsWith(0, 1);
        }
    }

    @Test
    void oneImageCannotBeToldApart() {
        ImageTextExample a = ImageTextExample.caption(0, "a cat", "captions.json:1");
        ImageTextExample b = ImageTextExample.caption(1, "a dog", "captions.json:9");
        assertThatThrownBy(() -> retrieval(List.of(a, a, a)))
                .hasMessage(
                        "telling pairs apart needs texts about two images in each batch, found 1 different images and a"
                                + " batch size of 2");
        assertThatThrownBy(() -> retrieval(List.of(a, a, a, b)).plan(0)).hasMessageContaining("about one image only");
        for (int[] batch : retrieval(List.of(a, a, b, b)).plan(0)) {
            assertThat(batch[0] / 2).isNotEqualTo(batch[1] / 2); // one of each image
        }
    }

    @Test
    void textsWithoutWordsAreReportedTogether() {
        assertThatThrownBy(() -> retrieval(List.of(
                        ImageTextExample.caption(0, "...", "c.json:1"), ImageTextExample.caption(1, "!", "c.json:2"))))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "texts: 2 entries cannot be used\n  c.json:1: the text '...' has no word in it\n  c.json:2: the text"
                                + " '!' has no word in it");
    }

    private static ImageTextBatches retrieval(List<ImageTextExample> examples) {
        ImageTextData data = new ImageTextData(ImageTextTask.RETRIEVAL, plain(2), examples, List.of(), List.of());
        return new ImageTextBatches(data, TOKENIZER, LAYOUT, augment(0), training(2), 0);
    }

    /** Black and white in turn, 16 pixels wide. */
    private static ImageSet plain(int count) {
        return new ImageSet() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public Image image(int index) {
                int gray = index % 2 == 0 ? 0 : 255;
                return Pictures.plain(16, 16, gray, gray, gray);
            }

            @Override
            public String name(int index) {
                return "plain " + index;
            }
        };
    }
}
