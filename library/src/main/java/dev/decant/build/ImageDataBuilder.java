package dev.decant.build;

import dev.decant.InputException;
import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.data.image.Augment;
import dev.decant.data.image.CifarBinary;
import dev.decant.data.image.DecodedCache;
import dev.decant.data.image.ImageBatches;
import dev.decant.data.image.ImageDataset;
import dev.decant.data.image.ImageFolder;
import dev.decant.data.image.ImageList;
import dev.decant.data.image.Mix;
import dev.decant.data.image.ReadableImages;
import dev.decant.data.image.Subset;
import dev.decant.data.shapes.Shapes;
import dev.decant.data.shapes.ShapesOptions;
import dev.decant.image.Normalization;
import dev.decant.image.Range;
import dev.decant.model.ModelConfig;
import dev.decant.recipe.AugmentSpec;
import dev.decant.recipe.DataOptions;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.EvalSpec;
import dev.decant.recipe.LabelLoss;
import dev.decant.recipe.Split;
import dev.decant.recipe.TermSpec;
import dev.decant.spec.Interpolation;
import dev.decant.train.score.Task;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Joins a recipe's images to data sets, augmentation and loaders. Splits are opened once and shared. */
final class ImageDataBuilder implements DataBuilder {

    private final DataSpec.OfImages spec;
    private final Map<Split, ImageDataset> opened = new LinkedHashMap<>();
    private final Map<String, ReadableImages.Result> whole = new LinkedHashMap<>();

    ImageDataBuilder(DataSpec.OfImages spec) {
        this.spec = spec;
    }

