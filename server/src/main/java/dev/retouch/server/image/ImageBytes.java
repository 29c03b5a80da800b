package dev.retouch.server.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of one uploaded file, readable from the start any number of times, by several readers at once. Nobody
 * outside this package knows whether they lie in memory or in a file. Closing gives the room back.
 */
public final class ImageBytes implements AutoCloseable {

    private final byte @Nullable [] memory;
    private final @Nullable FileChannel file;
    private final long size;

    ImageBytes(byte[] memory) {
        this.memory = memory;
        this.file = null;
        this.size = memory.length;
    }

    ImageBytes(FileChannel file, long size) {
        this.memory = null;
        this.file = file;
        this.size = size;
    }

    /** A file that stays where it is when this is closed. */
    public static ImageBytes of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new ImageBytes(channel, channel.size());
    }

    /** How many bytes there are. */
    public long size() {
        return size;
    }

    /** Reads from the first byte on. */
    public InputStream open() {
        if (memory != null) {
            return new ByteArrayInputStream(memory);
        }
        FileChannel channel = file;
        if (channel == null) {
            throw new IllegalStateException("neither in memory nor in a file");
        }
        return new FileReader(channel, size);
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Reads a shared file at a position of its own. */
    private static final class FileReader extends InputStream {

        private final FileChannel channel;
        private final long size;
        private long position;

        FileReader(FileChannel channel, long size) {
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
}
