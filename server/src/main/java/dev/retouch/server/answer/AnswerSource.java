package dev.retouch.server.answer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferInputStream;

/** Bytes of an upstream's response, a buffer at a time. Each call blocks until there are bytes. */
@FunctionalInterface
public interface AnswerSource {

    /**
     * The next bytes, between the position and the limit of the buffer. They are valid until the next call, and the caller moves
     * the position.
     *
     * @return null at the end
     */
    @Nullable
    ByteBuffer next() throws IOException;

    /** The bytes of an upstream's response. Closing the stream is left to its owner. */
    static AnswerSource of(InputStream in) {
        BufferInputStream buffers = BufferInputStream.of(in);
        return () -> {
            try {
                return buffers.nextBuffer();
            } catch (IOException e) {
                throw new BrokenOffAnswerException(e);
            }
        };
    }

    /** Bytes that are in memory. */
    static AnswerSource of(byte[] bytes) {
        ByteBuffer[] rest = {ByteBuffer.wrap(bytes)};
        return () -> {
            ByteBuffer buffer = rest[0];
            rest[0] = ByteBuffer.allocate(0);
            return buffer.hasRemaining() ? buffer : null;
        };
    }

    /** The same bytes, or an {@link AnswerTooLargeException} if there are more than {@code maxBytes}. */
    default AnswerSource limitedTo(long maxBytes) {
        long[] left = {maxBytes};
        return () -> {
            ByteBuffer buffer = next();
            left[0] -= buffer == null ? 0 : buffer.remaining();
            if (left[0] < 0) {
                throw new AnswerTooLargeException(maxBytes);
            }
            return buffer;
        };
    }
}