    @Override
    public Map<String, Object> modelArguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("num_classes", classes());
        spec.options().imageSize().ifPresent(size -> arguments.put("img_size", size));
        return arguments;
    }

    @Override
    public int classes() {
        return split(Split.TEST).classes().size();
    }

    @Override
    public Task task() {
        return Task.classification(classes());
    }

    /** A little smoothed. */
    @Override
    public List<TermSpec> teacherTerms() {
        return List.of(TermSpec.of(new LabelLoss.CrossEntropy(0.1)));
    }

    @Override
    public long[] labels() {
        ImageDataset train = split(Split.TRAIN);
        return IntStream.range(0, train.size()).mapToLong(train::label).toArray();
    }

    /** The images of a split; "validation" is the held-out part of the training images, or the test split without one. */
    ImageDataset split(Split split) {
        if (split == Split.VALIDATION && spec.options().validation().isEmpty()) {
            return split(Split.TEST);
        }
        ImageDataset known = opened.get(split);
        if (known == null) {
            known = reduce(whole(split == Split.TEST ? "test" : "train"), split);
            opened.put(split, known);
        }
        return known;
    }

    @Override
    public Optional<String> skipped() {
        long count = whole.values().stream().mapToLong(r -> r.skipped().size()).sum();
        return count == 0
                ? Optional.empty()
                : Optional.of(count + " unreadable images are left out, as the recipe says");
    }

    /** All images of a split, without those that cannot be decoded if the recipe says so; tried once. */
    private ImageDataset whole(String split) {
        return whole.computeIfAbsent(split, name -> {
                    ImageDataset all = kept(open(spec, name));
                    return spec.options().unreadable() == DataOptions.Unreadable.SKIP
                            ? ReadableImages.of(all)
                            : new ReadableImages.Result(all, List.of());
                })
                .data();
    }

    /** Decoded or drawn once, as far as a quarter of the heap reaches. */
    private static ImageDataset kept(ImageDataset data) {
        return data instanceof CifarBinary
                ? data
                : new DecodedCache(data, Runtime.getRuntime().maxMemory() / 4);
    }

    private ImageDataset reduce(ImageDataset whole, Split split) {
        DataOptions options = spec.options();
        ImageDataset data = whole;
        if (options.classes().isPresent()) {
            data = Subset.firstClasses(data, options.classes().get());
        }
        if (split == Split.TEST) {
            return data;
        }
        if (options.trainPerClass().isPresent()) {
            data = Subset.firstPerClass(data, options.trainPerClass().get());
        }
        return options.validation().isPresent()
                ? held(data, options.validation().get(), split)
                : data;
    }

    private static ImageDataset held(ImageDataset data, double part, Split split) {
        return Subset.of(data, HoldOut.indices(data.size(), part, split == Split.VALIDATION));
    }

    private static ImageDataset open(DataSpec.OfImages spec, String split) {
        if (spec instanceof DataSpec.Cifar10 s) {
            return CifarBinary.open(Path.of(s.path()), CifarBinary.Kind.CIFAR10, split);
        }
        if (spec instanceof DataSpec.Cifar100 s) {
            return CifarBinary.open(Path.of(s.path()), CifarBinary.Kind.CIFAR100, split);
        }
        if (spec instanceof DataSpec.ImageFolder s) {
            return ImageFolder.open(Path.of(s.path()), split);
        }
        if (spec instanceof DataSpec.ImageList s) {
            return ImageList.open(Path.of(s.path()), split);
        }
        if (spec instanceof DataSpec.Shapes s) {
            return Shapes.of(
                    new ShapesOptions(s.size(), s.train(), s.test(), s.seed(), s.difficulty(), s.labels()), split);
        }
        throw new AssertionError(spec);
    }

    @Override
    public Optional<Path> path() {
        if (spec instanceof DataSpec.Cifar10 s) {
            return Optional.of(Path.of(s.path()));
        }
        if (spec instanceof DataSpec.Cifar100 s) {
            return Optional.of(Path.of(s.path()));
        }
        if (spec instanceof DataSpec.ImageFolder s) {
            return Optional.of(Path.of(s.path()));
        }
        return spec instanceof DataSpec.ImageList s ? Optional.of(Path.of(s.path())) : Optional.empty();
    }

    @Override
    public Loader training(ModelConfig.Input input, int batchSize, long seed) {
        ImageDataset data = split(Split.TRAIN);
        if (data.size() < batchSize) {
            throw new InputException(
                    "batch-size " + batchSize + " is more than the " + data.size() + " training images");
        }
        int workers = Math.max(1, spec.options().workers());
        return ImageBatches.loader(
                data, augment(images(input)), new LoaderOptions(batchSize, seed, true, true, workers, workers + 2));
    }

    @Override
    public Loader evaluation(Split split, ModelConfig.Input input, int batchSize) {
        ImageDataset data = split(split);
        int workers = Math.max(1, spec.options().workers());
        return ImageBatches.loader(
                data, still(images(input)), new LoaderOptions(batchSize, 0, false, false, workers, workers + 2));
    }

    private static ModelConfig.ImageInput images(ModelConfig.Input input) {
        if (input instanceof ModelConfig.ImageInput images) {
            return images;
        }
        throw new InputException("the data has images, but the model takes text");
    }

    private Augment still(ModelConfig.ImageInput input) {
        Augment.Steps steps = Augment.normalizedBy(normalization(input));
        EvalSpec eval = spec.options().eval();
        Interpolation kernel = eval.interpolation().orElseGet(() -> kernel(input));
        if (!fits(input.size()) && eval.resize() == EvalSpec.Resize.CENTER_CROP) {
            steps.resizeAndCenterCrop(input.size(), eval.cropPct().orElse(input.cropPct()), kernel);
        } else if (!fits(input.size()) && eval.resize() == EvalSpec.Resize.STRETCH) {
            steps.resize(input.size(), kernel);
        }
        return steps.build();
    }

    /** Images that have the input's size already are taken as they are, without the detour over a larger one. */
    private boolean fits(int size) {
        var image = split(Split.TEST).image(0);
        return image.width() == size && image.height() == size;
    }

    private Augment augment(ModelConfig.ImageInput input) {
        List<AugmentSpec> specs = spec.options().augment();
        Augment.Steps steps = Augment.normalizedBy(normalization(input));
        boolean resizes = specs.stream().anyMatch(AugmentSpec.RandomResizedCrop.class::isInstance);
        if (!resizes && !fits(input.size())) {
            steps.resizeAndCenterCrop(input.size(), 1, kernel(input));
        }
        for (AugmentSpec s : specs) {
            add(steps, s, input);
        }
        mix(specs).ifPresent(steps::mix);
        return steps.build();
    }

    static void add(Augment.Steps steps, AugmentSpec spec, ModelConfig.ImageInput input) {
        if (spec instanceof AugmentSpec.RandomCrop s) {
            steps.padAndCrop(input.size(), s.padding());
        } else if (spec instanceof AugmentSpec.RandomResizedCrop s) {
            steps.randomResizedCrop(
                    input.size(),
                    new Range(s.scale().first(), s.scale().second()),
                    new Range(s.ratio().first(), s.ratio().second()),
                    s.interpolation());
        } else if (spec instanceof AugmentSpec.Flip s) {
            steps.flip(s.probability());
        } else if (spec instanceof AugmentSpec.RandAugment s) {
            steps.randAugment(
                    "rand-m" + s.magnitude() + "-n" + s.ops() + "-mstd" + s.mstd() + "-inc" + (s.increasing() ? 1 : 0),
                    kernel(input));
        } else if (spec instanceof AugmentSpec.ColorJitter s) {
            steps.colorJitter(s.brightness(), s.contrast(), s.saturation());
        } else if (spec instanceof AugmentSpec.RandomErasing s) {
            steps.randomErasing(s.probability());
        } else if (!(spec instanceof AugmentSpec.Mixup) && !(spec instanceof AugmentSpec.Cutmix)) {
            throw new AssertionError(spec);
        }
    }

    private static Optional<Mix> mix(List<AugmentSpec> specs) {
        double mixup = 0;
        double cutmix = 0;
        for (AugmentSpec s : specs) {
            mixup = s instanceof AugmentSpec.Mixup m ? m.alpha() : mixup;
            cutmix = s instanceof AugmentSpec.Cutmix c ? c.alpha() : cutmix;
        }
        return mixup == 0 && cutmix == 0 ? Optional.empty() : Optional.of(new Mix(mixup, cutmix, 1, 0.5, 0));
    }

    static Normalization normalization(ModelConfig.ImageInput input) {
        return new Normalization(input.mean(), input.std());
    }

    static Interpolation kernel(ModelConfig.ImageInput input) {
        return Interpolation.of(input.interpolation());
    }
}
