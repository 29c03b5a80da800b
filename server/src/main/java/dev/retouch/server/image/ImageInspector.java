package dev.retouch.server.image;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads the header of an image and checks that the file is complete. Most files show both in a few bytes; a file that takes more
 * work is left to {@link #inspect}, which belongs on a separate thread.
 */
public final class ImageInspector {

    private static final int BUFFER = 16 * 1024;
    /** A header with a colour profile and a thumbnail is shorter. */
    private static final int QUICK_BYTES = 128 * 1024;

    private final ImageProbe probe = new ImageProbe();

    /**
     * Reads the header and the end, if they are where most programs put them.
     *
     * @return empty if this takes more work, or the end is not where it usually is
     */
    public Optional<ImageMetadata> inspectQuickly(ImageBytes image) throws IOException, InvalidImageException {
        ImageMetadata found;
        try (InputStream in = new BoundedInputStream(new BufferedInputStream(image.open(), BUFFER))) {
            found = probe.probe(in);
        } catch (TooManyBytesException e) {
            return Optional.empty();
        }
        return ImageEnd.isUsual(image, found.format()) ? Optional.of(found) : Optional.empty();
    }

    /**
     * Reads the header and checks the end, however much has to be read.
     *
     * @throws InvalidImageException also if the file is cut off
     */
    public ImageMetadata inspect(ImageBytes image) throws IOException, InvalidImageException {
        ImageMetadata found = probe.probe(image);
        ImageEnd.requireComplete(image, found.format());
        return found;
    }

    /** Ends with an exception behind a number of bytes and skips. */
    private static final class BoundedInputStream extends FilterInputStream {

        /** A skip costs a system call, as the read of a few bytes does. */
        private static final int SKIP = 16;

        private int left = QUICK_BYTES;

        BoundedInputStream(InputStream in) {
            super(in);
        }

        private void spend(long bytes) throws TooManyBytesException {
            if (bytes > left) {
                throw new TooManyBytesException();
            }
            left -= (int) bytes;
        }

        @Override
        public int read() throws IOException {
            spend(1);
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            spend(length);
            return in.read(target, offset, length);
        }

        @Override
        public long skip(long count) throws IOException {
            spend(SKIP);
            return in.skip(count);
        }
    }

    private static final class TooManyBytesException extends IOException {

        private static final long serialVersionUID = 1L;
    }
}
