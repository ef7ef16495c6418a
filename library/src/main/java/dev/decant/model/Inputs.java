package dev.decant.model;

import dev.decant.tensor.Device;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/** What a network is run on: one batch of examples of the kind that it takes. */
public sealed interface Inputs {

    /** N, the number of examples. */
    int size();

    /** The same on a device. */
    Inputs to(Device device);

    /** The same, of which networks judge these wrong pairs; inputs that are not pairs stay as they are. */
    default Inputs with(Negatives negatives) {
        return this;
    }

    /** In words, for messages. */
    String kind();

    /** @param pixels (N, 3, H, W), normalized */
    record Images(Tensor pixels) implements Inputs {
        @Override
        public int size() {
            return (int) pixels.size(0);
        }

        @Override
        public Images to(Device device) {
            return new Images(pixels.to(device));
        }

        @Override
        public String kind() {
            return "images";
        }
    }

    /**
     * Sentences or pairs of them as tokens.
     *
     * @param ids (N, S), I64
     * @param types (N, S), I64: 0, or 1 for tokens of the second sentence
     * @param mask (N, S), I64: 1 for a token, 0 for padding
     * @param asked (M), I64: places in the flattened (N S) where a language model is to answer; everywhere if absent
     */
    record Text(Tensor ids, Tensor types, Tensor mask, Optional<Tensor> asked) implements Inputs {

        /** Without particular places. */
        public Text(Tensor ids, Tensor types, Tensor mask) {
            this(ids, types, mask, Optional.empty());
        }

        /** Single sentences without padding. */
        public static Text whole(Tensor ids) {
            return new Text(ids, ids.zerosLike(), ids.onesLike());
        }

        @Override
        public int size() {
            return (int) ids.size(0);
        }

        @Override
        public Text to(Device device) {
            return new Text(ids.to(device), types.to(device), mask.to(device), asked.map(a -> a.to(device)));
        }

        @Override
        public String kind() {
            return "text";
        }
    }

    /**
     * Images and texts about them.
     *
     * @param images (M, 3, R, R); for statements about two images M = 2 N, all first images and then all second ones
     * @param text (N, S)
     * @param imageOf (N), I64: the image that each text is about (its first one)
     * @param ids (N), I64: which image it is in the data set, so that two texts about one image are not taken for negatives
     * @param regions absent unless texts are about parts of images
     * @param masked absent unless a masked language model is trained
     * @param answers texts to be written: answers, captions
     * @param negatives wrong pairs to judge, or the seed by which a network that judges pairs draws its own
     */
    record ImageText(
            Images images,
            Text text,
            Tensor imageOf,
            Tensor ids,
            Optional<Regions> regions,
            Optional<Masked> masked,
            Optional<Answers> answers,
            Negatives negatives)
            implements Inputs {

        @Override
        public int size() {
            return text.size();
        }

        @Override
        public ImageText to(Device device) {
            return new ImageText(
                    images.to(device),
                    text.to(device),
                    imageOf.to(device),
                    ids.to(device),
                    regions.map(r -> r.to(device)),
                    masked.map(m -> m.to(device)),
                    answers.map(a -> a.to(device)),
                    negatives);
        }

        /** The same with other images. */
        public ImageText with(Images other) {
            return new ImageText(other, text, imageOf, ids, regions, masked, answers, negatives);
        }

        @Override
        public ImageText with(Negatives other) {
            return new ImageText(images, text, imageOf, ids, regions, masked, answers, other);
        }

        @Override
        public String kind() {
            return "images with texts";
        }
    }

    /**
     * The part of its image that each text is about.
     *
     * @param boxes (N, 4), F32: centre x, centre y, width, height, each as a part of the image's side
     * @param whole (N), I64: 1 where the part is the whole image
     * @param patches (N, 1 + G G), I64: 1 for the class token and for every patch that the box touches
     */
    record Regions(Tensor boxes, Tensor whole, Tensor patches) {

        public Regions to(Device device) {
            return new Regions(boxes.to(device), whole.to(device), patches.to(device));
        }
    }

    /**
     * The texts again with some tokens hidden.
     *
     * @param ids (N, S), I64
     * @param positions (N, 8), I64: places that are asked, 0 where there are fewer
     * @param labels (N, 8), I64: the tokens there, -100 where there are fewer
     */
    record Masked(Tensor ids, Tensor positions, Tensor labels) {

        public Masked to(Device device) {
            return new Masked(ids.to(device), positions.to(device), labels.to(device));
        }
    }

    /**
     * Texts to be written.
     *
     * @param text (A, T)
     * @param questionOf (A), I64: the question, or the image, that each belongs to
     * @param weights (A), F32
     */
    record Answers(Text text, Tensor questionOf, Tensor weights) {

        public Answers to(Device device) {
            return new Answers(text.to(device), questionOf.to(device), weights.to(device));
        }
    }
}
