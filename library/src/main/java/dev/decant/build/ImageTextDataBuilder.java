package dev.decant.build;

import dev.decant.InputException;
import dev.decant.ModelException;
import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.data.image.Augment;
import dev.decant.data.imagetext.CocoMini;
import dev.decant.data.imagetext.EasyVqa;
import dev.decant.data.imagetext.ImageTextAugment;
import dev.decant.data.imagetext.ImageTextBatches;
import dev.decant.data.imagetext.ImageTextData;
import dev.decant.data.imagetext.ImageTextExample;
import dev.decant.data.imagetext.ImageTextFiles;
import dev.decant.data.imagetext.ImageTextLayout;
import dev.decant.data.imagetext.ImageTextSource;
import dev.decant.data.imagetext.Nlvr1;
import dev.decant.data.imagetext.RegionCrop;
import dev.decant.data.shapes.ShapesImageText;
import dev.decant.data.shapes.ShapesVqa;
import dev.decant.metric.TextScores;
import dev.decant.model.ModelConfig;
import dev.decant.model.Negatives;
import dev.decant.recipe.AugmentSpec;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.ImageTextLoss;
import dev.decant.recipe.ImageTextOptions;
import dev.decant.recipe.LabelLoss;
import dev.decant.recipe.LossSpec;
import dev.decant.recipe.Split;
import dev.decant.recipe.TermSpec;
import dev.decant.spec.ImageTextTask;
import dev.decant.spec.LmReduction;
import dev.decant.spec.TextMetric;
import dev.decant.text.Tokenizer;
import dev.decant.train.score.CaptionTask;
import dev.decant.train.score.GroundingTask;
import dev.decant.train.score.RetrievalTask;
import dev.decant.train.score.Task;
import dev.decant.train.score.VqaTask;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Joins a recipe's images with texts to tokenizer, data sets and loaders. Splits are read once. */
final class ImageTextDataBuilder implements DataBuilder {

    /** Batches of regions for each batch of whole images, unless the recipe says. */
    private static final double REGION_SHARE = 0.5;

    private static final double CAPTION_SMOOTHING = 0.1;

    private final DataSpec.OfImageText spec;
    private final ImageTextOptions options;
    private final ImageTextTask task;
    private final ImageTextSource source;
    private final Tokenizer tokenizer;
    private final Map<Split, ImageTextData> opened = new LinkedHashMap<>();
    private final Map<String, ImageTextData> whole = new LinkedHashMap<>();

    /** @param models folders of the recipe's models that have a tokenizer */
    ImageTextDataBuilder(DataSpec.OfImageText spec, List<Path> models) {
        this.spec = spec;
        this.options = spec.options();
        this.task = options.task();
        this.source = source(spec);
        this.tokenizer = Tokenizers.open(
                options.tokenizer(),
                models,
                spec instanceof DataSpec.ShapesImageText ? Optional.of(ShapesImageText::tokenizer) : Optional.empty());
    }

    private static ImageTextSource source(DataSpec.OfImageText spec) {
        if (spec instanceof DataSpec.ImageText s) {
            Path path = Path.of(s.path());
            return switch (s.format()) {
                case JSON -> new ImageTextFiles(path);
                case NLVR1 -> new Nlvr1(path);
                case EASY_VQA -> new EasyVqa(path);
                case SHAPES_VQA -> new ShapesVqa(path);
                case COCO_MINI -> new CocoMini(path);
            };
        }
        if (spec instanceof DataSpec.ShapesImageText s) {
            return new ShapesImageText(new ShapesImageText.Options(
                    s.size(), s.train(), s.test(), s.objects(), s.texts(), s.difficulty(), s.seed()));
        }
        throw new AssertionError(spec);
    }

