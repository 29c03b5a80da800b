package dev.retouch.server.answer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/** Bytes of an upstream's response, a buffer at a time. Each call blocks until there are bytes. */
@FunctionalInterface
public interface AnswerSource {

    /** Size of the one buffer that {@link #of(InputStream)} reads into. */
    int BUFFER_SIZE = 32 * 1024;

    /**
     * The next bytes, between the position and the limit of the buffer. They are valid until the next call, and the caller moves
     * the position.
     *
     * @return null at the end
     */
    @Nullable
    ByteBuffer next() throws IOException;

    /** The bytes of an upstream's response, read into one buffer that is used again. Closing the stream is left to its owner. */
    static AnswerSource of(InputStream in) {
        byte[] bytes = new byte[BUFFER_SIZE];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return () -> {
            try {
                int count = in.read(bytes);
                return count < 0 ? null : buffer.clear().limit(count);
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
