package dev.retouch.mock.picture;

import java.awt.Rectangle;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;

import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

import com.luciad.imageio.webp.WebPReadParam;

/**
 * Decodes an image file to exactly the size wanted. The middle of the image is taken in the proportions wanted, and the decoder
 * skips rows and columns while it reads, so that the memory used goes with the size wanted (at most four times its pixels) and
 * not with the size of the image.
 *
 * <p>An image that already has the size wanted is returned unchanged.
 */
public final class PictureReader {

    private static final long MAX_PIXELS = 250_000_000;

    private PictureReader() {}

    /** Decodes with smooth scaling, for display. */
    public static Picture read(Path file, ImageFacts facts, int width, int height) throws IOException {
        return decode(file, facts, width, height, true);
    }

    /** Decodes without mixing pixels, for masks: a mixed edge would open a closed area. */
    public static Picture readUnmixed(Path file, ImageFacts facts, int width, int height) throws IOException {
        return decode(file, facts, width, height, false);
    }

    private static Picture decode(Path file, ImageFacts facts, int width, int height, boolean smooth)
            throws IOException {
        if ((long) facts.width() * facts.height() > MAX_PIXELS) {
            throw new UnreadableImageException("The image has more than " + MAX_PIXELS + " pixels.");
        }
        int wide = facts.sideways() ? height : width;
        int high = facts.sideways() ? width : height;
        int storedWidth = facts.sideways() ? facts.height() : facts.width();
        int storedHeight = facts.sideways() ? facts.width() : facts.height();
        Rectangle region = middle(storedWidth, storedHeight, (double) wide / high);
        int step = Math.max(1, Math.min(region.width / wide, region.height / high));
        Picture decoded = pixels(readRegion(file, facts.format(), region, step));
        return Orientation.upright(Scaling.to(decoded, wide, high, smooth), facts.orientation());
    }

    /** The largest part of these proportions, from the middle. */
    private static Rectangle middle(int width, int height, double ratio) {
        int wide = Math.max(1, (int) Math.min(width, Math.round(height * ratio)));
        int high = Math.max(1, (int) Math.min(height, Math.round(width / ratio)));
        return new Rectangle((width - wide) / 2, (height - high) / 2, wide, high);
    }

    private static BufferedImage readRegion(Path file, ImageFormat format, Rectangle region, int step)
            throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format.wireName()).next();
        try (ImageInputStream in = DecoderInput.open(file, format)) {
            reader.setInput(in, true, true);
            ImageReadParam how = reader.getDefaultReadParam();
            if (how instanceof WebPReadParam webp) {
                cropNatively(webp, region, step);
            } else {
                how.setSourceRegion(region);
                how.setSourceSubsampling(step, step, 0, 0);
            }
            return reader.read(0, how);
        } catch (IIOException | RuntimeException e) {
            // decoders report damage in many ways, and their messages are not for clients
            throw damaged(e);
        } catch (IOException e) {
            // the WebP reader has no specific exception for damaged files
            throw format == ImageFormat.WEBP ? damaged(e) : e;
        } finally {
            reader.dispose();
        }
    }

    private static IOException damaged(Exception e) {
        UnreadableImageException damaged = new UnreadableImageException(
                "The image file could not be decoded. It may be corrupted.");
        damaged.initCause(e);
        return damaged;
    }

    /** The WebP reader ignores ImageIO's region and subsampling, but its library has its own. */
    private static void cropNatively(WebPReadParam webp, Rectangle region, int step) {
        webp.setUseCropping(true);
        webp.setCropLeft(region.x);
        webp.setCropTop(region.y);
        webp.setCropWidth(region.width);
        webp.setCropHeight(region.height);
        if (step > 1) {
            webp.setUseScaling(true);
            webp.setScaledWidth(Math.ceilDiv(region.width, step));
            webp.setScaledHeight(Math.ceilDiv(region.height, step));
        }
    }

    private static Picture pixels(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] argb = isGray(image.getColorModel())
                ? gray(image.getRaster())
                : image.getRGB(0, 0, width, height, null, 0, width);
        return new Picture(width, height, argb);
    }

    private static boolean isGray(ColorModel model) {
        return model.getColorSpace().getType() == ColorSpace.TYPE_GRAY && model.getTransferType() <= 1
                && model.getComponentSize(0) >= 8;
    }

    /** Keeps the values of gray samples. Java would treat them as linear light and brighten them, unlike other decoders. */
    private static int[] gray(Raster raster) {
        int bands = raster.getNumBands();
        int shift = raster.getSampleModel().getSampleSize(0) - 8;
        int[] argb = new int[raster.getWidth() * raster.getHeight()];
        int[] row = new int[raster.getWidth() * bands];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int x = 0; x < raster.getWidth(); x++) {
                int value = row[x * bands] >> shift;
                int alpha = bands > 1 ? row[x * bands + 1] >> shift : 0xFF;
                argb[y * raster.getWidth() + x] = (alpha << 24) | (value << 16) | (value << 8) | value;
            }
        }
        return argb;
    }
}
