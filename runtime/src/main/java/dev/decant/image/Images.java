package dev.decant.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import dev.decant.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes image files to plain RGB the way Pillow's {@code convert("RGB")} does: the stored samples count, embedded
 * color profiles and the EXIF orientation do not; alpha is dropped; gray is copied to the three channels.
 */
public final class Images {

    /** A header may claim any size; beyond this many pixels it is taken for damage or an attack. */
    private static final long MAX_PIXELS = 178_956_970;

    private Images() {}

    /**
     * Decodes a JPEG, PNG, GIF (first frame) or BMP file.
     *
     * @param bytes the whole file
     * @param name what the file is called in messages
     * @throws DataException when the bytes are no image, or a damaged or truncated one
     */
    public static Image decode(byte[] bytes, String name) {
        try (ImageInputStream in = new ByteArrayImageInputStream(bytes)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(name + ": not an image; expected JPEG, PNG, GIF or BMP, found " + bytes.length
                        + " bytes of something else");
            }
            ImageReader reader = readers.next();
            try {
                return read(reader, in, bytes, name);
            } finally {
                reader.dispose();
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new DataException(name + ": damaged image (" + e.getMessage() + ")", e);
        }
    }

    /** Width and height from the file's header. */
    public static ImageSet.Extent extent(byte[] bytes, String name) {
        try (ImageInputStream in = new ByteArrayImageInputStream(bytes)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(name + ": not an image; expected JPEG, PNG, GIF or BMP");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return new ImageSet.Extent(reader.getWidth(0), reader.getHeight(0));
            } finally {
                reader.dispose();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new DataException(name + ": damaged image (" + e.getMessage() + ")", e);
        }
    }

    /** Decodes the image in a file. */
    public static Image read(Path file) {
        try {
            return decode(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e + ")", e);
        }
    }

    private static Image read(ImageReader reader, ImageInputStream in, byte[] bytes, String name) throws IOException {
        List<String> truncated = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> {
            if (warning.contains("EOI")) { // the JDK fills what is missing with gray and only warns
                truncated.add(warning);
            }
        });
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
            throw new DataException(name + ": claims " + pixels + " pixels, more than the " + MAX_PIXELS + " allowed");
        }
        JpegHeader jpeg = JpegHeader.of(bytes);
        Image image = jpeg.components() == 4 ? Cmyk.toRgb(reader.readRaster(0, null), jpeg) : toRgb(reader.read(0));
        if (!truncated.isEmpty() || isPngWithoutEnd(bytes)) {
            throw new DataException(name + ": truncated image; the file ends after " + bytes.length + " bytes");
        }
        return image;
    }

    /** Walks the chunks of a PNG, since the JDK forgives a missing end. */
    private static boolean isPngWithoutEnd(byte[] bytes) {
        ByteBuffer png = ByteBuffer.wrap(bytes);
        if (bytes.length < 16 || png.getLong(0) != 0x89504e470d0a1a0aL) {
            return false;
        }
        long at = 8;
        while (at + 12 <= bytes.length) {
            if (png.getInt((int) at + 4) == 0x49454e44) { // IEND
                return false;
            }
            at += 12 + Integer.toUnsignedLong(png.getInt((int) at));
        }
        return true;
    }

    /** Copies the samples of a decoded image; never asks the color model of a gray image, whose gamma would change them. */
    static Image toRgb(BufferedImage image) {
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return fromPalette(image.getRaster(), palette);
        }
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int width = raster.getWidth();
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
        byte[] rgb = new byte[3 * width * raster.getHeight()];
        int[] row = new int[bands * width];
        int second = bands >= 3 ? 1 : 0;
        int third = bands >= 3 ? 2 : 0;
        for (int y = 0, out = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int in = 0; in < row.length; in += bands) {
                rgb[out++] = (byte) (row[in] >> shift);
                rgb[out++] = (byte) (row[in + second] >> shift);
                rgb[out++] = (byte) (row[in + third] >> shift);
            }
        }
        return new Image(width, raster.getHeight(), rgb);
    }

    private static Image fromPalette(Raster raster, IndexColorModel palette) {
        int[] indices = raster.getSamples(
                raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), 0, (int[]) null);
        byte[] rgb = new byte[3 * indices.length];
        for (int i = 0; i < indices.length; i++) {
            rgb[3 * i] = (byte) palette.getRed(indices[i]);
            rgb[3 * i + 1] = (byte) palette.getGreen(indices[i]);
            rgb[3 * i + 2] = (byte) palette.getBlue(indices[i]);
        }
        return new Image(raster.getWidth(), raster.getHeight(), rgb);
    }
}
