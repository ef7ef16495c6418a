package dev.decant.recipe;

import dev.decant.spec.ImageTextTask;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What every set of images with texts takes besides where it lies. */
@About("Keys of every set of images with texts.")
public record ImageTextOptions(
        @About(
                        "`pretrain`: captions, and regions if there are any; `retrieval`: captions; `assign`: captions, each"
                                + " shown with two images, to tell which of them it is about or that it is neither, which helps before `nlvr`;"
                                + " `nlvr`: statements about two images; `vqa`: questions and answers; `caption`: captions to be written; `grounding`: phrases and boxes")
                ImageTextTask task,
        @About(
                        "tokenizer.json, BERT's vocab.txt, or a folder with one; unless set, that of the first model folder that the"
                                + " recipe names, and for shapes-image-text otherwise one with just its words")
                Optional<String> tokenizer,
        @About("side of the square input, in pixels; the student's own input size unless set")
                Optional<Integer> imageSize,
        @About("tokens of a text, special ones included; no more than the model has positions") @Default("40")
                int maxLength,
        @About("words of a text; the rest is cut off") @Default("30") int maxWords,
        @About("the length of a batch is that of its longest text, rounded up to a multiple of this") @Default("8")
                int padTo,
        @About("keep only the first n training examples") Optional<Integer> trainExamples,
        @About(
                        "part of the training images held out as the validation split, between 0 and 1; needed where there is no split `val`,"
                                + " as the best epoch is never chosen on the test split")
                Optional<Double> validation,
        @About("threads that decode and augment ahead of the step; 0 does it in the step") @Default("2") int workers,
        @About(
                        "training augmentations, in this order; images whose text names left or right are not mirrored, and images with"
                                + " boxes are given those of colors only")
                @Default("[]")
                List<AugmentSpec> augment,
        @About("pre-training on parts of images") @Default("{}") RegionSpec regions,
        @About("part of the tokens of a caption that is hidden in pre-training, eight at most") @Default("0.25")
                double masked,
        @About(
                        "how many candidates, found by the cheap score, are ranked by the dear one: texts and images in retrieval, answers in"
                                + " VQA")
                @Default("128")
                int candidates,
        @Formerly("writing") @About("how captions are generated") @Default("{}") GenerationSpec generation) {

    /** Batches of regions in pre-training. */
    @About("Batches of parts of images, in pre-training, between those of whole images.")
    public record RegionSpec(
            @About("batches of regions for each batch of whole images; 0.5 unless set, 0 for data without regions")
                    Optional<Double> share,
            @About("regions of an image at most") @Default("5") int most,
            @About("part of a region that must be left when its image is cut") @Default("0.5") double inside) {
        public RegionSpec {
            Checks check = new Checks();
            share.ifPresent(s -> check.within("share", s, 0, 10));
            check.atLeast("most", most, 1);
            check.within("inside", inside, 0, 1);
            check.done();
        }
    }

    /** Captions by beam search. */
    @About("Captions by beam search.")
    public record GenerationSpec(
            @About("what every caption begins with") @Default("a picture of") String prompt,
            @About("begun captions that are kept side by side") @Default("3") int beams,
            @About("tokens of a caption at most, with the prompt and special ones") @Default("20") int longest,
            @About("tokens before a caption may end, with the prompt and special ones") @Default("5") int shortest) {
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
