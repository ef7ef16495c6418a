package dev.decant.image;

import java.util.Arrays;

/**
 * Changes of color, pixel by pixel, with Pillow's arithmetic ({@code ImageOps}, {@code ImageEnhance}): floats cut to
 * bytes, not rounded.
 */
public final class PixelOps {

    private PixelOps() {}

    public static Image invert(Image image) {
        return solarize(image, 0);
    }

    /** Inverts the values from the threshold up. */
    public static Image solarize(Image image, int threshold) {
        return map(image, v -> v < threshold ? v : 255 - v);
    }

    /** Adds to the values below 128. */
    public static Image solarizeAdd(Image image, int amount) {
        return map(image, v -> v < 128 ? Math.min(255, v + amount) : v);
    }

    /** Keeps the highest bits of each value; 0 bits make the image black, 8 leave it. */
    public static Image posterize(Image image, int bits) {
        int mask = 0xff & (0xff << (8 - bits));
        return map(image, v -> v & mask);
    }

    /** Stretches each channel so that its darkest value is 0 and its brightest 255. */
    public static Image autoContrast(Image image) {
        int[][] tables = new int[3][256];
        for (int c = 0; c < 3; c++) {
            int[] counts = histogram(image, c);
            int low = 0;
            while (counts[low] == 0) {
                low++;
            }
            int high = 255;
            while (counts[high] == 0) {
                high--;
            }
            double scale = high > low ? 255.0 / (high - low) : 1;
            double offset = high > low ? -low * scale : 0;
            for (int v = 0; v < 256; v++) {
                tables[c][v] = Math.max(0, Math.min(255, (int) (v * scale + offset)));
            }
        }
        return map(image, tables);
    }

    /** Spreads each channel's values so that all occur about equally often. */
    public static Image equalize(Image image) {
        int[][] tables = new int[3][256];
        for (int c = 0; c < 3; c++) {
            tables[c] = equalized(histogram(image, c));
        }
        return map(image, tables);
    }

    private static int[] equalized(int[] counts) {
        int[] table = new int[256];
        Arrays.setAll(table, v -> v);
        int last = 255;
        while (counts[last] == 0) {
            last--;
        }
        int step = (Arrays.stream(counts).sum() - counts[last]) / 255;
        if (step == 0) {
            return table;
        }
        int n = step / 2;
        for (int v = 0; v < 256; v++) {
            table[v] = Math.min(255, n / step);
            n += counts[v];
        }
        return table;
    }

    /** 0 is black, 1 the image, more is brighter. */
    public static Image brightness(Image image, double factor) {
        return blend(new byte[image.rgb().length], image, (float) factor);
    }

    /** 0 is the mean gray, 1 the image. */
    public static Image contrast(Image image, double factor) {
        byte[] in = image.rgb();
        long sum = 0;
        for (int i = 0; i < in.length; i += 3) {
            sum += luma(in, i);
        }
        byte[] gray = new byte[in.length];
        Arrays.fill(gray, (byte) (int) (sum / (in.length / 3.0) + 0.5));
        return blend(gray, image, (float) factor);
    }

    /** 0 is the gray image, 1 the image, more is more colorful. */
    public static Image saturation(Image image, double factor) {
        byte[] in = image.rgb();
        byte[] gray = new byte[in.length];
        for (int i = 0; i < in.length; i += 3) {
            byte luma = (byte) luma(in, i);
            gray[i] = luma;
            gray[i + 1] = luma;
            gray[i + 2] = luma;
        }
        return blend(gray, image, (float) factor);
    }

    /** 0 is smoothed, 1 the image, more is sharper. */
    public static Image sharpness(Image image, double factor) {
        return blend(smooth(image), image, (float) factor);
    }

    /** Mean of 3 x 3 pixels with the center counted five times; the border stays as it is. */
    private static byte[] smooth(Image image) {
        byte[] in = image.rgb();
        byte[] out = in.clone();
        int row = 3 * image.width();
        for (int y = 1; y < image.height() - 1; y++) {
            for (int i = y * row + 3; i < y * row + row - 3; i++) {
                int sum = 4 * (in[i] & 0xff);
                for (int above = i - row; above <= i + row; above += row) {
                    sum += (in[above - 3] & 0xff) + (in[above] & 0xff) + (in[above + 3] & 0xff);
                }
                out[i] = (byte) ((2 * sum + 13) / 26); // sum / 13, halves up
            }
        }
        return out;
    }

    /** from + factor · (to - from), cut to a byte; beyond 0 and 1 it exaggerates the difference. */
    private static Image blend(byte[] from, Image to, float factor) {
        byte[] end = to.rgb();
        byte[] out = new byte[end.length];
        for (int i = 0; i < out.length; i++) {
            int start = from[i] & 0xff;
            int value = (int) (start + factor * ((end[i] & 0xff) - start));
            out[i] = (byte) Math.max(0, Math.min(255, value));
        }
        return new Image(to.width(), to.height(), out);
    }

    private static int luma(byte[] rgb, int at) {
        return ((rgb[at] & 0xff) * 19595 + (rgb[at + 1] & 0xff) * 38470 + (rgb[at + 2] & 0xff) * 7471 + 0x8000) >> 16;
    }

    private static int[] histogram(Image image, int channel) {
        int[] counts = new int[256];
        byte[] in = image.rgb();
        for (int i = channel; i < in.length; i += 3) {
            counts[in[i] & 0xff]++;
        }
        return counts;
    }

    private static Image map(Image image, java.util.function.IntUnaryOperator value) {
        int[] table = new int[256];
        Arrays.setAll(table, value);
        return map(image, new int[][] {table, table, table});
    }

    private static Image map(Image image, int[][] tables) {
        byte[] in = image.rgb();
        byte[] out = new byte[in.length];
        for (int c = 0; c < 3; c++) {
            int[] table = tables[c];
            for (int i = c; i < in.length; i += 3) {
                out[i] = (byte) table[in[i] & 0xff];
            }
        }
        return new Image(image.width(), image.height(), out);
    }
}