    @Override
    public Map<String, byte[]> modelFiles() {
        return Map.of("tokenizer.json", tokenizer.json().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Map<String, Object> modelArguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("task", task.name().toLowerCase(Locale.ROOT));
        options.imageSize().ifPresent(size -> arguments.put("image_res", size));
        arguments.put("vocab_size", tokenizer.vocabularySize());
        arguments.put("pad_token_id", tokenizer.pad());
        return arguments;
    }

    @Override
    public int classes() {
        return switch (task) {
            case ASSIGN -> Negatives.ASSIGNMENTS;
            case NLVR -> 2;
            default -> 0;
        };
    }

    @Override
    public Task task() {
        return switch (task) {
            case PRETRAIN, RETRIEVAL -> new RetrievalTask(options.candidates());
            case ASSIGN, NLVR -> Task.of("accuracy", () -> new TextScores(TextMetric.ACCURACY));
            case VQA -> vqa();
            case CAPTION ->
                new CaptionTask(
                        tokenizer,
                        options.generation().beams(),
                        options.generation().longest(),
                        options.generation().shortest());
            case GROUNDING -> new GroundingTask();
        };
    }

    /** Answers are chosen from the data's list, or from those of the training split. */
    private Task vqa() {
        List<String> listed = split(Split.TEST).answers();
        List<String> answers = listed.isEmpty() ? whole("train").candidates() : listed;
        try {
            return new VqaTask(answers, tokenizer, options.candidates());
        } catch (ModelException e) {
            throw new InputException("data: " + e.getMessage());
        }
    }

    @Override
    public List<TermSpec> labelTerms() {
        return labelLosses().stream().map(TermSpec::of).toList();
    }

    private List<LossSpec> labelLosses() {
        LossSpec contrast = new ImageTextLoss.Itc();
        LossSpec match = new ImageTextLoss.Itm();
        LossSpec box = new ImageTextLoss.Box(1, 1);
        return switch (task) {
            case PRETRAIN -> {
                List<LossSpec> losses = new ArrayList<>(List.of(contrast, match, new ImageTextLoss.Mlm()));
                if (regionShare(split(Split.TRAIN)) > 0
                        && !split(Split.TRAIN).regions().isEmpty()) {
                    losses.add(box);
                }
                yield List.copyOf(losses);
            }
            case RETRIEVAL -> List.of(contrast, match);
            case ASSIGN, NLVR -> List.of(new LabelLoss.CrossEntropy(0));
            case VQA -> List.of(new ImageTextLoss.Lm(0, 1, LmReduction.QUESTION));
            case CAPTION -> List.of(new ImageTextLoss.Lm(CAPTION_SMOOTHING, promptTokens(), LmReduction.TOKEN));
            case GROUNDING -> List.of(box);
        };
    }

    /** With the token that begins a text. */
    private int promptTokens() {
        return 1 + tokenizer.ids(options.generation().prompt()).length;
    }

    /** Whether statements are true; 0 for everything else. */
    @Override
    public long[] labels() {
        return split(Split.TRAIN).examples().stream()
                .mapToLong(e -> e.truth() instanceof ImageTextExample.Holds h && h.value() ? 1 : 0)
                .toArray();
    }

    /** A split; "validation" is the split val, or what is held out of the training split, and never the test split. */
    ImageTextData split(Split split) {
        ImageTextData known = opened.get(split);
        if (known == null) {
            ImageTextData read = open(split);
            known = task == ImageTextTask.CAPTION && split != Split.TRAIN ? read.byImage() : read;
            opened.put(split, known);
        }
        return known;
    }

    private ImageTextData open(Split split) {
        if (split == Split.TEST) {
            return whole("test");
        }
        if (split == Split.VALIDATION && options.validation().isEmpty()) {
            if (!source.has("val")) {
                throw new InputException(
                        "data: no split 'val' to choose the best epoch on; give 'validation:', the part of"
                                + " the training images to hold out");
            }
            return whole("val");
        }
        ImageTextData train = whole("train");
        ImageTextData first = options.trainExamples().map(train::first).orElse(train);
        if (options.validation().isEmpty()) {
            return first;
        }
        List<String> groups = first.groups();
        Set<String> kept = IntStream.of(
                        HoldOut.indices(groups.size(), options.validation().get(), split == Split.VALIDATION))
                .mapToObj(groups::get)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return first.only(kept);
    }

    private ImageTextData whole(String split) {
        long bytes = Runtime.getRuntime().maxMemory() / 4;
        return whole.computeIfAbsent(split, name -> source.read(task, name).kept(bytes));
    }

    @Override
    public Optional<String> skipped() {
        return Optional.empty();
    }

    @Override
    public Optional<Path> path() {
        return spec instanceof DataSpec.ImageText s ? Optional.of(Path.of(s.path())) : Optional.empty();
    }

    @Override
    public Loader training(ModelConfig.Input input, int batchSize, long seed) {
        ImageTextData data = split(Split.TRAIN);
        if (data.examples().size() < batchSize) {
            throw new InputException("batch-size " + batchSize + " is more than the "
                    + data.examples().size() + " training texts");
        }
        ModelConfig.ImageTextInput both = both(input);
        int workers = Math.max(1, options.workers());
        LoaderOptions loading = new LoaderOptions(batchSize, seed, true, true, workers, workers + 2);
        return new Loader(
                new ImageTextBatches(data, tokenizer, layout(both), augment(both.image()), loading, regionShare(data)),
                loading);
    }

    private double regionShare(ImageTextData data) {
        Optional<Double> wanted = options.regions().share();
        if (wanted.isPresent() && wanted.get() > 0 && data.regions().isEmpty()) {
            throw new InputException("data.regions.share is " + wanted.get()
                    + ", but no training entry has regions; in JSON these are 'elems', each with 'caption' and 'bb'");
        }
        return task == ImageTextTask.PRETRAIN ? wanted.orElse(REGION_SHARE) : 0;
    }

    @Override
    public Loader evaluation(Split split, ModelConfig.Input input, int batchSize) {
        ModelConfig.ImageTextInput both = both(input);
        int workers = Math.max(1, options.workers());
        LoaderOptions loading = new LoaderOptions(batchSize, 0, false, false, workers, workers + 2);
        return new Loader(
                new ImageTextBatches(split(split), tokenizer, layout(both), still(both.image()), loading, 0), loading);
    }

    private ImageTextLayout layout(ModelConfig.ImageTextInput input) {
        return new ImageTextLayout(
                input.image().size(),
                input.patch(),
                options.maxLength(),
                options.maxWords(),
                options.padTo(),
                options.masked(),
                options.generation().prompt());
    }

    private ModelConfig.ImageTextInput both(ModelConfig.Input input) {
        if (!(input instanceof ModelConfig.ImageTextInput both)) {
            throw new InputException("the data has images with texts, but the model takes only "
                    + (input instanceof ModelConfig.TextInput ? "text" : "images"));
        }
        tokenizer.requireFits(both.text().vocabulary(), "the model");
        if (options.maxLength() > both.text().positions()) {
            throw new InputException("data.max-length " + options.maxLength() + " is more than the "
                    + both.text().positions() + " positions of the model");
        }
        return both;
    }

    private ImageTextAugment still(ModelConfig.ImageInput input) {
        Augment resized = steps(input)
                .resize(input.size(), ImageDataBuilder.kernel(input))
                .build();
        RegionCrop crop = new RegionCrop(input.size(), false, 1, 0, 0, ImageDataBuilder.kernel(input));
        return new ImageTextAugment(resized, resized, crop, steps(input).build());
    }

    private ImageTextAugment augment(ModelConfig.ImageInput input) {
        double flip = options.augment().stream()
                .mapToDouble(s -> s instanceof AugmentSpec.Flip f ? f.probability() : 0)
                .sum();
        RegionCrop crop = new RegionCrop(
                input.size(),
                task == ImageTextTask.PRETRAIN,
                options.regions().most(),
                options.regions().inside(),
                flip,
                ImageDataBuilder.kernel(input));
        Augment.Steps colors = steps(input);
        for (AugmentSpec s : options.augment()) {
            if (s instanceof AugmentSpec.RandAugment r) {
                colors.randColors(r.ops(), r.magnitude());
            } else if (s instanceof AugmentSpec.ColorJitter) {
                ImageDataBuilder.add(colors, s, input);
            }
        }
        return new ImageTextAugment(whole(input, true), whole(input, false), crop, colors.build());
    }

    private Augment whole(ModelConfig.ImageInput input, boolean mirrored) {
        Augment.Steps steps = steps(input);
        if (options.augment().stream().noneMatch(AugmentSpec.RandomResizedCrop.class::isInstance)) {
            steps.resize(input.size(), ImageDataBuilder.kernel(input));
        }
        options.augment().stream()
                .filter(s -> mirrored || !(s instanceof AugmentSpec.Flip))
                .forEach(s -> ImageDataBuilder.add(steps, s, input));
        return steps.build();
    }

    private static Augment.Steps steps(ModelConfig.ImageInput input) {
        return Augment.normalizedBy(ImageDataBuilder.normalization(input));
    }
}
