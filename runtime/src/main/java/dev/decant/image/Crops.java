package dev.decant.image;

import dev.decant.DataException;
import dev.decant.spec.Interpolation;
import java.util.random.RandomGenerator;

/** Steps that change an image's size: crops, padding, scaling, and the mirror. */
public final class Crops {

    private Crops() {}

    /**
     * Cuts a rectangle of random area and aspect and scales it to a square (timm's
     * {@code RandomResizedCropAndInterpolation}); after ten draws that do not fit, the largest centered rectangle.
     */
    public static Transform randomResized(int size, Range scale, Range ratio, Interpolation interpolation) {
        return (image, random) -> {
            int[] cut = drawCut(image, scale, ratio, random);
            return Resize.crop(image, cut[0], cut[1], cut[2], cut[3], size, size, interpolation.draw(random));
        };
    }

    private static int[] drawCut(Image image, Range scale, Range ratio, RandomGenerator random) {
        double area = (double) image.width() * image.height();
        for (int attempt = 0; attempt < 10; attempt++) {
            double target = scale.draw(random) * area;
            double aspect = Math.exp(new Range(Math.log(ratio.low()), Math.log(ratio.high())).draw(random));
            int width = (int) Math.rint(Math.sqrt(target * aspect));
            int height = (int) Math.rint(Math.sqrt(target / aspect));
            if (width >= 1 && height >= 1 && width <= image.width() && height <= image.height()) {
                int top = random.nextInt(image.height() - height + 1);
                int left = random.nextInt(image.width() - width + 1);
                return new int[] {left, top, width, height};
            }
        }
        return centralCut(image, ratio);
    }

    private static int[] centralCut(Image image, Range ratio) {
        double aspect = (double) image.width() / image.height();
        int width = image.width();
        int height = image.height();
        if (aspect < ratio.low()) {
            height = Math.max(1, Math.min(height, (int) Math.rint(width / ratio.low())));
        } else if (aspect > ratio.high()) {
            width = Math.max(1, Math.min(width, (int) Math.rint(height * ratio.high())));
        }
        return new int[] {(image.width() - width) / 2, (image.height() - height) / 2, width, height};
    }

    /** Adds a black border and cuts a square of the given size anywhere in the result. */
    public static Transform padAndCrop(int size, int padding) {
        return (image, random) -> {
            int roomX = image.width() + 2 * padding - size;
            int roomY = image.height() + 2 * padding - size;
            if (roomX < 0 || roomY < 0) {
                throw new DataException("an image of " + image.width() + " x " + image.height()
                        + " pixels is too small to crop " + size + " with padding " + padding);
            }
            return window(image, random.nextInt(roomX + 1) - padding, random.nextInt(roomY + 1) - padding, size);
        };
    }

    /** Scales the short side to floor(size / cropPct) keeping the aspect, then cuts the center (timm's evaluation). */
    public static Transform evaluation(int size, double cropPct, Interpolation interpolation) {
        int shortSide = (int) Math.floor(size / cropPct);
        return (image, random) -> center(resizeShortSide(image, shortSide, interpolation.draw(random)), size);
    }

    /** Scales the short side, the long one in proportion, rounded down. */
    public static Image resizeShortSide(Image image, int shortSide, Interpolation interpolation) {
        int width = image.width();
        int height = image.height();
        if (Math.min(width, height) == shortSide) {
            return image;
        }
        return width <= height
                ? Resize.to(image, shortSide, (int) ((long) shortSide * height / width), interpolation)
                : Resize.to(image, (int) ((long) shortSide * width / height), shortSide, interpolation);
    }

    /** The middle square, with black where the image is smaller; halves round to even as Python's round does. */
    public static Image center(Image image, int size) {
        if (image.width() < size || image.height() < size) {
            int left = Math.max(0, (size - image.width()) / 2);
            int top = Math.max(0, (size - image.height()) / 2);
            int width = Math.max(size, image.width());
            int height = Math.max(size, image.height());
            return center(new Image(width, height, pad(image, left, top, width, height)), size);
        }
        int left = (int) Math.rint((image.width() - size) / 2.0);
        int top = (int) Math.rint((image.height() - size) / 2.0);
        return new Image(size, size, cut(image, left, top, size, size));
    }

    /** Mirrors left and right with the given probability. */
    public static Transform flip(double probability) {
        return (image, random) -> random.nextDouble() < probability ? mirror(image) : image;
    }

    public static Image mirror(Image image) {
        byte[] in = image.rgb();
        byte[] out = new byte[in.length];
        int row = 3 * image.width();
        for (int start = 0; start < in.length; start += row) {
            for (int x = 0; x < row; x += 3) {
                int from = start + row - 3 - x;
                out[start + x] = in[from];
                out[start + x + 1] = in[from + 1];
                out[start + x + 2] = in[from + 2];
            }
        }
        return new Image(image.width(), image.height(), out);
    }

    /** The bytes of a rectangle that lies within the image; the image's own array when it is the whole. */
    public static byte[] cut(Image image, int left, int top, int width, int height) {
        if (width == image.width() && height == image.height()) {
            return image.rgb();
        }
        byte[] out = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.rgb(), 3 * ((top + y) * image.width() + left), out, 3 * y * width, 3 * width);
        }
        return out;
    }

    private static byte[] pad(Image image, int left, int top, int width, int height) {
        byte[] out = new byte[3 * width * height];
        for (int y = 0; y < image.height(); y++) {
            int row = 3 * image.width();
            System.arraycopy(image.rgb(), y * row, out, 3 * ((top + y) * width + left), row);
        }
        return out;
    }

    /** A square that may reach beyond the image, black there. */
    private static Image window(Image image, int left, int top, int size) {
        byte[] out = new byte[3 * size * size];
        int from = Math.max(0, left);
        int columns = Math.min(image.width(), left + size) - from;
        int end = Math.min(image.height(), top + size);
        for (int y = Math.max(0, top); y < end && columns > 0; y++) {
            System.arraycopy(
                    image.rgb(),
                    3 * (y * image.width() + from),
                    out,
                    3 * ((y - top) * size + from - left),
                    3 * columns);
        }
        return new Image(size, size, out);
    }
}
