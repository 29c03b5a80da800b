package dev.retouch.contract.upstream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.Reset;
import dev.retouch.mock.scenario.Scenario.Status;
import dev.retouch.mock.scenario.Scenario.Truncate;

import static org.assertj.core.api.Assertions.assertThat;

/** One of several providers fails: the caller gets the picture, or the one right error, and pays once or not at all. */
class FailoverTest {

    private static final String SECOND = "  priority: 2\n";

    private final Contract contract = new Contract();
    private final Providers providers;

    FailoverTest(@TempDir Path folder) {
        Gateways.ownOnly();
        providers = new Providers(folder);
    }

    /** The first provider's fault, whether it causes a failover, and the client's error if not. */
    private record Fault(String name, Scenario scenario, boolean passedOn, int status, String code) {}

    private static List<Fault> faults() {
        return List.of(new Fault("503", Scenario.status(503), true, 200, ""),
                new Fault("429", Scenario.rateLimit(60), true, 200, ""),
                new Fault("401", Scenario.status(401), true, 200, ""),
                new Fault("an account without money",
                        new Status(429,
                                Optional.of("{\"error\":{\"message\":\"no money\",\"code\":\"insufficient_quota\"}}"),
                                "application/json", Map.of()),
                        true, 200, ""),
                new Fault("500 that says so", new Status(500, Optional.empty(), "application/json",
                        Map.of("x-should-retry", "true")), true, 200, ""),
                new Fault("500", Scenario.status(500), false, 502, "upstream_failed"),
                new Fault("a reset", new Reset(), false, 502, "upstream_failed"),
                new Fault("silence", Scenario.delay(Duration.ofSeconds(30)), false, 504, "upstream_timeout"),
                new Fault("half an answer", new Truncate(OptionalLong.empty()), false, 502, "upstream_failed"),
                new Fault("a refusal of the edit", new Status(400, Optional.of(
                        "{\"error\":{\"message\":\"No.\",\"type\":\"image_generation_user_error\",\"param\":null,\"code\":\"moderation_blocked\"}}"),
                        "application/json", Map.of()), false, 400, "moderation_blocked"));
    }

    @TestFactory
    Stream<DynamicTest> theFirstProviderFails() {
        return faults().stream().map(fault -> DynamicTest.dynamicTest(fault.name(), () -> firstFails(fault)));
    }

    private void firstFails(Fault fault) {
        try (Providers two = providers.fresh().provider("a", "  first-byte-timeout: 1s\n").provider("b", SECOND);
                RunningGateway gateway = two.gateway();
                LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Endpoint caller = Providers.caller(gateway);
            two.named("a").scenarios().next(fault.scenario());
            Reply reply = caller.edit(CheapEdit.form());
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(fault.status());
            assertThat(two.edits("a")).isEqualTo(1);
            assertThat(two.edits("b")).isEqualTo(fault.passedOn() ? 1 : 0);
            if (fault.passedOn()) {
                assertThat(reply.images()).hasSize(1);
                assertThat(reply.header("x-retouch-cost")).contains(CheapEdit.PRICE + " USD");
                assertThat(two.last("b").header("x-client-request-id")).isEqualTo(reply.header("x-request-id"));
            } else {
                assertThat(reply.error().path("code").asText()).isEqualTo(fault.code());
                assertThat(reply.header("x-should-retry")).contains("false");
                contract.assertValid("ErrorEnvelope", reply.text());
            }
            assertThat(reply.text()).doesNotContain(Providers.keyOf("a"), "no money");
            assertThat(books.edits("1 = 1")).as("one edit, however many were asked").isEqualTo(1);
            books.assertSound();
        }
    }

    @Test
    void failsOverIfConnectionIsRefused() {
        try (Providers two = providers.refusing("gone", "").provider("b", SECOND);
                RunningGateway gateway = two.gateway()) {
            Endpoint caller = Providers.caller(gateway);
            Reply reply = caller.edit(CheapEdit.form());
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
            assertThat(two.edits("b")).isEqualTo(1);
        }
    }

