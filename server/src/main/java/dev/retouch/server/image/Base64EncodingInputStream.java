package dev.retouch.server.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;

/** Encodes a stream as base64 while it is read, in pieces. */
public final class Base64EncodingInputStream extends InputStream {

    /** Size of a piece in bytes; a multiple of three, so that only the last piece is padded. */
    private static final int PIECE = 24 * 1024;

    private final InputStream bytes;
    /** Made by the first read, because a body may have many images that are read one after the other. */
    private byte[] piece = {};
    private byte[] encoded = {};
    private int length;
    private int position;

    /** Encodes a stream, and closes it. */
    public Base64EncodingInputStream(InputStream bytes) {
        this.bytes = bytes;
    }

    /** Number of characters that encode so many bytes. */
    public static long length(long bytes) {
        return (bytes + 2) / 3 * 4;
    }

    @Override
    public int read() throws IOException {
        return fill() ? encoded[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int maxLength) throws IOException {
        if (maxLength == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(maxLength, length - position);
        System.arraycopy(encoded, position, target, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (position == length) {
            if (piece.length == 0) {
                piece = new byte[PIECE];
                encoded = new byte[PIECE / 3 * 4];
            }
            int count = bytes.readNBytes(piece, 0, PIECE);
            byte[] source = count == PIECE ? piece : Arrays.copyOf(piece, count);
            length = Base64.getEncoder().encode(source, encoded);
            position = 0;
        }
        return position < length;
    }

    @Override
    public void close() throws IOException {
        piece = new byte[0];
        encoded = piece;
        length = 0;
        position = 0;
        bytes.close();
    }
}
