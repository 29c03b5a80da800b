package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.assertj.core.api.Assertions;

/** A stream of server-sent events, read from the wire chunk by chunk, so that a test sees what was flushed and when. */
public final class Events implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** One event. */
    public record Event(String name, String data) {

        public JsonNode json() {
            try {
                return JSON.readTree(data);
            } catch (IOException e) {
                throw new UncheckedIOException("no JSON: " + data, e);
            }
        }
    }

    private final RawConnection connection;
    private final Reply head;
    private final StringBuilder text = new StringBuilder();
    private boolean ended;

    private Events(RawConnection connection, Reply head) {
        this.connection = connection;
        this.head = head;
    }

    /** Sends an edit that asks for events, and reads the head of the answer. */
    public static Events of(Endpoint gateway, Form form) throws IOException {
        RawConnection connection = new RawConnection(gateway);
        byte[] body = form.bytes();
        connection.send(RawConnection.head(gateway, "Accept: text/event-stream", "Content-Type: " + form.contentType(),
                "Content-Length: " + body.length)).send(body);
        Reply head = connection.headOfReply();
        Assertions.assertThat(head.status()).isEqualTo(200);
        Assertions.assertThat(head.header("content-type").orElse("")).startsWith("text/event-stream");
        Assertions.assertThat(head.header("transfer-encoding")).contains("chunked");
        return new Events(connection, head);
    }

    /** The status and headers that came before the events. */
    public Reply head() {
        return head;
    }

    /** The next event that is JSON, or nothing at the end of the stream. Event parsers drop what is not. */
    public Optional<Event> next() throws IOException {
        while (true) {
            int end = text.indexOf("\n\n");
            if (end < 0) {
                if (ended) {
                    return Optional.empty();
                }
                ended = !readChunk();
                continue;
            }
            String block = text.substring(0, end);
            text.delete(0, end + 2);
            Optional<Event> event = parsed(block);
            if (event.isPresent()) {
                return event;
            }
        }
    }

    /** Every event until the end. */
    public List<Event> all() throws IOException {
        List<Event> all = new ArrayList<>();
        for (Optional<Event> event = next(); event.isPresent(); event = next()) {
            all.add(event.get());
        }
        return all;
    }

    /** The trailers after the events. */
    public Map<String, String> trailers() {
        return connection.trailers();
    }

    /** Resets the connection, like a client whose process was killed. */
    public void vanish() throws IOException {
        connection.reset();
    }

    private boolean readChunk() throws IOException {
        return connection.chunk().map(text::append).isPresent();
    }

    private static Optional<Event> parsed(String block) {
        String name = "message";
        StringBuilder data = new StringBuilder();
        for (String line : block.split("\n")) {
            if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data.append(line.substring(5).strip());
            }
        }
        try {
            JSON.readTree(data.toString());
            return data.isEmpty() ? Optional.empty() : Optional.of(new Event(name, data.toString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
