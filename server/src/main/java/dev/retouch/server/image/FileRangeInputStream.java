package dev.retouch.server.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads a file that several readers share, from a separate position. */
final class FileRangeInputStream extends InputStream {

    private final FileChannel channel;
    private final long size;
    private long position;

    FileRangeInputStream(FileChannel channel, long size) {
        this.channel = channel;
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
        int count = channel.read(ByteBuffer.wrap(target, offset, length), position);
        if (count > 0) {
            position += count;
        }
        return count;
    }

    @Override
    public long skip(long count) {
        long step = Math.clamp(count, 0, size - position);
        position += step;
        return step;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, size - position);
    }
}
