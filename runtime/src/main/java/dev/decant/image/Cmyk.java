package dev.decant.image;

import java.awt.image.Raster;

/** Four-component JPEGs to RGB by Pillow's formula, red = (255 - K)(255 - C) / 255, without color profiles. */
final class Cmyk {

    private Cmyk() {}

    /** Converts raw samples; files with Adobe's marker store inverted inks, and as YCCK with transform 2. */
    static Image toRgb(Raster raster, JpegHeader header) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] rgb = new byte[3 * width * height];
        int[] row = new int[4 * width];
        for (int y = 0, out = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int in = 0; in < row.length; in += 4, out += 3) {
                if (header.adobeTransform() == 2) {
                    unpackYcc(row, in);
                }
                int invert = header.adobeTransform() >= 0 ? 255 : 0;
                int light = 255 - Math.abs(invert - row[in + 3]);
                for (int c = 0; c < 3; c++) {
                    int ink = Math.abs(invert - row[in + c]);
                    rgb[out + c] = (byte) (light - muldiv255(ink, light));
                }
            }
        }
        return new Image(width, height, rgb);
    }

    /** YCbCr to the inks that the file stores, 255 - RGB. */
    private static void unpackYcc(int[] row, int at) {
        double y = row[at];
        double cb = row[at + 1] - 128.0;
        double cr = row[at + 2] - 128.0;
        row[at] = 255 - clip(y + 1.402 * cr);
        row[at + 1] = 255 - clip(y - 0.344136286 * cb - 0.714136286 * cr);
        row[at + 2] = 255 - clip(y + 1.772 * cb);
    }

    private static int clip(double value) {
        return (int) Math.max(0, Math.min(255, Math.rint(value)));
    }

    private static int muldiv255(int a, int b) {
        int t = a * b + 128;
        return ((t >> 8) + t) >> 8;
    }
}
