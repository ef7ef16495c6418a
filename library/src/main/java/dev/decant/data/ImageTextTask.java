package dev.decant.data;

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

    /** Whether captions and images are to find each other: scores need all captions of each image. */
    boolean matches() {
        return this == PRETRAIN || this == RETRIEVAL;
    }

    /** Whether a caption is told from those of other images: each batch needs two. */
    boolean tellsApart() {
        return matches() || this == ASSIGN;
    }
}