    /** With three providers failing differently, the client gets the error that it can act on. */
    @Test
    void reportsTheMostUsefulError() {
        try (Providers three = providers.provider("limited", "").refusing("gone", SECOND)
                .provider("locked", "  priority: 3\n");
                RunningGateway gateway = three.gateway();
                LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Endpoint caller = Providers.caller(gateway);
            three.named("limited").scenarios().next(Scenario.rateLimit(60));
            three.named("locked").scenarios().next(Scenario.status(401));
            Reply reply = caller.edit(CheapEdit.form());
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.error().path("code").asText()).isEqualTo("upstream_unavailable");
            assertThat(three.edits("limited")).isEqualTo(1);
            assertThat(three.edits("locked")).isEqualTo(1);
            books.assertSound();
        }
    }

    @Test
    void retriesLoneProviderIfTheEditDidNotRun() {
        try (Providers one = providers.provider("a", "");
                RunningGateway gateway = one.gateway();
                LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Endpoint caller = Providers.caller(gateway);
            one.named("a").scenarios().next(Scenario.status(503));
            one.named("a").scenarios().next(Scenario.rateLimit(1));
            assertThat(caller.edit(CheapEdit.form()).status()).isEqualTo(200);
            assertThat(one.edits("a")).isEqualTo(3);
            books.assertSound();
        }
    }

    /**
     * No upstream is contacted while all breakers are open, and the edit costs nothing. {@code /readyz} and the metrics
     * report each breaker.
     */
    @Test
    void breakerOpensAndIsVisible() {
        providers.setting("RETOUCH_UPSTREAM_BREAKER_MIN_ATTEMPTS", "3").setting("RETOUCH_UPSTREAM_BREAKER_OPEN_TIME",
                "1h");
        try (Providers one = providers.provider("a", "");
                RunningGateway gateway = one.gateway();
                LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Endpoint caller = Providers.caller(gateway);
            for (int i = 0; i < 3; i++) {
                one.named("a").scenarios().next(Scenario.status(500));
                assertThat(caller.edit(CheapEdit.form()).status()).isEqualTo(502);
            }
            Reply reply = caller.edit(CheapEdit.form());
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.error().path("code").asText()).isEqualTo("upstream_unavailable");
            assertThat(reply.error().path("message").asText())
                    .startsWith("All upstreams of this group failed recently, and their circuit breakers are open.");
            assertThat(Integer.parseInt(reply.header("retry-after").orElseThrow())).isBetween(3500, 3600);
            assertThat(reply.header("x-should-retry")).contains("true");
            assertThat(one.edits("a")).isEqualTo(3);
            Reply ready = Endpoint.fetch(gateway.endpoint().at("/readyz"));
            assertThat(ready.json().path("checks").path("upstream a").asText()).isEqualTo("open");
            assertThat(ready.status()).as("the sandbox can still be asked").isEqualTo(200);
            books.assertSound();
        }
    }

    @Test
    void gatewayIsNotReadyIfAllBreakersAreOpen() {
        providers.setting("RETOUCH_UPSTREAM_BREAKER_MIN_ATTEMPTS", "1")
                .setting("RETOUCH_UPSTREAM_BREAKER_OPEN_TIME", "1h")
                .setting("RETOUCH_SANDBOX_ENABLED", "false");
        try (Providers one = providers.provider("a", ""); RunningGateway gateway = one.gateway()) {
            Endpoint caller = Providers.caller(gateway);
            assertThat(Endpoint.fetch(caller.at("/readyz")).status()).isEqualTo(200);
            one.named("a").scenarios().next(Scenario.status(500));
            assertThat(caller.edit(CheapEdit.form()).status()).isEqualTo(502);
            Reply ready = Endpoint.fetch(caller.at("/readyz"));
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.json().path("status").asText()).isEqualTo("unavailable");
        }
    }

    @Test
    void theNumbersAreForAdministratorsAndTellNoKey() {
        try (Providers two = providers.provider("a", "").provider("b", SECOND);
                RunningGateway gateway = two.gateway()) {
            Endpoint caller = Providers.caller(gateway);
            two.named("a").scenarios().next(Scenario.status(503));
            assertThat(caller.edit(CheapEdit.form()).status()).isEqualTo(200);

            Endpoint admin = new Endpoint(gateway.baseUrl(), Admin.TOKEN);
            Reply numbers = admin.get("/metrics");
            assertThat(numbers.status()).isEqualTo(200);
            assertThat(numbers.header("content-type").orElse("")).startsWith("text/plain");
            assertThat(numbers.text())
                    .contains("retouch_upstream_calls_seconds_count{outcome=\"overloaded\",upstream=\"a\"} 1")
                    .contains("retouch_upstream_calls_seconds_count{outcome=\"answered\",upstream=\"b\"} 1")
                    .contains("retouch_upstream_failovers_total{upstream=\"b\"} 1.0")
                    .contains("retouch_edits_in_flight{upstream=\"a\"} 0.0")
                    .contains("resilience4j_circuitbreaker_state{")
                    .contains("jvm_memory_used_bytes{")
                    .doesNotContain(Providers.keyOf("a"), caller.key(), Admin.TOKEN);
            assertThat(caller.get("/metrics").status()).isEqualTo(401);
            Reply open = Endpoint.send(admin.request("/metrics")
                    .header("Accept", "application/openmetrics-text").GET());
            assertThat(open.header("content-type").orElseThrow()).startsWith("application/openmetrics-text");
            assertThat(open.text()).endsWith("# EOF\n");
        }
    }

    @Test
    void groupIsServedByItsUpstreams() {
        try (Providers two = providers.provider("a", "").provider("b", SECOND);
                RunningGateway gateway = two.gateway()) {
            Endpoint caller = Admin.of(gateway).group("of-b", "\"upstreams\":[\"b\"]").key("of-b", "");
            assertThat(caller.edit(CheapEdit.form()).status()).isEqualTo(200);
            two.named("b").scenarios().next(Scenario.status(500));
            Reply reply = caller.edit(CheapEdit.form());
            assertThat(reply.status()).isEqualTo(502);
            assertThat(two.edits("a")).isZero();
            JsonNode refusal = Admin.of(gateway).post("groups", "{\"name\":\"x\",\"upstreams\":[\"nobody\"]}").error();
            assertThat(refusal.path("code").asText()).isEqualTo("invalid_value");
        }
    }

    @Test
    void fallbackModelRunsIfNoUpstreamOfTheModelAnswers() {
        try (Providers both = providers.fresh().setting("RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1").provider("second", "")
                .refusing("google",
                        "  kind: gemini\n  key-env: KEY_OF_second\n");
                RunningGateway gateway = both.gateway()) {
            Admin admin = Admin.of(gateway);
            Endpoint caller = admin.group("team", "\"fallback_models\":[\"gpt-image-1\"]").key("team", "");
            Form edit = Form.empty().text("model", "gemini-2.5-flash-image").text("prompt", "a red balloon")
                    .file("image", "a.png", "image/png", Contract.example("input.png"));

            Reply answered = caller.edit(edit);
            assertThat(answered.status()).as(answered.beginning()).isEqualTo(200);
            assertThat(answered.header("x-retouch-warning").orElse(""))
                    .contains("model gemini-2.5-flash-image is not available, so gpt-image-1 ran instead");
            assertThat(
                    admin.get("edits/" + answered.header("x-request-id").orElseThrow()).json().path("model").asText())
                    .isEqualTo("gpt-image-1");

            assertThat(admin.patch("groups/team", "{\"fallback_models\":[]}").json().path("fallback_models")).isEmpty();
            assertThat(caller.edit(edit).status()).isEqualTo(503);
        }
    }
}
