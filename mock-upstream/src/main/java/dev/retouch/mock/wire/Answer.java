package dev.retouch.mock.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The response of an endpoint. The {@link ResponseSender} says it, faults included. */
public sealed interface Answer {

    /** A whole document of known length. */
    record Document(int status, Map<String, String> headers, String contentType,
            ResponseBody content) implements Answer {
        public Document {
            headers = Map.copyOf(headers);
        }
    }

    /** A stream of server-sent events. */
    record Events(EventSource source) implements Answer {}

    /** Sends its events one by one, each as soon as it exists. */
    @FunctionalInterface
    interface EventSource {
        void sendTo(EventSink sink) throws IOException;
    }

    /** Receives events. */
    @FunctionalInterface
    interface EventSink {
        void send(String event, ResponseBody data) throws IOException;
    }

    static Document json(JsonNode document) {
        return json(200, Map.of(), document);
    }

    static Document json(int status, Map<String, String> headers, JsonNode document) {
        byte[] bytes;
        try {
            bytes = new ObjectMapper().writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        return new Document(status, headers, "application/json", out -> out.write(bytes));
    }
}
