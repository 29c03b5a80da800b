package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * An image as base64 text in flight: it can be read once, while it arrives, and is never whole in memory. Its beginning is kept, so
 * that the format can be looked at before the rest has arrived. White space, JSON escapes and a {@code data:} prefix have been
 * removed.
 */
public final class Base64Payload implements ImagePayload, AnswerSource {

    /** Characters that are kept of each image: one kilobyte, decoded. */
    static final int HEAD = 1368;

    private byte[] head;
    private final AnswerSource rest;
    private boolean begun;
    private boolean ended;

    /**
     * Text that begins with these characters.
     *
     * @param head the first characters, at least one
     * @param rest the characters behind them; null at the end of the image
     */
    public Base64Payload(byte[] head, AnswerSource rest) {
        this.head = head;
        this.rest = rest;
    }

    /** The first characters, at most {@value #HEAD}. Reading them does not change what {@link #next} returns. */
    public byte[] head() {
        return Arrays.copyOf(head, Math.min(head.length, HEAD));
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
        if (!begun) {
            begun = true;
            byte[] beginning = head;
            head = head(); // a long beginning would otherwise stay in memory until the rest has been sent
            return ByteBuffer.wrap(beginning);
        }
        if (ended) {
            return null;
        }
        ByteBuffer piece = rest.next();
        ended = piece == null;
        return piece;
    }

    /** Reads to the end of the image without keeping anything. */
    void skip() throws IOException {
        ByteBuffer piece = next();
        while (piece != null) {
            piece = next();
        }
    }
}
