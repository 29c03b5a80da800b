package dev.retouch.server.moderation;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.StillWebp;
import dev.retouch.server.normalise.JpegEncoder;

/**
 * Makes reduced JPEG copies of images that are too large for a moderation service. Decodes on one platform thread, one image at a time
 * and in strips, so that neither memory nor the carriers of virtual threads depend on the images.
 */
public final class ImageReducer {

    private static final long MAX_PIXELS = 64_000_000;
    private static final float QUALITY = 0.9f;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("moderation-copies").factory());

    /** A reducer whose thread ends 10 seconds after its last image. */
    public ImageReducer() {
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * A JPEG of at most {@value BoxFilter#MAX_SIDE} pixels per side, transparent parts in white.
     *
     * @param timeout the longest wait in milliseconds, for other images and for this one
     */
    byte[] reduce(ImageBytes image, ImageFormat format, long timeout)
            throws ModerationClientException, InterruptedException {
        Future<byte[]> copy = thread.submit(() -> copy(image, format));
        try {
            return copy.get(timeout, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ModerationClientException("a reduced copy took longer than " + timeout + " milliseconds");
        } catch (ExecutionException e) {
            throw new ModerationClientException(e.getCause() instanceof TooManyPixelsException
                    ? "the image has too many pixels for a reduced copy"
                    : "the image could not be decoded for a reduced copy");
        } finally {
            copy.cancel(true);
        }
    }

    private static byte[] copy(ImageBytes image, ImageFormat format) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByMIMEType(format.mediaType());
        if (!readers.hasNext()) {
            throw new IOException("no decoder for " + format);
        }
        ImageReader reader = readers.next();
        try (ImageInputStream in = StillWebp.open(image, format)) {
            reader.setInput(in, false, true);
            checkPixels((long) reader.getWidth(0) * reader.getHeight(0), format);
            return JpegEncoder.encode(new BoxFilter(reader).reduce(format == ImageFormat.WEBP), QUALITY);
        } finally {
            reader.dispose();
        }
    }

    /** The decoder of WebP needs memory for all pixels; it gets at most an eighth of the heap. */
    private static void checkPixels(long pixels, ImageFormat format) throws TooManyPixelsException {
        long maxPixels = format == ImageFormat.WEBP
                ? Math.min(MAX_PIXELS, Runtime.getRuntime().maxMemory() / 8 / Integer.BYTES)
                : MAX_PIXELS;
        if (pixels > maxPixels) {
            throw new TooManyPixelsException();
        }
    }

    private static final class TooManyPixelsException extends IOException {

        private static final long serialVersionUID = 1L;
    }
}
