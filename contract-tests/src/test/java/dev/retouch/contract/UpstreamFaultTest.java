package dev.retouch.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.Reset;
import dev.retouch.mock.scenario.Scenario.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For every fault of the upstream, clients get an error of the gateway with a retry advice, and nothing stays behind. What it can be
 * scripted to do by name is the matter of {@code flow.ScenarioTest}; here is what it may say beside that.
 */
@TestInstance(Lifecycle.PER_CLASS)
class UpstreamFaultTest {

    private static final Form EDIT = Form.ofInput().text("size", "1024x1024");
    private static final Form STREAM = EDIT.text("stream", "true").text("partial_images", "2");

    /** A fault of the upstream, and the client's view of it. */
    private record Fault(String name, Scenario scenario, int status, String code, String shouldRetry,
            @Nullable String retryAfter) {}

    private final Contract contract = new Contract();
    private final RunningGateway gateway;

    UpstreamFaultTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_UPSTREAM_FIRST_BYTE_TIMEOUT", "3s"));
    }

    @BeforeAll
    void warmUp() {
        gateway.endpoint().edit(EDIT);
    }

    @BeforeEach
    @AfterEach
    void noScenario() {
        gateway.sandbox().scenarios().clear();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static List<Fault> faults() {
        return List.of(
                fault("a page in html", new Status(200, Optional.of("<html>"), "text/html", Map.of()), 502,
                        "upstream_failed"),
                fault("404", new Status(404, Optional.of("no such page"), "text/plain", Map.of()), 502,
                        "upstream_failed"),
                fault("302", new Status(302, Optional.of(""), "text/plain", Map.of("location", "http://127.0.0.1:1/")),
                        502, "upstream_failed"),
                fault("an account without money", new Status(429, Optional.of(
                        "{\"error\":{\"message\":\"sk-secret of org-secret has no money\",\"type\":\"insufficient_quota\","
                                + "\"param\":null,\"code\":\"insufficient_quota\"}}"),
                        "application/json", Map.of()), 502, "upstream_failed"),
                new Fault("503 with a time", new Status(503, Optional.empty(), "application/json",
                        Map.of("retry-after", "17")), 503, "upstream_overloaded", "true", "17"),
                new Fault("429 with a date", new Status(429, Optional.empty(), "application/json",
                        Map.of("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")), 429, "rate_limit_exceeded", "true",
                        "1"));
    }

    @TestFactory
    Stream<DynamicTest> beforeAnythingWasAnswered() {
        return faults().stream().map(fault -> DynamicTest.dynamicTest(fault.name(), () -> {
            for (Form form : List.of(EDIT, EDIT.text("response_format", "url"), STREAM)) {
                ResourceSnapshot before = ResourceSnapshot.of(gateway);
                gateway.sandbox().scenarios().next(fault.scenario());
                Reply reply = gateway.endpoint().edit(form);
                assertFault(reply, fault);
                before.assertNothingMore();
            }
        }));
    }

    @Test
    void theUpstreamsWordsAboutTheRequestReachTheCaller() {
        gateway.sandbox().scenarios().next(new Status(400,
                Optional.of("{\"error\":{\"message\":\"Your request was rejected by the safety system.\","
                        + "\"type\":\"image_generation_user_error\",\"param\":null,\"code\":\"moderation_blocked\"}}"),
                "application/json", Map.of()));
        Reply reply = gateway.endpoint().edit(EDIT);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("message").asText())
                .isEqualTo("Your request was rejected by the safety system.");
        assertThat(reply.error().path("type").asText()).isEqualTo("image_generation_user_error");
        assertThat(reply.error().path("code").asText()).isEqualTo("moderation_blocked");
        assertThat(reply.header("x-should-retry")).contains("false");
        contract.assertValid("ErrorEnvelope", reply.text());
    }

    @Test
    void anUpstreamThatIsGone() {
        try (RunningGateway abandoned = RunningGateway.start()) {
            abandoned.sandbox().close();
            Reply reply = abandoned.endpoint().edit(EDIT);
            assertFault(reply,
                    new Fault("gone", new Reset(), 503, "upstream_unavailable", "true", "2"));
        }
    }

    @Test
    void disconnectBeforeTheResponseLeavesNothing() throws IOException {
        gateway.sandbox().journal().clear(); // removes the files of tests before this one
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofMillis(700)));
        byte[] body = EDIT.bytes();
        try (RawConnection client = new RawConnection(gateway.endpoint())) {
            client.send(RawConnection.head(gateway.endpoint(), "Content-Type: " + EDIT.contentType(),
                    "Content-Length: " + body.length)).send(body);
            Awaitility.await().until(() -> gateway.sandbox().journal().inFlight() == 1);
            client.reset();
        }
        Awaitility.await().untilAsserted(() -> assertThat(gateway.lastSeenUpstream().outcome())
                .isNotEqualTo(Outcome.IN_FLIGHT));
        before.assertNothingMore();
        assertThat(gateway.endpoint().edit(EDIT).images()).hasSize(1);
    }

    private void assertFault(Reply reply, Fault fault) {
        JsonNode error = reply.error();
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(fault.status());
        assertThat(error.path("code").asText()).as(reply.beginning()).isEqualTo(fault.code());
        assertThat(error.path("type").asText())
                .isEqualTo(contract.error(fault.code()).path("type").asText());
        assertThat(error.path("param").isNull()).isTrue();
        assertThat(reply.header("x-should-retry")).contains(fault.shouldRetry());
        assertThat(reply.header("retry-after")).isEqualTo(Optional.ofNullable(fault.retryAfter()));
        assertThat(reply.text()).doesNotContain("secret", "127.0.0.1", "Exception", "mock");
        contract.assertValid("ErrorEnvelope", reply.text());
    }

    private static Fault fault(String name, Scenario scenario, int status, String code) {
        return new Fault(name, scenario, status, code, "false", null);
    }
}
