package dev.decant.data.image;

/** Size of a batch of three-channel images, stored image by image, channel by channel, row by row. */
public record BatchShape(int images, int height, int width) {

    int imageLength() {
        return 3 * height * width;
    }
}
