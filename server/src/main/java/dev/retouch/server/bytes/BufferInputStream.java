package dev.retouch.server.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A stream whose bytes can be read where they are, a buffer at a time, so that nothing is copied on their way. Both ways of reading may
 * be mixed. Not thread-safe.
 */
public abstract class BufferInputStream extends InputStream {

    private static final int COPY = 32 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** What {@link #read} has left of the last buffer. */
    private ByteBuffer rest = NOTHING;

    /** The stream itself if it has buffers; otherwise its bytes, copied into one buffer that is used again. Closing the result closes the stream. */
    public static BufferInputStream of(InputStream in) {
        return in instanceof BufferInputStream buffers ? buffers : new Copying(in);
    }

    /**
     * The next bytes, between the position and the limit of the buffer. They are valid until the next call or {@link #close}, and the
     * caller moves the position. Blocks until there are bytes.
     *
     * @return null at the end
     */
    public final @Nullable ByteBuffer nextBuffer() throws IOException {
        ByteBuffer left = rest;
        rest = NOTHING;
        return left.hasRemaining() ? left : receive();
    }

    /**
     * The next bytes, at least one; see {@link #nextBuffer}. They may replace those of the last call.
     *
     * @return null at the end
     */
    protected abstract @Nullable ByteBuffer receive() throws IOException;

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuffer bytes = nextBuffer();
        if (bytes == null) {
            return -1;
        }
        int count = Math.min(length, bytes.remaining());
        bytes.get(target, offset, count);
        rest = bytes;
        return count;
    }

    @Override
    public final int available() {
        return rest.remaining();
    }

    @Override
    public void close() throws IOException {
        rest = NOTHING;
    }

    /** The bytes of another stream. */
    private static final class Copying extends BufferInputStream {

        private final InputStream in;
        private final byte[] bytes = new byte[COPY];
        private final ByteBuffer buffer = ByteBuffer.wrap(bytes);

        Copying(InputStream in) {
            this.in = in;
        }

        @Override
        protected @Nullable ByteBuffer receive() throws IOException {
            int count = in.read(bytes);
            return count < 0 ? null : buffer.clear().limit(count);
        }

        @Override
        public void close() throws IOException {
            super.close();
            in.close();
        }
    }
}
