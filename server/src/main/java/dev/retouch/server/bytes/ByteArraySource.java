package dev.retouch.server.bytes;

import org.jspecify.annotations.Nullable;

/** The bytes of an array, in one buffer. */
public final class ByteArraySource implements BufferSource {

    private byte @Nullable [] bytes;

    /** The bytes, which the caller does not change. */
    public ByteArraySource(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public @Nullable PooledBuffer next() {
        byte[] all = bytes;
        bytes = null;
        return all == null ? null : PooledBuffer.wrapping(all);
    }

    @Override
    public void close() {
        bytes = null;
    }
}
