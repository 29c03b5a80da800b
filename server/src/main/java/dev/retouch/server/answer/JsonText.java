package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A JSON string that is read in place, behind its first quote. White space and control characters inside of it are left out, as in
 * base64 that was broken into lines; escapes are resolved.
 */
final class JsonText implements AnswerSource {

    private final JsonCursor cursor;
    private final ByteBuffer single = ByteBuffer.allocate(1);
    private @Nullable ByteBuffer view;
    private @Nullable ByteBuffer viewed;
    private @Nullable ByteBuffer unread;
    private boolean ended;

    JsonText(JsonCursor cursor) {
        this.cursor = cursor;
    }

    /** Whether all of it has been read; false also where only its quote is left, until {@link #next} has met that. */
    boolean isEnded() throws IOException {
        if (unread == null && !ended) {
            unread = next();
        }
        return ended && unread == null;
    }

    /** Gives the rest of a piece back: it is the next one. */
    void unread(ByteBuffer piece) {
        if (piece.hasRemaining()) {
            unread = piece;
        }
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
        ByteBuffer given = unread;
        if (given != null) {
            unread = null;
            return given;
        }
        while (!ended) {
            ByteBuffer bytes = cursor.bytes();
            if (bytes == null) {
                throw new MalformedAnswerException("it ends inside of a string");
            }
            int from = bytes.position();
            int to = AnswerScanner.indexOfSpecial(bytes, from, bytes.limit());
            bytes.position(to);
            if (to > from) {
                return view(bytes, from, to);
            }
            ByteBuffer special = special();
            if (special != null) {
                return special;
            }
        }
        return null;
    }

    /** A window onto the buffer; the same object as long as the buffer is the same. */
    @SuppressWarnings("ReferenceEquality") // equal contents in another buffer are not the same bytes
    private ByteBuffer view(ByteBuffer bytes, int from, int to) {
        ByteBuffer window = view;
        if (window == null || viewed != bytes) {
            window = bytes.duplicate();
            view = window;
            viewed = bytes;
        }
        window.limit(to).position(from);
        return window;
    }

    private @Nullable ByteBuffer special() throws IOException {
        int next = cursor.read();
        if (next == '"') {
            ended = true;
            return null;
        }
        if (next <= ' ') {
            return null;
        }
        int character = next == '\\' ? escaped() : next;
        return character <= ' ' ? null : single.clear().put((byte) character).flip();
    }

    /** The character behind a backslash. A character that no base64 has becomes {@code ?}, which makes the text invalid. */
    private int escaped() throws IOException {
        int next = cursor.read();
        return switch (next) {
            case '"', '\\', '/' -> next;
            case 'n', 'r', 't', 'b', 'f' -> ' ';
            case 'u' -> unicode();
            default -> throw new MalformedAnswerException("an escape that JSON does not have");
        };
    }

    private int unicode() throws IOException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(cursor.read(), 16);
            if (digit < 0) {
                throw new MalformedAnswerException("an escape that JSON does not have");
            }
            value = value * 16 + digit;
        }
        return value < 0x80 ? value : '?';
    }

    /** Reads to the end of the string. */
    void skip() throws IOException {
        while (next() != null) {
            // nothing of it is kept
        }
    }
}
