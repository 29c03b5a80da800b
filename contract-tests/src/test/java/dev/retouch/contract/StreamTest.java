package dev.retouch.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Events.Event;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario.Delay;

import static org.assertj.core.api.Assertions.assertThat;

/** Events reach the caller when the upstream sends them, not when the edit is over. */
@ExtendWith(Gateways.class)
class StreamTest {

    private static final Form EDIT = Form.ofInput().text("size", "1024x1024").text("stream", "true");
    /** Long enough to look at what happens meanwhile; the gateway notices a vanished client when it sends the next event. */
    private static final Delay PAUSES = new Delay(Duration.ZERO, Duration.ofSeconds(2));

    private final Contract contract = new Contract();
    private final RunningGateway gateway;

    StreamTest(RunningGateway gateway) {
        this.gateway = gateway;
        gateway.sandbox().scenarios().clear();
        gateway.sandbox().journal().clear();
    }

    @AfterEach
    void noScenario() {
        gateway.sandbox().scenarios().clear();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void streamHasPartialImagesThenTheFinalImage(int partialImages) throws IOException {
        Form form = EDIT.text("partial_images", Integer.toString(partialImages));
        try (Events events = Events.of(gateway.endpoint(), form)) {
            List<Event> all = events.all();

            assertThat(all).hasSize(partialImages + 1);
            for (int i = 0; i < partialImages; i++) {
                assertThat(all.get(i).name()).isEqualTo("image_edit.partial_image");
                assertThat(all.get(i).json().path("partial_image_index").asInt()).isEqualTo(i);
            }
            assertThat(all.getLast().name()).isEqualTo("image_edit.completed");
            assertThat(all.getLast().json().at("/usage/total_tokens").asInt()).isPositive();
            for (Event event : all) {
                JsonNode json = event.json();
                assertThat(json.path("type").asText()).isEqualTo(event.name());
                contract.assertValid("ImageEditStreamEvent", event.data());
                Picture picture = Picture.of(Base64.getDecoder().decode(json.path("b64_json").asText()));
                assertThat(picture.width()).isPositive();
            }
            assertThat(events.head().header("cache-control")).contains("no-cache");
            assertThat(events.head().header("x-request-id").orElse("")).startsWith("req_");
        }
    }

    @Test
    void severalImagesAreSeveralFinishedOnes() throws IOException {
        try (Events events = Events.of(gateway.endpoint(), EDIT.text("n", "2"))) {
            assertThat(events.all()).extracting(Event::name).containsExactly("image_edit.completed",
                    "image_edit.completed");
        }
    }

    @Test
    void eventArrivesBeforeTheUpstreamSendsTheNext() throws IOException {
        gateway.sandbox().scenarios().next(PAUSES);
        try (Events events = Events.of(gateway.endpoint(), EDIT.text("partial_images", "2"))) {
            Optional<Event> first = events.next();

            assertThat(first).map(Event::name).contains("image_edit.partial_image");
            assertThat(gateway.lastSeenUpstream().outcome()).isEqualTo(Outcome.IN_FLIGHT);
            assertThat(gateway.sandbox().journal().inFlight()).isEqualTo(1);
            events.vanish();
        }
        awaitClientGoneUpstream();
    }

    @Test
    void disconnectDuringEventsCancelsTheUpstreamRequest() throws IOException {
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        gateway.sandbox().scenarios().next(new Delay(Duration.ZERO, Duration.ofMillis(300)));
        try (Events events = Events.of(gateway.endpoint(), EDIT.text("partial_images", "3").text("n", "10"))) {
            assertThat(events.next()).isPresent();
            events.vanish();
        }
        awaitClientGoneUpstream();
        before.assertNothingMore();
    }

    @Test
    void jsonAsksForEventsToo() throws IOException {
        String body = "{\"prompt\":\"p\",\"stream\":true,\"partial_images\":1,\"image\":\""
                + Contract.dataUrl("input.png") + "\"}";
        String text = gateway.endpoint().edit(body).text();
        assertThat(text).contains("event: image_edit.partial_image\ndata: {").contains("event: image_edit.completed\n")
                .doesNotContain("event: error");
    }

    private void awaitClientGoneUpstream() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(gateway.lastSeenUpstream().outcome()).isEqualTo(Outcome.CLIENT_GONE);
            assertThat(gateway.sandbox().journal().inFlight()).isZero();
        });
    }
}
