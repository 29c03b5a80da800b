package dev.retouch.server.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import dev.retouch.server.bytes.PooledBuffer;

/** Reads pieces that several readers share, from a separate position. */
final class PiecesInputStream extends InputStream {

    private final List<PooledBuffer> pieces;
    private final long size;
    private long position;
    private int piece;
    private int index;

    PiecesInputStream(List<PooledBuffer> pieces, long size) {
        this.pieces = pieces;
        this.size = size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int done = 0;
        while (done < length && position < size) {
            int step = step(length - done);
            pieces.get(piece).copy(index, target, offset + done, step);
            move(step);
            done += step;
        }
        return done == 0 ? -1 : done;
    }

    @Override
    public long skip(long count) {
        long end = position + Math.clamp(count, 0, size - position);
        long skipped = end - position;
        while (position < end) {
            move(step(end - position));
        }
        return skipped;
    }

    /** How many of so many bytes the current piece has. */
    private int step(long wanted) {
        return (int) Math.min(wanted, pieces.get(piece).bytes().limit() - index);
    }

    private void move(int step) {
        index += step;
        position += step;
        if (index == pieces.get(piece).bytes().limit()) {
            piece++;
            index = 0;
        }
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, size - position);
    }
}
