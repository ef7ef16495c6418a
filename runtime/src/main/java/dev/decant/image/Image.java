package dev.decant.image;

import java.util.Arrays;

/** An image of 8-bit red, green and blue, row by row, three bytes a pixel. Immutable as long as nobody writes {@link #rgb}. */
public final class Image {

    private final int width;
    private final int height;
    private final byte[] rgb;

    /** Takes the array as it is, without a copy; its length is width · height · 3. */
    public Image(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "an image of " + width + " x " + height + " pixels cannot have " + rgb.length + " bytes");
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The pixels themselves, shared and not to be written: byte (y · width + x) · 3 + channel. */
    public byte[] rgb() {
        return rgb;
    }

    /** One value, 0 to 255; channel 0 is red, 1 green, 2 blue. */
    public int value(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel] & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image image && width == image.width && Arrays.equals(rgb, image.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * width + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "Image[" + width + " x " + height + "]";
    }
}
