package dev.retouch.server.edit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.price.TokenUsage;

/**
 * What an event says, without the image in it.
 *
 * @param name its name, or the type in its data where it has none
 * @param usage the tokens, where it tells them
 * @param readable whether its data is JSON as far as it goes
 */
record EventFacts(String name, Optional<TokenUsage> usage, boolean readable) {

    private static final String COMPLETED = "image_edit.completed";
    private static final int MOST_LINE = 4096;

    static EventFacts of(ImageBytes event, JsonFactory json) throws IOException {
        String name = "";
        Optional<TokenUsage> usage = Optional.empty();
        boolean readable = true;
        try (InputStream in = new BufferedInputStream(event.open())) {
            // a comment is a line whose field has no name
            for (Optional<String> field = field(in); field.isPresent(); field = field(in)) {
                if (field.get().equals("data")) {
                    EventFacts data = data(in, json);
                    name = name.isEmpty() ? data.name : name;
                    usage = data.usage;
                    readable = data.readable;
                    break;
                }
                String value = rest(in);
                name = field.get().equals("event") ? value : name;
            }
        }
        return new EventFacts(name, usage, readable);
    }

    boolean completed() {
        return readable && name.equals(COMPLETED);
    }

    /** Whether it would be the end if anybody could read it. */
    boolean spoilt() {
        return !readable && name.equals(COMPLETED);
    }

    boolean error() {
        return name.equals("error");
    }

    /** The name of a line's field, up to the colon; nothing at the blank line, or where the event ends. */
    private static Optional<String> field(InputStream in) throws IOException {
        StringBuilder name = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next == ':') {
                return Optional.of(name.toString().strip());
            }
            if (name.length() < MOST_LINE) {
                name.append((char) next);
            }
        }
        return Optional.empty();
    }

    private static String rest(InputStream in) throws IOException {
        byte[] line = new byte[MOST_LINE];
        int length = 0;
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (length < MOST_LINE) {
                line[length++] = (byte) next;
            }
        }
        return new String(line, 0, length, StandardCharsets.UTF_8).strip();
    }

    /** Data that is no JSON, such as the last word {@code [DONE]}, says nothing. */
    private static EventFacts data(InputStream in, JsonFactory json) throws IOException {
        String type = "";
        ReportedUsage usage = new ReportedUsage();
        try (JsonParser parser = json.createParser(in)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                usage.at(parser, token);
                int depth = usage.depth();
                if (depth == 1 && token == JsonToken.VALUE_STRING && "type".equals(parser.currentName())) {
                    type = parser.getText();
                } else if (depth == 2 && token == JsonToken.START_OBJECT && "error".equals(parser.currentName())) {
                    type = type.isEmpty() ? "error" : type;
                }
                if (depth == 0) {
                    break;
                }
            }
        } catch (JsonProcessingException e) {
            return new EventFacts(type, usage.usage(), false);
        }
        return new EventFacts(type, usage.usage(), true);
    }
}
