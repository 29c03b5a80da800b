package dev.retouch.server.image;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The contents of the IDAT chunks of a PNG, concatenated. */
final class PngPixelChunks extends InputStream {

    private final DataInputStream in;
    private int left;

    /** Starts in the first of them, which has this length. */
    PngPixelChunks(DataInputStream in, int firstChunk) {
        this.in = in;
        this.left = firstChunk;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (left == 0) {
            in.skipNBytes(4);
            left = in.readInt();
            if (in.readInt() != PngHeader.IDAT || left < 0) {
                return -1;
            }
        }
        int count = in.read(target, offset, Math.min(length, left));
        if (count > 0) {
            left -= count;
        }
        return count;
    }
}
