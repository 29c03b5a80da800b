package dev.retouch.server.image.pixels;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.InvalidImageException;

/**
 * Writes images in another format, as they are displayed: PNG and WebP without loss, and JPEG with the highest quality and white instead of
 * transparency. Needs up to 16 bytes of memory for each pixel. An interrupted thread ends a call.
 */
public final class PixelRecoder {

    private PixelRecoder() {}

    /**
     * Writes an image.
     *
     * @param facts its header, in dimensions that the caller has checked
     * @throws InvalidImageException if it cannot be decoded
     */
    public static void write(ImageBytes image, ImageMetadata facts, ImageFormat format, OutputStream out)
            throws IOException, InvalidImageException {
        Pixels pixels = PixelReader.read(image, facts);
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("while an image was converted");
        }
        Pixels target = format == ImageFormat.PNG ? pixels : pixels.shallow();
        if (format == ImageFormat.JPEG) {
            target.flatten();
        }
        PixelWriter.write(target, format, out);
    }
}
