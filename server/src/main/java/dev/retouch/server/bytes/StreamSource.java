package dev.retouch.server.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import org.jspecify.annotations.Nullable;

/** Reads a stream into one buffer on the heap, which is filled again as soon as its reader has closed it. Closes the stream. */
public final class StreamSource implements BufferSource {

    private static final int BUFFER = 32 * 1024;

    private final InputStream in;
    private @Nullable PooledBuffer buffer;

    /** The bytes of this stream. */
    public StreamSource(InputStream in) {
        this.in = in;
    }

    @Override
    public @Nullable PooledBuffer next() throws IOException {
        PooledBuffer filled = buffer;
        if (filled == null || !filled.isUnshared()) {
            filled = PooledBuffer.unpooled(BUFFER);
            buffer = filled;
        }
        int count = in.readNBytes(filled.bytes().array(), 0, BUFFER);
        if (count == 0) {
            return null;
        }
        filled.bytes().clear().limit(count);
        return filled.share();
    }

    @Override
    public void close() {
        buffer = null;
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
