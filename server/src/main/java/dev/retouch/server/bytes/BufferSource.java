package dev.retouch.server.bytes;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** Bytes that are read once, in order, a buffer at a time. Not thread-safe. */
public interface BufferSource extends AutoCloseable {

    /**
     * Returns the next bytes, between the position and the limit of the buffer. Blocks until there are bytes. The caller closes the
     * buffer.
     *
     * @return null at the end
     */
    @Nullable
    PooledBuffer next() throws IOException;

    /** Releases what the source holds. Buffers that it has returned stay valid. */
    @Override
    void close();
}
