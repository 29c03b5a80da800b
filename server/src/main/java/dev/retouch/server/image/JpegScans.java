package dev.retouch.server.image;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/** Decodes a JPEG without an end of image, to distinguish a missing mark from missing pixels. */
final class JpegScans {

    /** Sequential pixels are decoded row by row, progressive pixels all at once. */
    private static final long MAX_SEQUENTIAL_PIXELS = 200_000_000;
    private static final long MAX_PROGRESSIVE_PIXELS = 24_000_000;
    /** The decoded rows are not needed; so many pixels per side of them are kept. */
    private static final int KEPT_SIDE = 256;

    private JpegScans() {}

    /** Whether a decoder finds all pixels, if the missing mark is added; true also for an image that is too large to be decoded. */
    static boolean areComplete(ImageBytes image, JpegHeader header) throws IOException {
        long pixels = (long) header.width() * header.height();
        if (pixels > (header.progressive() ? MAX_PROGRESSIVE_PIXELS : MAX_SEQUENTIAL_PIXELS)) {
            return true;
        }
        AtomicBoolean warned = new AtomicBoolean();
        ImageReader reader = reader();
        try (ImageInputStream in = new ImageBytesInput(image, new byte[]{(byte) 0xff, (byte) 0xd9})) {
            reader.addIIOReadWarningListener((IIOReadWarningListener) (source, warning) -> warned.set(true));
            reader.setInput(in, false, true);
            ImageReadParam rows = reader.getDefaultReadParam();
            int step = Math.max(1, Math.max(header.width(), header.height()) / KEPT_SIDE);
            rows.setSourceSubsampling(step, step, 0, 0);
            reader.readRaster(0, rows);
            return !warned.get();
        } catch (IIOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return false; // no pixels at all, or damage that ends the decoder
        } finally {
            reader.dispose();
        }
    }

    /** The JDK's own decoder, whose warnings are known, also if other decoders are installed. */
    private static ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByMIMEType(ImageFormat.JPEG.mediaType());
        ImageReader reader = readers.next();
        while (readers.hasNext() && !reader.getClass().getName().startsWith("com.sun.imageio.")) {
            reader = readers.next();
        }
        return reader;
    }
}
