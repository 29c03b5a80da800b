package dev.retouch.server.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * Walks through JSON text that arrives in buffers. Small values are handed to Jackson as a whole; a long string is read in place, as
 * {@link JsonText}. Knows no member's name.
 */
final class JsonCursor {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();
    /** A name that is longer is read, but no reader knows it. */
    private static final int MAX_NAME = 1024;

    private final AnswerSource source;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private boolean ended;

    JsonCursor(AnswerSource source) {
        this.source = source;
    }

    /** The next byte, which stays unread; -1 at the end. */
    int peek() throws IOException {
        while (!buffer.hasRemaining()) {
            ByteBuffer next = ended ? null : source.next();
            if (next == null) {
                ended = true;
                return -1;
            }
            buffer = next;
        }
        return buffer.get(buffer.position()) & 0xff;
    }

    /** The next byte. */
    int read() throws IOException {
        int next = peek();
        if (next >= 0) {
            buffer.position(buffer.position() + 1);
        }
        return next;
    }

    /** The next byte that is not white space, which stays unread; -1 at the end. */
    int peekToken() throws IOException {
        int next = peek();
        while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
            buffer.position(buffer.position() + 1);
            next = peek();
        }
        return next;
    }

    /** Reads this byte, with white space before it. */
    void expect(char token) throws IOException {
        int next = peekToken();
        if (next != token) {
            throw next < 0
                    ? new MalformedAnswerException("it ends before '" + token + "'")
                    : new MalformedAnswerException("'" + token + "' is missing");
        }
        read();
    }

    /** The buffer with the next bytes, for reading in place; null at the end. */
    @Nullable
    ByteBuffer bytes() throws IOException {
        return peek() < 0 ? null : buffer;
    }

    /** Skips the bytes that have arrived. */
    void skipBuffer() {
        buffer.position(buffer.limit());
    }

    /** A member's name and the colon behind it. */
    String name() throws IOException {
        if (peekToken() != '"') {
            throw new MalformedAnswerException("a member without a name");
        }
        String name = value(MAX_NAME).map(JsonNode::textValue).orElse("");
        expect(':');
        return name == null ? "" : name;
    }

    /** Begins to read a string in place. */
    JsonText text() throws IOException {
        expect('"');
        return new JsonText(this);
    }

    /**
     * The value that is next.
     *
     * @return nothing where it has more than {@code maxBytes}; it has been read all the same
     */
    Optional<JsonNode> value(int maxBytes) throws IOException {
        ByteArrayOutputStream copy = new ByteArrayOutputStream(64);
        int first = peekToken();
        if (first < 0) {
            throw new MalformedAnswerException("a value is missing");
        }
        if (first == '"') {
            string(copy, maxBytes);
        } else if (first == '{' || first == '[') {
            structure(copy, maxBytes);
        } else {
            literal(copy, maxBytes);
        }
        return copy.size() > maxBytes ? Optional.empty() : Optional.of(parsed(copy.toByteArray()));
    }

    private static JsonNode parsed(byte[] text) throws MalformedAnswerException {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new MalformedAnswerException("a value that is not JSON");
        } catch (IOException e) {
            throw new MalformedAnswerException("a value in another encoding than UTF-8");
        }
    }

    private void structure(ByteArrayOutputStream copy, int maxBytes) throws IOException {
        int depth = 0;
        do {
            int next = peek();
            if (next < 0) {
                throw new MalformedAnswerException("it ends inside of an object or array");
            }
            if (next == '"') {
                string(copy, maxBytes);
            } else {
                depth += next == '{' || next == '[' ? 1 : next == '}' || next == ']' ? -1 : 0;
                put(read(), copy, maxBytes);
            }
        } while (depth > 0);
    }

    private void literal(ByteArrayOutputStream copy, int maxBytes) throws IOException {
        int next = peek();
        while (next > ' ' && next != ',' && next != '}' && next != ']') {
            put(read(), copy, maxBytes);
            next = peek();
        }
        if (copy.size() == 0) {
            throw new MalformedAnswerException("a value is missing");
        }
    }

    /** Copies a string with its quotes. What lies between two bytes that mean something is copied at once. */
    private void string(ByteArrayOutputStream copy, int maxBytes) throws IOException {
        put(read(), copy, maxBytes);
        while (true) {
            ByteBuffer bytes = bytes();
            if (bytes == null) {
                throw new MalformedAnswerException("it ends inside of a string");
            }
            int from = bytes.position();
            int to = AnswerScanner.indexOfSpecial(bytes, from, bytes.limit());
            for (int index = from; index < to && copy.size() <= maxBytes; index++) {
                copy.write(bytes.get(index));
            }
            bytes.position(to);
            int next = to < bytes.limit() ? read() : -1;
            if (next == '"') {
                put(next, copy, maxBytes);
                return;
            }
            if (next == '\\') {
                put(next, copy, maxBytes);
                put(read(), copy, maxBytes);
            } else if (next >= 0) {
                put(next, copy, maxBytes);
            }
        }
    }

    private static void put(int value, ByteArrayOutputStream copy, int maxBytes) {
        if (copy.size() <= maxBytes) {
            copy.write(value);
        }
    }
}
