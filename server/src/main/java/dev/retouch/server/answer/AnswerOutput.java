package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.server.bytes.BufferSink;

/** Writes the text of a response: members of JSON objects, and base64 that passes through as it arrives. Gathers small writes. */
final class AnswerOutput {

    private static final int BUFFER_SIZE = 16 * 1024;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final OutputStream out;
    private final BufferSink sink;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private int length;

    AnswerOutput(OutputStream out) {
        this.out = out;
        this.sink = BufferSink.of(out);
    }

    AnswerOutput text(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    private void write(byte[] bytes) throws IOException {
        bytes(ByteBuffer.wrap(bytes));
    }

    /** Writes bytes; they are copied or written before this returns. */
    void bytes(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (count > BUFFER_SIZE - length) {
            drain();
            if (count > BUFFER_SIZE) {
                sink.write(bytes);
                return;
            }
        }
        while (bytes.hasRemaining()) {
            int step = Math.min(bytes.remaining(), BUFFER_SIZE - length);
            bytes.get(buffer, length, step);
            length += step;
            if (length == BUFFER_SIZE) {
                drain();
            }
        }
    }

    /** A name and a value. */
    void member(String name, JsonNode value) throws IOException {
        name(name);
        write(MAPPER.writeValueAsBytes(value));
    }

    /** Members with a comma behind each. */
    void membersBefore(Map<String, JsonNode> members) throws IOException {
        for (Map.Entry<String, JsonNode> member : members.entrySet()) {
            member(member.getKey(), member.getValue());
            text(",");
        }
    }

    /** Members with a comma before each. */
    void membersAfter(Map<String, JsonNode> members) throws IOException {
        for (Map.Entry<String, JsonNode> member : members.entrySet()) {
            text(",");
            member(member.getKey(), member.getValue());
        }
    }

    void name(String name) throws IOException {
        text(quoted(name)).text(":");
    }

    void string(String value) throws IOException {
        text(quoted(value));
    }

    private static String quoted(String value) throws JsonProcessingException {
        return MAPPER.writeValueAsString(value);
    }

    private void drain() throws IOException {
        if (length > 0) {
            int count = length;
            length = 0;
            out.write(buffer, 0, count);
        }
    }

    void flush() throws IOException {
        drain();
        out.flush();
    }
}
