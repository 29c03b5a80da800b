package dev.retouch.server.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;

/** Bytes as base64, a piece at a time. */
public final class Base64Stream extends InputStream {

    /** A multiple of three, so that only the last piece is padded. */
    private static final int PIECE = 24 * 1024;

    private final InputStream bytes;
    private byte[] encoded = new byte[0];
    private int position;

    /** Reads these bytes, and closes them. */
    public Base64Stream(InputStream bytes) {
        this.bytes = bytes;
    }

    /** How many characters so many bytes become. */
    public static long length(long bytes) {
        return (bytes + 2) / 3 * 4;
    }

    @Override
    public int read() throws IOException {
        return fill() ? encoded[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, encoded.length - position);
        System.arraycopy(encoded, position, target, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (position == encoded.length) {
            encoded = Base64.getEncoder().encode(bytes.readNBytes(PIECE));
            position = 0;
        }
        return position < encoded.length;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
