package dev.decant.data.image;

import dev.decant.image.Image;
import dev.decant.spec.Interpolation;

/**
 * Moves every output pixel (x, y) to the source point (a x + b y + c, d x + e y + f) and interpolates there without
 * antialiasing, as Pillow's {@code Image.transform(AFFINE)} does; outside the source lies the fill color.
 *
 * <p>Reference: {@code src/libImaging/Geometry.c} of Pillow 12. Its cubic has a = -1, unlike the one for resizing.
 */
record Affine(double a, double b, double c, double d, double e, double f) {

    public static Affine shearX(double factor) {
        return new Affine(1, factor, 0, 0, 1, 0);
    }

    public static Affine shearY(double factor) {
        return new Affine(1, 0, 0, factor, 1, 0);
    }

    public static Affine translate(double x, double y) {
        return new Affine(1, 0, x, 0, 1, y);
    }

    /** Turns counterclockwise around the image's center. */
    public static Affine rotate(double degrees, int width, int height) {
        double angle = -Math.toRadians(degrees);
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double x = width / 2.0;
        double y = height / 2.0;
        return new Affine(cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
    }

    /** Applies the map; the result has the size of the source. */
    public Image apply(Image image, int[] fill, Interpolation interpolation) {
        int width = image.width();
        int height = image.height();
        byte[] out = new byte[image.rgb().length];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at += 3) {
                double sourceX = a * (x + 0.5) + b * (y + 0.5) + c;
                double sourceY = d * (x + 0.5) + e * (y + 0.5) + f;
                if (sourceX < 0 || sourceX >= width || sourceY < 0 || sourceY >= height) {
                    out[at] = (byte) fill[0];
                    out[at + 1] = (byte) fill[1];
                    out[at + 2] = (byte) fill[2];
                } else if (interpolation == Interpolation.BILINEAR) {
                    bilinear(image, sourceX - 0.5, sourceY - 0.5, out, at);
                } else {
                    bicubic(image, sourceX - 0.5, sourceY - 0.5, out, at);
                }
            }
        }
        return new Image(width, height, out);
    }

    private static void bilinear(Image image, double sourceX, double sourceY, byte[] out, int at) {
        int x = (int) Math.floor(sourceX);
        int y = (int) Math.floor(sourceY);
        double dx = sourceX - x;
        double dy = sourceY - y;
        byte[] in = image.rgb();
        int left = 3 * clamp(x, image.width());
        int right = 3 * clamp(x + 1, image.width());
        int upper = 3 * image.width() * clamp(y, image.height());
        int lower = 3 * image.width() * clamp(y + 1, image.height());
        for (int channel = 0; channel < 3; channel++) {
            double top = linear(in[upper + left + channel] & 0xff, in[upper + right + channel] & 0xff, dx);
            double bottom = linear(in[lower + left + channel] & 0xff, in[lower + right + channel] & 0xff, dx);
            out[at + channel] = (byte) (int) linear(top, bottom, dy);
        }
    }

    private static double linear(double from, double to, double t) {
        return from + (to - from) * t;
    }

    private static void bicubic(Image image, double sourceX, double sourceY, byte[] out, int at) {
        int x = (int) Math.floor(sourceX);
        int y = (int) Math.floor(sourceY);
        double dx = sourceX - x;
        double dy = sourceY - y;
        for (int channel = 0; channel < 3; channel++) {
            double row0 = cubicRow(image, x, y - 1, dx, channel);
            double row1 = cubicRow(image, x, y, dx, channel);
            double row2 = cubicRow(image, x, y + 1, dx, channel);
            double row3 = cubicRow(image, x, y + 2, dx, channel);
            int value = (int) cubic(row0, row1, row2, row3, dy);
            out[at + channel] = (byte) Math.max(0, Math.min(255, value));
        }
    }

    private static double cubicRow(Image image, int x, int y, double dx, int channel) {
        byte[] in = image.rgb();
        int width = image.width();
        int row = 3 * width * clamp(y, image.height()) + channel;
        return cubic(
                in[row + 3 * clamp(x - 1, width)] & 0xff,
                in[row + 3 * clamp(x, width)] & 0xff,
                in[row + 3 * clamp(x + 1, width)] & 0xff,
                in[row + 3 * clamp(x + 2, width)] & 0xff,
                dx);
    }

    private static double cubic(double v1, double v2, double v3, double v4, double t) {
        double p2 = -v1 + v3;
        double p3 = 2 * (v1 - v2) + v3 - v4;
        double p4 = -v1 + v2 - v3 + v4;
        return v2 + t * (p2 + t * (p3 + t * p4));
    }

    private static int clamp(int at, int size) {
        return Math.max(0, Math.min(size - 1, at));
    }
}
