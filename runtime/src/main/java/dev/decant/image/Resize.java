package dev.decant.image;

import dev.decant.spec.Interpolation;

/**
 * Scales images with Pillow's antialiasing kernels: two passes, rows first, weights rounded to 22 bits and an 8-bit
 * picture between the passes, so that results are Pillow's to the bit.
 *
 * <p>Reference: {@code src/libImaging/Resample.c} of Pillow 12.
 */
public final class Resize {

    private static final int PRECISION_BITS = 22;
    private static final int HALF = 1 << (PRECISION_BITS - 1);

    private Resize() {}

    /** Scales a whole image to the given size. */
    public static Image to(Image image, int width, int height, Interpolation interpolation) {
        return crop(image, 0, 0, image.width(), image.height(), width, height, interpolation);
    }

    /** Cuts out a rectangle and scales it; pixels outside the rectangle have no influence. */
    public static Image crop(
            Image image, int left, int top, int cutWidth, int cutHeight, int width, int height, Interpolation how) {
        byte[] pixels = Crops.cut(image, left, top, cutWidth, cutHeight);
        if (width != cutWidth) {
            pixels = horizontal(pixels, cutWidth, cutHeight, Kernel.of(cutWidth, width, how));
        }
        if (height != cutHeight) {
            pixels = vertical(pixels, width, Kernel.of(cutHeight, height, how));
        }
        return new Image(width, height, pixels);
    }

    private static byte[] horizontal(byte[] in, int width, int height, Kernel kernel) {
        int outWidth = kernel.first.length;
        byte[] out = new byte[3 * outWidth * height];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < outWidth; x++) {
                int source = 3 * (y * width + kernel.first[x]);
                int red = HALF;
                int green = HALF;
                int blue = HALF;
                int end = x * kernel.taps + kernel.count[x];
                for (int k = x * kernel.taps; k < end; k++, source += 3) {
                    int weight = kernel.weights[k];
                    red += (in[source] & 0xff) * weight;
                    green += (in[source + 1] & 0xff) * weight;
                    blue += (in[source + 2] & 0xff) * weight;
                }
                out[at++] = clip(red);
                out[at++] = clip(green);
                out[at++] = clip(blue);
            }
        }
        return out;
    }

    private static byte[] vertical(byte[] in, int width, Kernel kernel) {
        int rowBytes = 3 * width;
        int[] sums = new int[rowBytes];
        byte[] out = new byte[rowBytes * kernel.first.length];
        for (int y = 0; y < kernel.first.length; y++) {
            java.util.Arrays.fill(sums, HALF);
            for (int k = 0; k < kernel.count[y]; k++) {
                addRow(sums, in, (kernel.first[y] + k) * rowBytes, kernel.weights[y * kernel.taps + k]);
            }
            int at = y * rowBytes;
            for (int i = 0; i < rowBytes; i++) {
                out[at + i] = clip(sums[i]);
            }
        }
        return out;
    }

    /** Kept apart and plain so that the compiler turns it into vector instructions. */
    private static void addRow(int[] sums, byte[] in, int from, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += (in[from + i] & 0xff) * weight;
        }
    }

    private static byte clip(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
    }

    /** For every output pixel the first source pixel, how many follow, and their weights in 1/2^22. */
    private static final class Kernel {
        private final int taps;
        private final int[] first;
        private final int[] count;
        private final int[] weights;

        private Kernel(int taps, int size) {
            this.taps = taps;
            first = new int[size];
            count = new int[size];
            weights = new int[size * taps];
        }

        static Kernel of(int from, int to, Interpolation how) {
            double scale = (double) from / to;
            double stretch = Math.max(1, scale);
            double support = support(how) * stretch;
            Kernel kernel = new Kernel((int) Math.ceil(support) * 2 + 1, to);
            double[] exact = new double[kernel.taps];
            for (int x = 0; x < to; x++) {
                double center = (x + 0.5) * scale;
                int first = Math.max(0, (int) (center - support + 0.5));
                int count = Math.min(from, (int) (center + support + 0.5)) - first;
                double total = 0;
                for (int i = 0; i < count; i++) {
                    exact[i] = weight(how, (i + first - center + 0.5) / stretch);
                    total += exact[i];
                }
                for (int i = 0; i < count; i++) {
                    kernel.weights[x * kernel.taps + i] = fixed(exact[i] / total);
                }
                kernel.first[x] = first;
                kernel.count[x] = count;
            }
            return kernel;
        }

        /** Half the width, in pixels of the source when enlarging. */
        private static double support(Interpolation how) {
            return how == Interpolation.BILINEAR ? 1 : 2;
        }

        /** A triangle, or Keys' cubic with a = -1/2. */
        private static double weight(Interpolation how, double distance) {
            double x = Math.abs(distance);
            if (how == Interpolation.BILINEAR) {
                return x < 1 ? 1 - x : 0;
            }
            if (x < 1) {
                return (1.5 * x - 2.5) * x * x + 1;
            }
            return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
        }

        private static int fixed(double weight) {
            double scaled = weight * (1 << PRECISION_BITS);
            return (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
    }
}
