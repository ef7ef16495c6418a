package dev.decant.data.imagetext;

/**
 * What batches of images with texts look like.
 *
 * @param side of the images in pixels
 * @param patch side of a patch in pixels
 * @param maxLength tokens of a text at most, special ones included
 * @param maxWords words of a text at most
 * @param padTo the length of a batch is that of its longest text, rounded up to a multiple of this
 * @param masked share of the tokens that are hidden in pre-training
 * @param prompt what every caption begins with when it is to be written
 */
public record ImageTextLayout(
        int side, int patch, int maxLength, int maxWords, int padTo, double masked, String prompt) {

    public ImageTextLayout {
        if (side < patch || patch < 1 || maxLength < 3 || maxWords < 1 || padTo < 1) {
            throw new IllegalArgumentException("images with texts: side " + side + ", patch " + patch + ", max-length "
                    + maxLength + ", max-words " + maxWords + ", pad-to " + padTo + " cannot be");
        }
    }

    int grid() {
        return side / patch;
    }
}
