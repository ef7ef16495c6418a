package dev.decant.data.imagetext;

import dev.decant.DataException;
import dev.decant.data.BatchSource;
import dev.decant.data.LoaderOptions;
import dev.decant.data.Seeds;
import dev.decant.data.image.Augment;
import dev.decant.data.text.TokenRows;
import dev.decant.data.text.WordMasking;
import dev.decant.image.Image;
import dev.decant.model.Negatives;
import dev.decant.spec.ImageTextTask;
import dev.decant.text.Tokenizer;
import dev.decant.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

/**
 * Batches of images with texts about them.
 *
 * <p>In training each text has an image of its own, augmented for it; batches of regions come between (see {@link
 * RegionCrop}): their texts are about parts of fewer images. For scores each image comes once, in retrieval with all its texts.
 * Labels are what the task wants: truth of a statement, box of a phrase, which of two images is a caption's ({@link
 * Negatives#assignment}), else which image the text is about.
 */
public final class ImageTextBatches implements BatchSource {

    private static final long MASKING = -13;
    private static final long NEGATIVES = -14;
    private static final long CHOICE = -15;

    private final ImageTextData data;
    private final Tokenizer tokenizer;
    private final ImageTextLayout layout;
    private final ImageTextAugment augment;
    private final ImageTextPlan plan;
    private final ImageTextTokens tokens;
    private final Optional<WordMasking> masking;
    private final BlockingQueue<float[]> spare;

    /**
     * Reads all texts.
     *
     * @param regionShare batches of regions for each batch of whole images, in training
     * @throws DataException for texts without words, all together; for too few examples or images to tell apart
     */
    public ImageTextBatches(
            ImageTextData data,
            Tokenizer tokenizer,
            ImageTextLayout layout,
            ImageTextAugment augment,
            LoaderOptions options,
            double regionShare) {
        options.requireExamples(data.examples().size(), "texts");
        this.data = data;
        this.tokenizer = tokenizer;
        this.layout = layout;
        this.augment = augment;
        plan = new ImageTextPlan(options, regionShare);
        requireTwoIds();
        tokens = new ImageTextTokens(data, tokenizer, layout);
        boolean masks = options.shuffle() && data.task() == ImageTextTask.PRETRAIN;
        masking = masks ? Optional.of(new WordMasking(tokenizer, layout.masked())) : Optional.empty();
        spare = new LinkedBlockingQueue<>(options.prefetch() + 1);
    }

    private void requireTwoIds() {
        LoaderOptions options = plan.options();
        if (data.task() == ImageTextTask.ASSIGN
                || (options.shuffle() && data.task().contrasts())) {
            long ids = data.distinctIds();
            if (ids < 2 || options.batchSize() < 2) {
                throw new DataException("telling pairs apart needs texts about two images in each batch, found " + ids
                        + " different images and a batch size of " + options.batchSize());
            }
        }
    }

    @Override
    public int size() {
        return data.examples().size();
    }

    @Override
    public int batches() {
        return plan.batches(data);
    }

    @Override
    public int[][] plan(int epoch) {
        return plan.plan(data, epoch);
    }

    @Override
    public Prepared prepare(int[] indices, int epoch, int number) {
        return indices[0] < data.examples().size() ? whole(indices, epoch, number) : parts(indices, epoch, number);
    }

    private boolean isTraining() {
        return plan.options().shuffle();
    }

    private SplittableRandom random(long... path) {
        return Seeds.random(plan.options().seed(), path);
    }

