package dev.retouch.contract.dialect;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** What the dialects promise of keys and groups. */
@ExtendWith(Compatibility.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectGateTest {

    private static final Form EDIT = Form.ofInput().text("quality", "low").text("response_format", "url");

    private final RunningGateway gateway;
    private final Admin admin;

    DialectGateTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    @CoversRule("A platform")
    void anotherPlatformHasNoImages() {
        Reply reply = admin.group("gemini", "\"platform\":\"gemini\"").key("gemini", "").edit(EDIT);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error().path("message").asText())
                .isEqualTo("Images API is not supported for this platform");
    }

    @Test
    @CoversRule("A permission")
    void imagesHaveToBeEnabled() {
        Reply reply = admin.group("text", "\"image_permission\":false").key("text", "").edit(EDIT);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.error().path("code").asText()).isEqualTo("image_generation_disabled");
    }

    @Test
    @CoversRule("A checks")
    void moderationConcurrencyAndBillingAreChecked() throws Exception {
        Endpoint poor = admin.group("poor", "").key("poor", "\"budget\":\"0.001\"");
        assertThat(poor.edit(EDIT).error().path("code").asText()).isEqualTo("insufficient_quota");

        Endpoint judged = admin.group("judged", "\"moderation\":{\"mode\":\"block\"}").key("judged", "");
        assertThat(judged.edit(EDIT).status()).isEqualTo(200);
        assertThat(judged.edit(Form.empty().example("image", "input.png").text("prompt", "flag-me")).error()
                .path("code").asText())
                .isEqualTo("moderation_blocked");

        Endpoint single = admin.group("single", "\"limits\":{\"concurrent_edits\":1,\"queue\":0}").key("single", "");
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(2)));
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Reply> first = thread.submit(() -> single.edit(EDIT));
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(
                    () -> gateway.sandbox().journal().inFlight() == 1);
            assertThat(single.edit(EDIT).error().path("code").asText()).isEqualTo("queue_full");
            assertThat(first.get().status()).isEqualTo(200);
        }
    }

    @Test
    @CoversRule("C key-management")
    void keysAreMadeAndRevoked() {
        var issued = admin.group("owners", "").issue("owners", "\"label\":\"mine\"");
        Endpoint owner = admin.as(issued);
        assertThat(owner.edit(EDIT).status()).isEqualTo(200);
        admin.send("DELETE", "keys/" + issued.path("key").path("id").asText(), "");
        Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> owner.get("/v1/models").status() == 401);
    }
}
