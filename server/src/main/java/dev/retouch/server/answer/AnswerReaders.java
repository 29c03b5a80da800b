package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/** Chooses the reader for an OpenAI-compatible response by its first bytes, whatever its media type says. */
public final class AnswerReaders {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private AnswerReaders() {}

    /** A reader of this response; it looks at the bytes when its first part is read. */
    public static AnswerReader of(AnswerSource source, HeldImages held) {
        return new AnswerReader() {

            private @Nullable AnswerReader chosen;

            @Override
            public AnswerPart next() throws IOException {
                AnswerReader reader = chosen;
                if (reader == null) {
                    reader = choose(source, held);
                    chosen = reader;
                }
                return reader.next();
            }
        };
    }

    /** Whether these first bytes show what a response is: at least one that is not white space. */
    public static boolean isDecided(byte[] beginning, int length) {
        return first(beginning, length) >= 0;
    }

    /** Whether a response with these first bytes can be an answer. */
    public static boolean looksLikeAnswer(byte[] beginning, int length) {
        int first = first(beginning, length);
        return first == '{' || isFieldOfEvent(first);
    }

    private static int first(byte[] beginning, int length) {
        boolean marked = length >= BYTE_ORDER_MARK.length
                && Arrays.mismatch(beginning, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0,
                        BYTE_ORDER_MARK.length) < 0;
        for (int i = marked ? BYTE_ORDER_MARK.length : 0; i < length; i++) {
            if (beginning[i] != ' ' && beginning[i] != '\n' && beginning[i] != '\r' && beginning[i] != '\t') {
                return beginning[i] & 0xff;
            }
        }
        return -1;
    }

    /** A field such as event, data, id or retry, or the colon of a comment. */
    private static boolean isFieldOfEvent(int first) {
        return first == ':' || first == 'e' || first == 'd' || first == 'i' || first == 'r';
    }

    private static AnswerReader choose(AnswerSource source, HeldImages held) throws IOException {
        JsonCursor cursor = new JsonCursor(source);
        skipByteOrderMark(cursor);
        int first = cursor.peekToken();
        if (first < 0) {
            throw new MalformedAnswerException("it is empty");
        }
        if (first == '{') {
            return new JsonAnswerReader(cursor, held);
        }
        if (isFieldOfEvent(first)) {
            ByteBuffer beginning = cursor.bytes();
            return new SseAnswerReader(source, beginning == null ? ByteBuffer.allocate(0) : beginning, held);
        }
        throw new MalformedAnswerException("it is neither JSON nor a stream of events");
    }

    private static void skipByteOrderMark(JsonCursor cursor) throws IOException {
        for (byte mark : BYTE_ORDER_MARK) {
            if (cursor.peek() != (mark & 0xff)) {
                return;
            }
            cursor.read();
        }
    }
}