    private ImageTextBatch whole(int[] indices, int epoch, int number) {
        List<ImageTextExample> rows =
                Arrays.stream(indices).mapToObj(data.examples()::get).toList();
        List<Tokens> texts = Arrays.stream(indices).mapToObj(tokens::example).toList();
        boolean isPair = data.task() == ImageTextTask.NLVR;
        boolean shared = !isTraining() && !isPair && data.task() != ImageTextTask.GROUNDING;
        long[] imageOf = new long[rows.size()];
        Map<Integer, Integer> places = new LinkedHashMap<>();
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            int image = rows.get(i).image();
            Integer known = shared ? places.putIfAbsent(image, shown.size()) : null;
            imageOf[i] = known == null ? shown.size() : known;
            if (known == null) {
                shown.add(i);
            }
        }
        int count = isPair ? 2 * rows.size() : shown.size();
        float[] pixels = buffer(count);
        float[] boxes = new float[data.task() == ImageTextTask.GROUNDING ? 4 * rows.size() : 0];
        for (int at = 0; at < shown.size(); at++) {
            int row = shown.get(at);
            SplittableRandom random =
                    random(epoch, (long) number * plan.options().batchSize() + row);
            fill(rows.get(row), pixels, at, shown.size(), boxes, random);
        }
        TokenRows text = rows(texts);
        return new ImageTextBatch(
                layout.side(),
                count,
                pixels,
                text,
                imageOf,
                rows.stream().mapToLong(ImageTextExample::id).toArray(),
                boxes.length == 0 ? Optional.empty() : Optional.of(located(boxes)),
                hidden(texts, text.length(), epoch, number),
                isTraining() ? answers(rows) : Optional.empty(),
                wanted(rows, boxes),
                random(NEGATIVES, epoch, number).nextLong(),
                indices,
                spare);
    }

    /** Writes the image of an example, or both, and its box if it has one. */
    private void fill(
            ImageTextExample example, float[] pixels, int at, int half, float[] boxes, SplittableRandom random) {
        if (example.truth() instanceof ImageTextExample.At place) {
            RegionExample.Region region = new RegionExample.Region(place.box(), example.text(), false);
            RegionCrop.Result result = augment.crop().apply(image(example.image(), example), List.of(region), random);
            write(augment.colors(), result.image(), example.where(), pixels, at, random);
            float[] parts = result.regions().get(0).box().parts(layout.side());
            System.arraycopy(parts, 0, boxes, 4 * at, 4);
            return;
        }
        Augment steps = namesSides(example) ? augment.upright() : augment.any();
        write(steps, image(example.image(), example), example.where(), pixels, at, random);
        if (example.second().isPresent()) {
            Image second = image(example.second().getAsInt(), example);
            write(steps, second, example.where(), pixels, half + at, random);
        }
    }

    private static boolean namesSides(ImageTextExample example) {
        return CaptionText.namesSides(example.text())
                || (example.truth() instanceof ImageTextExample.Written w
                        && w.texts().stream().anyMatch(CaptionText::namesSides));
    }

    private Image image(int image, ImageTextExample example) {
        return image(image, example.where());
    }

    private Image image(int image, String where) {
        if (Thread.currentThread().isInterrupted()) {
            throw new DataException("stopped");
        }
        try {
            return data.pictures().image(image);
        } catch (DataException e) {
            throw new DataException(where + ": " + e.getMessage(), e);
        }
    }

    private void write(Augment steps, Image image, String where, float[] pixels, int at, SplittableRandom random) {
        Image done = steps.apply(image, random);
        if (done.width() != layout.side() || done.height() != layout.side()) {
            throw new DataException(where + ": the image is " + done.width() + " x " + done.height()
                    + " pixels, the model takes " + layout.side() + " x " + layout.side());
        }
        steps.normalize(done, pixels, at * 3 * layout.side() * layout.side(), random);
    }

    private float[] buffer(int images) {
        int length = images * 3 * layout.side() * layout.side();
        float[] used = spare.poll();
        return used != null && used.length == length ? used : new float[length];
    }

    private TokenRows rows(List<Tokens> texts) {
        return TokenRows.of(texts, tokenizer.pad(), layout.padTo(), layout.maxLength());
    }

    private ImageTextBatch.Wanted wanted(List<ImageTextExample> rows, float[] boxes) {
        boolean assigns = data.task() == ImageTextTask.ASSIGN;
        long[] labels = IntStream.range(0, rows.size())
                .mapToLong(row -> assigns ? Negatives.assignment(row) : label(rows.get(row)))
                .toArray();
        boolean isWritten = rows.stream().allMatch(e -> e.truth() instanceof ImageTextExample.Written);
        List<List<String>> references = isWritten
                ? rows.stream()
                        .map(e -> ((ImageTextExample.Written) e.truth()).texts())
                        .toList()
                : List.of();
        return new ImageTextBatch.Wanted(labels, boxes, references);
    }

    private static long label(ImageTextExample example) {
        return example.truth() instanceof ImageTextExample.Holds h ? (h.value() ? 1 : 0) : example.id();
    }

    private ImageTextBatch.Regions located(float[] boxes) {
        int n = boxes.length / 4;
        long[] patches = new long[n * (1 + layout.grid() * layout.grid())];
        Arrays.fill(patches, 1);
        return new ImageTextBatch.Regions(boxes, new long[n], patches);
    }

    private Optional<ImageTextBatch.Hidden> hidden(List<Tokens> texts, int length, int epoch, int number) {
        return masking.map(m -> {
            long[] ids = new long[texts.size() * length];
            Arrays.fill(ids, tokenizer.pad());
            long[] positions = new long[texts.size() * WordMasking.MOST];
            long[] labels = new long[positions.length];
            for (int row = 0; row < texts.size(); row++) {
                WordMasking.Hidden hidden = m.hide(texts.get(row).ids(), random(MASKING, epoch, number, row));
                TokenRows.copy(hidden.ids(), ids, row * length);
                System.arraycopy(hidden.positions(), 0, positions, row * WordMasking.MOST, WordMasking.MOST);
                System.arraycopy(hidden.labels(), 0, labels, row * WordMasking.MOST, WordMasking.MOST);
            }
            return new ImageTextBatch.Hidden(ids, positions, labels);
        });
    }

    /** Different answers count by how often they were given; a caption is written once for each example. */
    private Optional<ImageTextBatch.Answers> answers(List<ImageTextExample> rows) {
        List<Tokens> texts = new ArrayList<>();
        List<Integer> questions = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            ImageTextExample example = rows.get(row);
            int question = row;
            if (data.task() == ImageTextTask.CAPTION) {
                texts.add(tokens.written(example.text()));
                questions.add(question);
                weights.add(1.0);
            } else if (example.truth() instanceof ImageTextExample.Written w) {
                Map<String, Integer> counts = new LinkedHashMap<>();
                w.texts().forEach(t -> counts.merge(t, 1, Integer::sum));
                counts.forEach((answer, n) -> {
                    texts.add(tokens.written(answer));
                    questions.add(question);
                    weights.add(w.weight() * n / w.texts().size());
                });
            }
        }
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        float[] weight = new float[texts.size()];
        IntStream.range(0, weight.length)
                .forEach(i -> weight[i] = weights.get(i).floatValue());
        return Optional.of(new ImageTextBatch.Answers(
                rows(texts), questions.stream().mapToLong(q -> q).toArray(), weight));
    }

    /** One region of a batch: the row of its image, and which of all texts it is. */
    private record Part(int image, RegionExample.Region region, long id) {}

    private ImageTextBatch parts(int[] indices, int epoch, int number) {
        List<Image> images = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            int place = indices[i] - data.examples().size();
            RegionExample example = data.regions().get(place);
            SplittableRandom random =
                    random(epoch, (long) number * plan.options().batchSize() + i);
            RegionCrop.Result result =
                    augment.crop().apply(image(example.image(), example.where()), example.regions(), random);
            for (RegionExample.Region region : result.regions()) {
                parts.add(new Part(images.size(), region, parts.size()));
            }
            images.add(augment.colors().apply(result.image(), random));
        }
        return parts(images, kept(parts, random(CHOICE, epoch, number)), indices, epoch, number);
    }

    /** As many as a batch has texts: a random choice, or some twice where there are fewer. */
    private List<Part> kept(List<Part> parts, SplittableRandom random) {
        int wanted = plan.options().batchSize();
        List<Part> kept = new ArrayList<>();
        for (int place : Seeds.permutation(parts.size(), random.nextLong(), 0)) {
            if (kept.size() < wanted) {
                kept.add(parts.get(place));
            }
        }
        while (kept.size() < wanted) {
            kept.add(parts.get(random.nextInt(parts.size())));
        }
        return kept;
    }

    private ImageTextBatch parts(List<Image> images, List<Part> parts, int[] indices, int epoch, int number) {
        float[] pixels = buffer(images.size());
        for (int i = 0; i < images.size(); i++) {
            SplittableRandom random =
                    random(epoch, (long) number * plan.options().batchSize() + i, 1);
            augment.colors().normalize(images.get(i), pixels, i * 3 * layout.side() * layout.side(), random);
        }
        int grid = layout.grid();
        int patches = 1 + grid * grid;
        float[] boxes = new float[4 * parts.size()];
        long[] marked = new long[parts.size() * patches];
        for (int i = 0; i < parts.size(); i++) {
            Rect box = parts.get(i).region().box();
            System.arraycopy(box.parts(layout.side()), 0, boxes, 4 * i, 4);
            RegionPatches.mark(box, layout.patch(), grid, marked, i * patches);
        }
        List<Tokens> texts =
                parts.stream().map(p -> tokens.region(p.region().text())).toList();
        TokenRows text = rows(texts);
        long[] ids = parts.stream().mapToLong(Part::id).toArray();
        long[] whole = parts.stream().mapToLong(p -> p.region().whole() ? 1 : 0).toArray();
        int[] places = parts.stream().mapToInt(p -> indices[p.image()]).toArray();
        return new ImageTextBatch(
                layout.side(),
                images.size(),
                pixels,
                text,
                parts.stream().mapToLong(Part::image).toArray(),
                ids,
                Optional.of(new ImageTextBatch.Regions(boxes, whole, marked)),
                hidden(texts, text.length(), epoch, number),
                Optional.empty(),
                new ImageTextBatch.Wanted(ids, new float[0], List.of()),
                random(NEGATIVES, epoch, number).nextLong(),
                places,
                spare);
    }
}
