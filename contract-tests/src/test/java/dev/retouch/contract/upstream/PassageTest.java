package dev.retouch.contract.upstream;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.scenario.Scenario.Status;

import static org.assertj.core.api.Assertions.assertThat;

/** What a strict provider is sent, byte for byte, for callers of both kinds. */
class PassageTest {

    private static final byte[] INPUT = Contract.example("input.png");
    private static final byte[] MASK = Contract.example("mask.png");
    private static final byte[] SECOND = Contract.example("second.jpg");

    private final Providers providers;

    PassageTest(@TempDir Path folder) {
        Gateways.ownOnly();
        providers = new Providers(folder);
    }

    private static Reply edited(Endpoint caller, boolean json) {
        Reply reply = json
                ? caller.edit("""
                        {"prompt":"a red balloon","model":"gpt-image-2","n":1,"quality":"low",
                         "images":[{"image_url":"%s"},{"image_url":"%s"}],"mask":{"image_url":"%s"}}"""
                        .formatted(Contract.dataUrl("input.png"), Contract.dataUrl("second.jpg"),
                                Contract.dataUrl("mask.png")))
                : caller.edit(Form.empty().text("model", "gpt-image-2").text("quality", "low").text("n", "1")
                        .example("image[]", "input.png").example("image[]", "second.jpg").example("mask", "mask.png")
                        .text("prompt", "a red balloon"));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply;
    }

    @ParameterizedTest
    @CsvSource({"multipart, false, false", "multipart, true, false", "json, false, false", "json, true, true"})
    void imagesArriveByteForByte(String jsonEdits, boolean sentAsJson, boolean arrivesAsJson) {
        try (Providers one = providers.provider("a",
                "  json-edits: " + jsonEdits + "\n  models: {gpt-image-2: gpt-image-1}\n");
                RunningGateway gateway = one.gateway()) {
            edited(Providers.caller(gateway), sentAsJson);

            JournalEntry seen = one.last("a");
            assertThat(seen.header("content-length")).isPresent();
            if (arrivesAsJson) {
                JsonNode document = seen.json().orElseThrow();
                assertThat(document.path("model").asText()).isEqualTo("gpt-image-1");
                assertThat(document.path("prompt").asText()).isEqualTo("a red balloon");
                assertThat(document.path("n").asInt()).isEqualTo(1);
                assertThat(Integer.parseInt(seen.header("content-length").orElseThrow()))
                        .isGreaterThan((INPUT.length + SECOND.length + MASK.length) * 4 / 3);
            } else {
                assertThat(seen.field("model")).contains("gpt-image-1");
                assertThat(seen.field("prompt")).contains("a red balloon");
                assertThat(sent(one, seen, "image[]", 0)).isEqualTo(INPUT);
                assertThat(sent(one, seen, "image[]", 1)).isEqualTo(SECOND);
                assertThat(sent(one, seen, "mask", 0)).isEqualTo(MASK);
            }
        }
    }

    private static byte[] sent(Providers one, JournalEntry seen, String name, int number) {
        return one.named("a").journal().part(seen.sequence(), seen.parts(name).get(number).index()).orElseThrow();
    }

    @Test
    void returnsTheUpstreamsRequestId() {
        try (Providers one = providers.provider("a", ""); RunningGateway gateway = one.gateway()) {
            Endpoint caller = Providers.caller(gateway);
            assertThat(edited(caller, false).header("x-upstream-request-id")).isPresent();
            for (int status : List.of(400, 500)) {
                one.named("a").scenarios().next(new Status(status, Optional.of(
                        "{\"error\":{\"message\":\"No, says " + Providers.keyOf("a") + "\",\"type\":\"x\"}}"),
                        "application/json", Map.of("x-request-id", "up-" + status)));
                Reply reply = caller.edit(Form.ofInput());
                assertThat(reply.header("x-upstream-request-id")).contains("up-" + status);
                assertThat(reply.text()).doesNotContain(Providers.keyOf("a"));
            }
        }
    }

    @Test
    void speaksHttp1IfTheUpstreamDoesNotSpeakHttp2() {
        try (Providers one = providers.provider("a", "  http: 1.1\n"); RunningGateway gateway = one.gateway()) {
            Reply reply = edited(Providers.caller(gateway), true);
            assertThat(Base64.getDecoder().decode(reply.json().at("/data/0/b64_json").asText())).isNotEmpty();
        }
    }

    @Test
    void convertsResponseOfProviderWithoutEvents() throws IOException {
        try (Providers one = providers.provider("a", "  streams: false\n"); RunningGateway gateway = one.gateway()) {
            Form form = Form.ofInput().text("stream", "true").text("partial_images", "2").text("n", "2");
            try (Events events = Events.of(Providers.caller(gateway), form)) {
                List<Events.Event> all = events.all();
                assertThat(all).extracting(Events.Event::name).containsExactly("image_edit.completed",
                        "image_edit.completed");
                assertThat(all).allSatisfy(event -> assertThat(
                        Base64.getDecoder().decode(event.json().path("b64_json").asText())).isNotEmpty());
                assertThat(all.getLast().json().at("/usage/total_tokens").asInt()).isPositive();
                assertThat(events.head().header("trailer"))
                        .hasValueSatisfying(names -> assertThat(names).contains("x-retouch-cost"));
            }
            assertThat(one.last("a").field("stream")).isEmpty();
            assertThat(one.last("a").field("partial_images")).isEmpty();
        }
    }
}
