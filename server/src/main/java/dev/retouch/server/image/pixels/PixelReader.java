package dev.retouch.server.image.pixels;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.StillWebp;

/**
 * Decodes an image, turned by its orientation. Samples keep the values of the file: gray is not converted between color spaces, and 16 bits
 * stay 16 bits. A color profile is not applied.
 */
final class PixelReader {

    private PixelReader() {}

    /**
     * Decodes an image of a format that models edit.
     *
     * @param facts what its header says, in dimensions that the caller has checked
     * @throws InvalidImageException if it cannot be decoded
     */
    static Pixels read(ImageBytes bytes, ImageMetadata facts) throws IOException, InvalidImageException {
        BufferedImage image = decoded(StillWebp.open(bytes, facts.format()), facts.format());
        boolean asStored = facts.turned()
                ? image.getWidth() == facts.height() && image.getHeight() == facts.width()
                : image.getWidth() == facts.width() && image.getHeight() == facts.height();
        if (!asStored) {
            throw InvalidImageException.damaged("its pixels are not as many as its header says");
        }
        return PixelOrientation.displayed(pixels(image), facts.orientation());
    }

    /** Decodes a JPEG that {@link PixelWriter} has encoded. */
    static Pixels jpeg(byte[] file) throws IOException, InvalidImageException {
        return pixels(decoded(new MemoryCacheImageInputStream(new ByteArrayInputStream(file)), ImageFormat.JPEG));
    }

    private static BufferedImage decoded(ImageInputStream file, ImageFormat format)
            throws IOException, InvalidImageException {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format.wireName()).next();
        try (ImageInputStream in = file) {
            reader.setInput(in, true, true);
            return reader.read(0);
        } catch (IOException | RuntimeException e) {
            // decoders report damage in many ways, and their messages are not for clients
            throw InvalidImageException.damaged("it cannot be decoded");
        } finally {
            reader.dispose();
        }
    }

    private static boolean isDeep(Raster raster) {
        return raster.getSampleModel().getSampleSize(0) == Short.SIZE;
    }

    private static Pixels pixels(BufferedImage image) throws InvalidImageException {
        Raster raster = image.getRaster();
        Pixels target = new Pixels(image.getWidth(), image.getHeight(), isDeep(raster));
        int bands = raster.getNumBands();
        int[] palette = palette(image);
        int[] source = new int[target.width() * bands];
        int[] row = new int[target.width() * Pixels.SAMPLES];
        for (int y = 0; y < target.height(); y++) {
            raster.getPixels(0, y, target.width(), 1, source);
            for (int x = 0; x < target.width(); x++) {
                if (palette.length > 0) {
                    int color = palette[Math.min(source[x], palette.length - 1)];
                    put(row, x, color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff, color >>> 24);
                    continue;
                }
                int at = x * bands;
                switch (bands) {
                    case 1 -> put(row, x, source[at], source[at], source[at], target.max());
                    case 2 -> put(row, x, source[at], source[at], source[at], source[at + 1]);
                    case 3 -> put(row, x, source[at], source[at + 1], source[at + 2], target.max());
                    case 4 -> put(row, x, source[at], source[at + 1], source[at + 2], source[at + 3]);
                    default -> throw InvalidImageException.damaged("its colors are none that the gateway decodes");
                }
            }
            target.write(y, row);
        }
        return target;
    }

    private static void put(int[] row, int x, int red, int green, int blue, int alpha) {
        int at = x * Pixels.SAMPLES;
        row[at] = red;
        row[at + 1] = green;
        row[at + 2] = blue;
        row[at + 3] = alpha;
    }

    /** The colors of a palette as ARGB; empty if the image has none. */
    private static int[] palette(BufferedImage image) {
        if (!(image.getColorModel() instanceof IndexColorModel colors)) {
            return new int[0];
        }
        int[] palette = new int[colors.getMapSize()];
        colors.getRGBs(palette);
        return palette;
    }
}
