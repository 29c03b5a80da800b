package dev.retouch.server.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * Finds images that were cut off, for example by an upload that ended early. A file is complete if decoders find all of its pixels in
 * it: only the mark of the end may be missing, and other bytes may follow it.
 */
final class ImageEnd {

    private static final int PNG_TAIL = 12;
    private static final int RIFF_HEADER = 8;
    private static final int BUFFER = 32 * 1024;
    private static final int MARKER = 0xff;
    private static final int END_OF_IMAGE = 0xd9;

    private ImageEnd() {}

    /** Whether the last bytes are the end of the image; false says nothing. */
    static boolean isUsual(ImageBytes image, ImageFormat format) throws IOException {
        return switch (format) {
            case PNG -> {
                try (DataInputStream in = tail(image, PNG_TAIL)) {
                    yield in.readInt() == 0 && in.readInt() == PngHeader.IEND;
                } catch (EOFException e) {
                    yield false;
                }
            }
            case JPEG -> {
                try (DataInputStream in = tail(image, 2)) {
                    yield in.readUnsignedShort() == (MARKER << 8 | END_OF_IMAGE);
                } catch (EOFException e) {
                    yield false;
                }
            }
            case WEBP -> holdsRiff(image);
            case GIF, SVG -> true;
        };
    }

    /** Rejects an image that lacks pixels. May read the whole file. */
    static void requireComplete(ImageBytes image, ImageFormat format) throws IOException, InvalidImageException {
        boolean complete = switch (format) {
            case PNG -> isPngComplete(image);
            case JPEG -> isJpegComplete(image);
            case WEBP -> holdsRiff(image);
            case GIF, SVG -> true;
        };
        if (!complete) {
            throw InvalidImageException
                    .damaged("it is a " + format.wireName() + " whose pixels are cut off or damaged");
        }
    }

    private static DataInputStream tail(ImageBytes image, int length) throws IOException {
        DataInputStream in = new DataInputStream(image.open());
        in.skipNBytes(Math.max(0, image.size() - length));
        return in;
    }

    /** libwebp refuses a file that is shorter than its RIFF header says. */
    private static boolean holdsRiff(ImageBytes image) throws IOException {
        try (DataInputStream in = new DataInputStream(image.open())) {
            in.skipNBytes(RIFF_HEADER - Integer.BYTES);
            return Integer.toUnsignedLong(WebpHeader.littleEndian(in, Integer.BYTES)) + RIFF_HEADER <= image.size();
        }
    }

    private static boolean isPngComplete(ImageBytes image) throws IOException, InvalidImageException {
        long left = image.size() - PngHeader.SIGNATURE_BYTES;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(image.open(), BUFFER))) {
            in.skipNBytes(PngHeader.SIGNATURE_BYTES);
            while (left >= PNG_TAIL) {
                checkInterruption();
                int length = in.readInt();
                int type = in.readInt();
                if (type == PngHeader.IEND) {
                    return true;
                }
                left -= PNG_TAIL + (long) length;
                if (length < 0 || left < 0) {
                    break;
                }
                in.skipNBytes(length + (long) Integer.BYTES);
            }
        }
        return TransparencyScan.hasAllPixels(image);
    }

    private static boolean isJpegComplete(ImageBytes image) throws IOException, InvalidImageException {
        JpegHeader header;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(image.open(), BUFFER))) {
            header = JpegHeader.read(in);
            if (hasEndOfImage(in)) {
                return true;
            }
        }
        return JpegScans.areComplete(image, header);
    }

    /** Whether there is an end of image behind the frame header. Compressed pixels never look like one. */
    private static boolean hasEndOfImage(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        boolean afterMarker = false;
        int count;
        while ((count = in.read(buffer)) > 0) {
            checkInterruption();
            for (int i = 0; i < count; i++) {
                int value = buffer[i] & 0xff;
                if (afterMarker && value == END_OF_IMAGE) {
                    return true;
                }
                afterMarker = value == MARKER;
            }
        }
        return false;
    }

    private static void checkInterruption() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("while an image was checked");
        }
    }
}
