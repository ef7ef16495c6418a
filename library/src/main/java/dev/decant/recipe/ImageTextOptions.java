package dev.decant.recipe;

import dev.decant.spec.ImageTextTask;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Options of every data set of images with texts. */
@About("Keys of every data set of images with texts.")
public record ImageTextOptions(
        @About("`pretrain`: captions, and region captions if the data has them; `retrieval`: image-text retrieval with "
                        + "captions; `assign`: text assignment, a pre-training step before `nlvr`: the model sees a caption with "
                        + "two images and predicts which image it describes, or neither; `nlvr`: true or false statements about two "
                        + "images; `vqa`: questions and answers; `caption`: caption generation; `grounding`: phrases and bounding "
                        + "boxes")
                ImageTextTask task,
        @About(
                        "tokenizer.json, BERT's vocab.txt, or a folder with one of them; by default the tokenizer of the first "
                                + "model folder in the recipe, or, for shapes-image-text without one, a tokenizer of just its words")
                Optional<String> tokenizer,
        @About("side of the square input image, in pixels; by default the student's input size")
                Optional<Integer> imageSize,
        @About("maximum number of tokens of a text, with special tokens; at most the model's number of positions")
                @Default("40")
                int maxLength,
        @About("maximum number of words of a text; longer texts are truncated") @Default("30") int maxWords,
        @About("a batch is padded to the length of its longest text, rounded up to a multiple of this") @Default("8")
                int padTo,
        @About("keep only the first n training examples") Optional<Integer> trainExamples,
        @About(
                        "share of the training images held out as the validation split, between 0 and 1; required if the data has "
                                + "no split `val`, because the best epoch is never chosen on the test split")
                Optional<Double> validation,
        @About("threads that decode and augment batches in advance; with 0 the training thread does it") @Default("2")
                int workers,
        @About("augmentations of training images, applied in this order; an image whose text says left or right is not "
                        + "flipped, and images with bounding boxes get color augmentations only")
                @Default("[]")
                List<AugmentSpec> augment,
        @About("pre-training on image regions") @Default("{}") RegionSpec regions,
        @About("share of a caption's tokens that is masked in pre-training; at most eight tokens") @Default("0.25")
                double masked,
        @About("number of candidates that the first, cheap score selects for re-ranking by the second, expensive one: "
                        + "texts and images in retrieval, answers in VQA")
                @Default("128")
                int candidates,
        @Formerly("writing") @About("how captions are generated") @Default("{}") GenerationSpec generation) {

    /** Batches of regions in pre-training. */
    @About("Batches of image regions, interleaved with batches of whole images in pre-training.")
    public record RegionSpec(
            @About("batches of regions for each batch of whole images; by default 0.5, and 0 for data without regions")
                    Optional<Double> share,
            @About("maximum number of regions of an image") @Default("5") int most,
            @About("minimum share of a region's area that must remain when its image is cropped") @Default("0.5")
                    double inside) {
        public RegionSpec {
            Checks check = new Checks();
            share.ifPresent(s -> check.within("share", s, 0, 10));
            check.atLeast("most", most, 1);
            check.within("inside", inside, 0, 1);
            check.done();
        }
    }

    /** Caption generation by beam search. */
    @About("Caption generation by beam search.")
    public record GenerationSpec(
            @About("prompt that every caption starts with") @Default("a picture of") String prompt,
            @About("number of beams") @Default("3") int beams,
            @About("maximum number of tokens of a caption, with the prompt and special tokens") @Default("20")
                    int longest,
            @About("minimum number of tokens of a caption, with the prompt and special tokens") @Default("5")
                    int shortest) {
        public GenerationSpec {
            Checks check = new Checks();
            check.atLeast("beams", beams, 1);
            check.atLeast("shortest", shortest, 0);
            check.atLeast("longest", longest, Math.max(3, shortest));
            check.done();
        }
    }

    public ImageTextOptions {
        augment = List.copyOf(augment);
        Checks check = new Checks();
        check.atLeast("image-size", imageSize, 1);
        check.atLeast("max-length", maxLength, 5);
        check.atLeast("max-words", maxWords, 1);
        check.atLeast("pad-to", padTo, 1);
        check.atLeast("train-examples", trainExamples, 1);
        validation.ifPresent(v -> check.that(v > 0 && v < 1, "validation", "must be above 0 and below 1, got " + v));
        check.atLeast("workers", workers, 0);
        check.that(masked > 0 && masked < 1, "masked", "must be above 0 and below 1, got " + masked);
        check.atLeast("candidates", candidates, 1);
        Set<Class<?>> seen = new HashSet<>();
        for (int i = 0; i < augment.size(); i++) {
            AugmentSpec spec = augment.get(i);
            String key = "augment[" + i + "]";
            check.that(seen.add(spec.getClass()), key, "is listed twice");
            check.that(
                    !(spec instanceof AugmentSpec.Mixup || spec instanceof AugmentSpec.Cutmix),
                    key,
                    "mixes images, each of which has a text of its own");
            boolean cuts = spec instanceof AugmentSpec.RandomResizedCrop || spec instanceof AugmentSpec.RandomCrop;
            check.that(
                    !(cuts && task == ImageTextTask.GROUNDING),
                    key,
                    "may cut off what a phrase names; for grounding there are flip, rand-augment and color-jitter");
        }
        check.that(
                regions.share().isEmpty() || task == ImageTextTask.PRETRAIN, "regions.share", "is for task pretrain");
        check.done();
    }
}
