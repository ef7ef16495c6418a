package dev.decant.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.data.image.Augment;
import dev.decant.data.image.BatchShape;
import dev.decant.data.image.CountingImages;
import dev.decant.data.image.ImageBatches;
import dev.decant.data.image.ImageDataset;
import dev.decant.data.image.Mix;
import dev.decant.data.image.PixelBatch;
import dev.decant.data.image.Subset;
import dev.decant.image.Image;
import dev.decant.image.Normalization;
import dev.decant.image.Pictures;
import dev.decant.tensor.DType;
import dev.decant.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoaderTest {

    private static final Augment PLAIN =
            Augment.normalizedBy(Normalization.HALF).build();
    private static final Augment RANDOM = Augment.normalizedBy(Normalization.HALF)
            .padAndCrop(4, 2)
            .flip(0.5)
            .randomErasing(0.3)
            .mix(Mix.of(0.8, 1))
            .build();

    private final ImageDataset data = CountingImages.of(50, 5);

    private static LoaderOptions options(int workers, int prefetch) {
        return new LoaderOptions(8, 3, true, false, workers, prefetch);
    }

    private static List<PixelBatch> all(Loader loader, int epoch, int skip) {
        List<PixelBatch> batches = new ArrayList<>();
        try (Epoch pass = loader.epoch(epoch, skip)) {
            while (pass.hasNext()) {
                batches.add((PixelBatch) pass.take());
            }
        }
        return batches;
    }

    private static List<Integer> indices(List<PixelBatch> batches) {
        return batches.stream()
                .flatMapToInt(b -> Arrays.stream(b.indices()))
                .boxed()
                .toList();
    }

    @Test
    void everyImageComesOnceAndEachEpochHasItsOrder() {
        Loader loader = ImageBatches.loader(data, PLAIN, options(2, 3));
        List<Integer> first = indices(all(loader, 0, 0));
        assertThat(loader.batches()).isEqualTo(7);
        assertThat(first)
                .hasSize(50)
                .doesNotHaveDuplicates()
                .isNotEqualTo(IntStream.range(0, 50).boxed().toList());
        assertThat(indices(all(loader, 1, 0))).doesNotHaveDuplicates().isNotEqualTo(first);
        assertThat(indices(all(loader, 0, 0))).isEqualTo(first);
    }

    @Test
    void numbersDoNotDependOnThreads() {
        List<PixelBatch> one = all(ImageBatches.loader(data, RANDOM, options(1, 1)), 2, 0);
        List<PixelBatch> many = all(ImageBatches.loader(data, RANDOM, options(4, 6)), 2, 0);
        assertThat(many).hasSameSizeAs(one);
        for (int i = 0; i < one.size(); i++) {
            assertThat(many.get(i).indices()).isEqualTo(one.get(i).indices());
            assertThat(many.get(i).labels()).isEqualTo(one.get(i).labels());
            assertThat(many.get(i).pixels()).isEqualTo(one.get(i).pixels());
        }
    }

    @Test
    void skippedBatchesLeaveTheRestAsItWas() {
        Loader loader = ImageBatches.loader(data, RANDOM, options(2, 2));
        List<PixelBatch> whole = all(loader, 4, 0);
        List<PixelBatch> rest = all(loader, 4, 5);
        assertThat(rest).hasSize(2);
        assertThat(rest.get(0).pixels()).isEqualTo(whole.get(5).pixels());
        assertThat(rest.get(1).pixels()).isEqualTo(whole.get(6).pixels());
        assertThat(all(loader, 4, 7)).isEmpty();
    }

    @Test
    void evaluationKeepsTheOrderAndDropLastDropsTheRest() {
        Loader inOrder = ImageBatches.loader(data, PLAIN, LoaderOptions.evaluation(16));
        List<PixelBatch> batches = all(inOrder, 0, 0);
        assertThat(indices(batches)).isEqualTo(IntStream.range(0, 50).boxed().toList());
        assertThat(batches.get(3).shape()).isEqualTo(new BatchShape(2, 4, 4));
        Loader whole = ImageBatches.loader(data, PLAIN, new LoaderOptions(16, 0, true, true, 1, 1));
        assertThat(all(whole, 0, 0)).hasSize(3).allMatch(b -> b.shape().images() == 16);
    }

    @Test
    void batchesBecomeTensorsOfTheOpenScope() {
        Loader loader = ImageBatches.loader(data, RANDOM, options(2, 2));
        try (Epoch epoch = loader.epoch(0, 0);
                Scope step = Scope.open()) {
            Batch batch = epoch.next();
            assertThat(batch.images().shape()).containsExactly(8, 3, 4, 4);
            assertThat(batch.images().dtype()).isEqualTo(DType.F32);
            assertThat(batch.labels().shape()).containsExactly(8);
            assertThat(batch.labels().longs()[2]).isEqualTo(batch.indices()[2] % 5);
            float[] soft = batch.softLabels().orElseThrow().floats();
            assertThat(soft).hasSize(8 * 5);
            assertThat(soft[0] + soft[1] + soft[2] + soft[3] + soft[4]).isBetween(0.999f, 1.001f);
            assertThat(epoch.iterator().next().size()).isEqualTo(8);
            assertThat(loader.waitedNanos()).isPositive().isEqualTo(epoch.waitedNanos());
        }
    }

    @Test
    void buffersAreReusedOnlyAfterTheyBecameTensors() {
        Loader loader = ImageBatches.loader(data, PLAIN, options(2, 2));
        try (Epoch epoch = loader.epoch(0, 0)) {
            for (Batch batch : epoch) {
                try (Scope step = Scope.open()) {
                    float[] pixels = batch.images().floats();
                    for (int i = 0; i < batch.size(); i++) {
                        float red = (batch.indices()[i] / 255f - 0.5f) / 0.5f;
                        assertThat(pixels[i * 48]).isEqualTo(red);
                        assertThat(pixels[i * 48 + 47]).isEqualTo(1f);
                    }
                }
            }
        }
    }

    /** The counting data set, with a hook at each decoding. */
    private ImageDataset hooked(java.util.function.IntConsumer hook) {
        return new ImageDataset() {
            @Override
            public int size() {
                return data.size();
            }

            @Override
            public Image image(int index) {
                hook.accept(index);
                return data.image(index);
            }

            @Override
            public int label(int index) {
                return data.label(index);
            }

            @Override
            public List<String> classes() {
                return data.classes();
            }

            @Override
            public String name(int index) {
                return data.name(index);
            }
        };
    }

    @Test
    void aWorkersExceptionReachesTheConsumerWithTheImagesName() {
        ImageDataset broken = hooked(i -> {
            if (i == 20) {
                throw new IllegalStateException("boom");
            }
        });
        Loader loader = ImageBatches.loader(broken, PLAIN, LoaderOptions.evaluation(8));
        try (Epoch epoch = loader.epoch(0, 0)) {
            epoch.take();
            epoch.take();
            assertThatThrownBy(epoch::take)
                    .isInstanceOf(DataException.class)
                    .hasMessage("counting[20]: java.lang.IllegalStateException: boom");
        }
    }

    @Test
    void imagesOfDifferentSizesAreNamed() {
        Augment growing = Augment.normalizedBy(Normalization.HALF).build();
        ImageDataset mixed = hooked(i -> {});
        ImageDataset odd = Subset.of(
                new ImageDataset() {
                    @Override
                    public int size() {
                        return 2;
                    }

                    @Override
                    public Image image(int index) {
                        return Pictures.plain(4 + index, 4, 0, 0, 0);
                    }

                    @Override
                    public int label(int index) {
                        return 0;
                    }

                    @Override
                    public List<String> classes() {
                        return mixed.classes();
                    }

                    @Override
                    public String name(int index) {
                        return "odd[" + index + "]";
                    }
                },
                0,
                1);
        try (Epoch epoch =
                ImageBatches.loader(odd, growing, LoaderOptions.evaluation(2)).epoch(0, 0)) {
            assertThatThrownBy(epoch::take)
                    .hasMessage(
                            "odd[1]: 5 x 4 pixels in a batch of 4 x 4; add a step that makes all images the same size");
        }
    }

    @Test
    void closingInTheMiddleStopsTheWorkers() throws InterruptedException {
        AtomicInteger decoded = new AtomicInteger();
        CountDownLatch stopped = new CountDownLatch(1);
        ImageDataset slow = hooked(i -> {
            if (decoded.incrementAndGet() > 10) {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    stopped.countDown();
                    Thread.currentThread().interrupt();
                }
            }
        });
        Epoch epoch = ImageBatches.loader(slow, PLAIN, new LoaderOptions(8, 0, false, false, 1, 2))
                .epoch(0, 0);
        epoch.take();
        while (decoded.get() <= 10) {
            Thread.onSpinWait();
        }
        epoch.close();
        assertThat(stopped.await(5, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(epoch::take)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the epoch is closed");
    }

    @Test
    void impossibleLoadersAreRefused() {
        assertThatThrownBy(() -> new LoaderOptions(0, 0, true, true, 1, 1))
                .hasMessage("loader: batch size must be at least 1, got 0");
        assertThatThrownBy(() -> ImageBatches.loader(data, PLAIN, new LoaderOptions(64, 0, true, true, 1, 1)))
                .hasMessage("the data set has 50 images, fewer than one batch of 64");
        assertThatThrownBy(() -> ImageBatches.loader(data, PLAIN, options(1, 1)).epoch(0, 8))
                .hasMessage("cannot skip 8 batches of an epoch that has 7");
    }

    @Test
    void defaultsArePinned() {
        LoaderOptions training = LoaderOptions.training(128, 5);
        assertThat(training.shuffle() && training.dropLast()).isTrue();
        assertThat(training.workers()).isBetween(1, 8);
        assertThat(LoaderOptions.evaluation(128).shuffle()).isFalse();
    }
}
