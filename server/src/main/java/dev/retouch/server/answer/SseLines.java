package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Takes server-sent events apart. Lines end with LF, CR or CRLF; the data of an event is read in place, and its lines are joined with
 * line feeds. The last event needs no blank line behind it.
 */
final class SseLines {

    private static final int MAX_FIELD = 32;
    private static final int MAX_NAME = 256;
    private static final ByteBuffer LINE_FEED = ByteBuffer.wrap(new byte[]{'\n'}).asReadOnlyBuffer();

    private final AnswerSource source;
    private ByteBuffer buffer;
    private boolean ended;
    /** Whether the last line ended with a CR, so that an LF right behind it belongs to it. */
    private boolean afterReturn;
    private String name = "";

    SseLines(AnswerSource source, ByteBuffer beginning) {
        this.source = source;
        this.buffer = beginning;
    }

    /** The name of the current event, as far as its lines have been read; empty where it has none. */
    String eventName() {
        return name;
    }

    /** Goes to the first data of the next event that has data; false at the end of the stream. */
    boolean nextEvent() throws IOException {
        name = "";
        return toData();
    }

    /** The data of the current event, up to its end. */
    AnswerSource data() {
        boolean[] state = {true, false};
        return () -> {
            while (state[0]) {
                if (state[1]) {
                    state[1] = false;
                    if (!toDataOfSameEvent()) {
                        state[0] = false;
                        return null;
                    }
                    return LINE_FEED.duplicate();
                }
                ByteBuffer piece = piece();
                if (piece == null) {
                    state[1] = true;
                } else if (piece.hasRemaining()) {
                    return piece;
                }
            }
            return null;
        };
    }

    /** A piece of the current line; null behind its end. */
    private @Nullable ByteBuffer piece() throws IOException {
        if (!fill()) {
            return null;
        }
        int from = buffer.position();
        int to = indexOfLineEnd(buffer, from);
        if (to > from) {
            buffer.position(to);
            return view(from, to);
        }
        endLine();
        return null;
    }

    /** Line ends are among the bytes that the scanner stops at; others of those are few outside of images. */
    private static int indexOfLineEnd(ByteBuffer bytes, int from) {
        int limit = bytes.limit();
        int index = AnswerScanner.indexOfSpecial(bytes, from, limit);
        while (index < limit && bytes.get(index) != '\n' && bytes.get(index) != '\r') {
            index = AnswerScanner.indexOfSpecial(bytes, index + 1, limit);
        }
        return index;
    }

    private ByteBuffer view(int from, int to) {
        ByteBuffer view = buffer.duplicate();
        view.limit(to).position(from);
        return view;
    }

    private boolean toDataOfSameEvent() throws IOException {
        return readLines(true);
    }

    private boolean toData() throws IOException {
        return readLines(false);
    }

    /** Reads lines up to one with data; false at the end of the stream or, for more data of an event, at its blank line. */
    private boolean readLines(boolean stopAtBlank) throws IOException {
        while (fill()) {
            int next = peek();
            if (next == '\n' || next == '\r') {
                endLine();
                if (stopAtBlank) {
                    return false;
                }
                name = "";
                continue;
            }
            String field = word(MAX_FIELD, true);
            if (field.equals("data")) {
                skipColon();
                return true;
            }
            if (field.equals("event")) {
                skipColon();
                name = word(MAX_NAME, false).strip();
            }
            skipLine();
        }
        return false;
    }

    /** The characters up to the colon, or up to the end of the line; what is longer is cut. */
    private String word(int max, boolean toColon) throws IOException {
        byte[] word = new byte[max];
        int length = 0;
        while (fill()) {
            int next = peek();
            if (next == '\n' || next == '\r' || (toColon && next == ':')) {
                break;
            }
            buffer.get();
            if (length < max) {
                word[length++] = (byte) next;
            }
        }
        return new String(word, 0, length, StandardCharsets.UTF_8);
    }

    private void skipColon() throws IOException {
        if (fill() && peek() == ':') {
            buffer.get();
        }
    }

    private void skipLine() throws IOException {
        ByteBuffer piece = piece();
        while (piece != null) {
            piece = piece();
        }
    }

    private void endLine() {
        afterReturn = buffer.get() == '\r';
    }

    private int peek() {
        return buffer.get(buffer.position());
    }

    /** Has at least one byte in the buffer; false at the end of the stream. */
    private boolean fill() throws IOException {
        while (true) {
            while (!buffer.hasRemaining()) {
                ByteBuffer next = ended ? null : source.next();
                if (next == null) {
                    ended = true;
                    return false;
                }
                buffer = next;
            }
            if (afterReturn && peek() == '\n') {
                buffer.get();
                afterReturn = false;
            } else {
                afterReturn = false;
                return true;
            }
        }
    }
}
