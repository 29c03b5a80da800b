package dev.retouch.server.task;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.hosting.HostedFiles;

/**
 * The result of a task: the answer to an edit, in a file, becomes a document with links only. Base64 is skipped where there is a
 * link already, and goes through the decoder into a hosted file where there is none; neither is ever whole in memory.
 */
public final class TaskResults {

    private final JsonFactory json;
    private final HostedFiles files;
    private final Clock clock;
    private final ObjectMapper mapper = new ObjectMapper();

    /** Results with links to files hosted there. */
    public TaskResults(HostedFiles files, Clock clock) {
        this.json = JsonFactory.builder().streamReadConstraints(
                StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                .disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();
        this.files = files;
        this.clock = clock;
    }

    /**
     * What an answer says.
     *
     * @param images how many there are
     * @param document the images and what belongs to them, where there are any
     * @param error the envelope that a stream ended in, if it did
     */
    record Result(int images, Optional<String> document, Optional<String> error) {}

    /** Of an answer that is one document. */
    Result ofDocument(Path answer) throws IOException {
        try (InputStream in = Files.newInputStream(answer); JsonParser parser = json.createParser(in)) {
            parser.nextToken();
            JsonNode document = withoutImages(parser, Optional.empty());
            return new Result(document.path("data").size(), Optional.of(mapper.writeValueAsString(document)),
                    Optional.empty());
        }
    }

    /** Of an answer that is a stream of events. */
    Result ofEvents(Path answer, URI linkBase) throws IOException {
        ObjectNode document = mapper.createObjectNode().put("created", clock.instant().getEpochSecond());
        document.putArray("data");
        Optional<String> error = Optional.empty();
        try (Line lines = new Line(new BufferedInputStream(Files.newInputStream(answer)))) {
            while (lines.next()) {
                if (lines.name().equals("data")) {
                    JsonNode event = event(lines, linkBase);
                    if (event.path("type").asText().equals("image_edit.completed")) {
                        add(document, event);
                    } else if (isError(event)) {
                        error = Optional.of(envelope(event));
                    }
                }
            }
        }
        int images = document.path("data").size();
        return new Result(images, images == 0 ? Optional.empty() : Optional.of(mapper.writeValueAsString(document)),
                error);
    }

    private static boolean isError(JsonNode event) {
        return event.path("error").isObject() || event.path("type").asText().equals("error");
    }

    private String envelope(JsonNode event) throws JsonProcessingException {
        JsonNode error = event.path("error").isObject() ? event.path("error") : event;
        ObjectNode detail = mapper.createObjectNode();
        for (String field : new String[]{"message", "type", "param", "code"}) {
            detail.set(field, error.has(field) ? error.get(field) : mapper.nullNode());
        }
        return mapper.writeValueAsString(mapper.createObjectNode().set("error", detail));
    }

    /** Data that is no JSON, such as the last word {@code [DONE]}, says nothing. */
    private JsonNode event(InputStream line, URI linkBase) throws IOException {
        try (JsonParser parser = json.createParser(line)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                return withoutImages(parser, Optional.of(linkBase));
            }
        } catch (JsonProcessingException e) {
            return mapper.missingNode();
        }
        return mapper.missingNode();
    }

    /** An object with small things in it; where it has base64, that is hosted, or is left out where nothing can be hosted. */
    private ObjectNode withoutImages(JsonParser parser, Optional<URI> linkBase) throws IOException {
        ObjectNode object = mapper.createObjectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("b64_json")) {
                boolean partial = object.path("type").asText().equals("image_edit.partial_image");
                if (linkBase.isPresent() && !partial && value == JsonToken.VALUE_STRING) {
                    object.put("url", hosted(parser, linkBase.get()));
                }
            } else {
                object.set(name, value(parser, value, linkBase));
            }
        }
        return object;
    }

    private JsonNode value(JsonParser parser, JsonToken token, Optional<URI> linkBase) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            return withoutImages(parser, linkBase);
        }
        if (token == JsonToken.START_ARRAY) {
            ArrayNode array = mapper.createArrayNode();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                array.add(value(parser, next, linkBase));
            }
            return array;
        }
        return mapper.readTree(parser);
    }

    private String hosted(JsonParser parser, URI linkBase) throws IOException {
        try (HostedFiles.Upload upload = files.newUpload()) {
            parser.readBinaryValue(upload);
            return upload.publish(linkBase).link().toString();
        }
    }

    private static void add(ObjectNode document, JsonNode event) {
        document.withArray("/data").addObject().set("url", event.path("url"));
        for (String field : new String[]{"background", "output_format", "quality", "size"}) {
            if (event.has(field)) {
                document.set(field, event.get(field));
            }
        }
        if (event.path("usage").isObject()) {
            document.set("usage", sum(document.path("usage"), event.path("usage")));
        }
    }

    /** Every image of a stream tells its own tokens. */
    private static JsonNode sum(JsonNode one, JsonNode other) {
        if (one.isMissingNode()) {
            return other;
        }
        ObjectNode sum = one.deepCopy();
        other.properties().forEach(entry -> {
            JsonNode mine = sum.path(entry.getKey());
            if (entry.getValue().isIntegralNumber()) {
                sum.put(entry.getKey(), mine.asLong() + entry.getValue().asLong());
            } else {
                sum.set(entry.getKey(), sum(mine, entry.getValue()));
            }
        });
        return sum;
    }

    /** Reads a stream of events as its lines, each up to its end and no further. */
    private static final class Line extends FilterInputStream {

        private static final int LONGEST_NAME = 64;

        private boolean over = true;

        Line(InputStream in) {
            super(in);
        }

        /** Goes to the beginning of the next line. */
        boolean next() throws IOException {
            while (!over) {
                over = isEnd(in.read());
            }
            in.mark(1);
            if (in.read() < 0) {
                return false;
            }
            in.reset();
            over = false;
            return true;
        }

        /** What stands before the colon. */
        String name() throws IOException {
            StringBuilder name = new StringBuilder();
            for (int next = read(); next >= 0 && next != ':'; next = read()) {
                if (name.length() < LONGEST_NAME) {
                    name.append((char) next);
                }
            }
            return name.toString().strip();
        }

        @Override
        public int read() throws IOException {
            if (over) {
                return -1;
            }
            int next = in.read();
            over = isEnd(next);
            return over ? -1 : next;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = 0;
            for (int next = length == 0 ? -1 : read(); next >= 0; next = count < length ? read() : -1) {
                target[offset + count++] = (byte) next;
            }
            return count == 0 && length > 0 ? -1 : count;
        }

        private static boolean isEnd(int next) {
            return next < 0 || next == '\n';
        }
    }
}
