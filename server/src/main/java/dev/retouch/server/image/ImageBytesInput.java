package dev.retouch.server.image;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

import javax.imageio.stream.ImageInputStreamImpl;

/** Reads an image for a decoder without a copy in memory or in a file: a step back opens the bytes again. */
public final class ImageBytesInput extends ImageInputStreamImpl {

    private static final int BUFFER = 32 * 1024;

    private final ImageBytes image;
    private final byte[] suffix;
    private InputStream in;
    private long position;

    /** Starts at the first byte. */
    public ImageBytesInput(ImageBytes image) {
        this(image, new byte[0]);
    }

    /** Starts at the first byte, and adds bytes that the file lacks. */
    ImageBytesInput(ImageBytes image, byte[] suffix) {
        this.image = image;
        this.suffix = suffix;
        this.in = open(image, suffix);
    }

    private static InputStream open(ImageBytes image, byte[] suffix) {
        InputStream bytes = image.open();
        return new BufferedInputStream(suffix.length == 0
                ? bytes
                : new SequenceInputStream(bytes, new ByteArrayInputStream(suffix)), BUFFER);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        bitOffset = 0;
        if (streamPos != position) {
            moveTo(streamPos);
        }
        int count = in.read(target, offset, length);
        if (count > 0) {
            streamPos += count;
            position += count;
        }
        return count;
    }

    private void moveTo(long wanted) throws IOException {
        if (wanted < position) {
            in = open(image, suffix);
            position = 0;
        }
        in.skipNBytes(Math.min(wanted, length()) - position);
        position = wanted;
    }

    @Override
    public long length() {
        return image.size() + suffix.length;
    }
}
