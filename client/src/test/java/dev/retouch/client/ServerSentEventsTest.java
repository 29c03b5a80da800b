package dev.retouch.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.retouch.client.ServerSentEvents.Event;

import static org.assertj.core.api.Assertions.assertThat;

class ServerSentEventsTest {

    @Test
    void everyKindOfLineEndIsOne() throws IOException {
        assertThat(events("data: 1\n\ndata: 2\r\n\r\ndata: 3\r\r")).containsExactly(message("1"), message("2"),
                message("3"));
    }

    @Test
    void oneSpaceAfterTheColonIsNotPartOfTheValue() throws IOException {
        assertThat(events("data:1\n\ndata:  2\n\ndata\n\n")).containsExactly(message("1"), message(" 2"), message(""));
    }

    @Test
    void anEventWithoutDataIsNoneAndItsNameIsForgotten() throws IOException {
        assertThat(events("event: lost\n\nid: 7\nretry: 3\n: comment\nother: x\ndata: 1\n\n"))
                .containsExactly(message("1"));
    }

    @Test
    void linesOfDataAreJoined() throws IOException {
        assertThat(events("event: poem\ndata: 玫瑰\ndata:\ndata: red\n\n"))
                .containsExactly(new Event("poem", "玫瑰\n\nred"));
    }

    @Test
    void aByteOrderMarkIsSkippedAndACutEventDropped() throws IOException {
        assertThat(events("\ufeffdata: 1\n\ndata: 2\n")).containsExactly(message("1"));
    }

    private static Event message(String data) {
        return new Event("message", data);
    }

    private static List<Event> events(String stream) throws IOException {
        ServerSentEvents reader = new ServerSentEvents(
                new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)));
        List<Event> events = new ArrayList<>();
        for (Optional<Event> next = reader.next(); next.isPresent(); next = reader.next()) {
            events.add(next.get());
        }
        return events;
    }
}
