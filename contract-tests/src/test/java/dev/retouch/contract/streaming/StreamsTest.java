package dev.retouch.contract.streaming;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Connections;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Events.Event;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.contract.harness.StubUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/** Concurrent streams neither wait for each other nor receive each other's events. */
class StreamsTest {

    private static final int STREAMS = 100;
    private static final int PARTIALS = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(25);
    private static final String COMPLETED = "image_edit.completed";

    /**
     * The upstream sends its next events only when every caller has read the one before, on all hundred streams; so an event that
     * is held back anywhere ends the test.
     */
    @Test
    void aHundredStreamsDeliverEachEventWhenItComes() throws Exception {
        Gateways.ownOnly();
        Phaser everybodyHasRead = new Phaser(STREAMS);
        try (StubUpstream upstream = StubUpstream.start(edit -> send(edit, everybodyHasRead));
                RunningGateway gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                        "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString()))) {
            Admin admin = Admin.of(gateway).group("streams", "");
            Endpoint caller = admin.key("streams", "\"budget\":\"100\"");

            List<List<Event>> all = read(caller, everybodyHasRead);

            for (int stream = 0; stream < STREAMS; stream++) {
                List<Event> events = all.get(stream);
                assertThat(events).hasSize(PARTIALS + 1);
                for (int at = 0; at <= PARTIALS; at++) {
                    assertThat(events.get(at).json().path("b64_json").asText())
                            .isEqualTo("stream-" + stream + "-" + at);
                }
                assertThat(events).extracting(Event::name).filteredOn(COMPLETED::equals).hasSize(1);
                assertThat(events.getLast().name()).isEqualTo(COMPLETED);
            }
            assertThat(upstream.peak()).isEqualTo(STREAMS);
            assertThat(gateway.temporaryFiles()).isEmpty();
            try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
                assertThat(books.edits("state = 'settled'")).isEqualTo(STREAMS);
                books.assertSound();
            }
            Awaitility.await().until(() -> upstream.inFlight() == 0);
            // the pool may open a connection while another is just coming free; what leaks would be one for each stream
            assertThat(Connections.openTo(upstream.port())).isLessThanOrEqualTo(STREAMS + 10);
        }
    }

    /** Says for each event whose it is and which, where its image would be. */
    private static void send(StubUpstream.Edit edit, Phaser everybodyHasRead) throws Exception {
        for (int at = 0; at <= PARTIALS; at++) {
            if (at > 0) {
                everybodyHasRead.awaitAdvanceInterruptibly(at - 1, TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
            boolean last = at == PARTIALS;
            edit.event(last ? COMPLETED : "image_edit.partial_image", "{\"type\":\""
                    + (last ? COMPLETED : "image_edit.partial_image") + "\",\"b64_json\":\"" + edit.prompt() + "-" + at
                    + "\"" + (last ? ",\"usage\":{\"input_tokens\":1,\"output_tokens\":1,\"total_tokens\":2}" : "")
                    + "}");
        }
    }

    private static List<List<Event>> read(Endpoint caller, Phaser everybodyHasRead) throws Exception {
        List<List<Event>> all = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Event>>> reading = new ArrayList<>();
            for (int stream = 0; stream < STREAMS; stream++) {
                Form edit = Form.empty().text("prompt", "stream-" + stream).text("stream", "true")
                        .text("partial_images", Integer.toString(PARTIALS))
                        .file("image", "image.png", "image/png", Fixtures.image());
                reading.add(callers.submit(() -> readOne(caller, edit, everybodyHasRead)));
            }
            for (Future<List<Event>> each : reading) {
                all.add(each.get());
            }
        }
        return all;
    }

    private static List<Event> readOne(Endpoint caller, Form edit, Phaser everybodyHasRead) throws Exception {
        List<Event> read = new ArrayList<>();
        try (Events events = Events.of(caller, edit)) {
            for (Optional<Event> event = events.next(); event.isPresent(); event = events.next()) {
                read.add(event.get());
                everybodyHasRead.arrive();
            }
        }
        return read;
    }
}
