package dev.decant.spec;

import java.util.Locale;

/** What is learned from images with texts. */
public enum ImageTextTask {
    /** Which caption is about which image, which words are hidden, where in the image it is. */
    PRETRAIN,
    /** Which caption is about which image. */
    RETRIEVAL,
    /** Which of two images a caption is about, or that it is about neither. */
    ASSIGN,
    /** Whether a statement about two images is true. */
    NLVR,
    /** The answer to a question about an image. */
    VQA,
    /** A caption, written word by word. */
    CAPTION,
    /** Where in the image is what a phrase names. */
    GROUNDING;

    /** The name in recipes and configs: {@code pretrain}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether captions and images are to find each other: scores need all captions of each image. */
    public boolean contrasts() {
        return this == PRETRAIN || this == RETRIEVAL;
    }

    /** Whether there are boxes to be found. */
    public boolean boxes() {
        return this == PRETRAIN || this == GROUNDING;
    }

    /** Whether a text is shown two images. */
    public boolean showsTwo() {
        return this == ASSIGN || this == NLVR;
    }
}
